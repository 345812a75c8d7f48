"""Webhooks of the tools: registered through their APIs, or by a control as an admin does in Jira.

Calls go out when a control says so, by `order`: places in the list of events. What is left out is lost, what stands
there twice comes twice, and what stands elsewhere comes late.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from sandbox.asana.face import AsanaError, one
from sandbox.asana.face import route as asana_route
from sandbox.asana.plan import BY_GID
from sandbox.clickup.face import NOT_AUTHORISED, ClickUpError
from sandbox.clickup.face import route as clickup_route
from sandbox.clickup.workspace import TEAM_ID
from sandbox.jira import webhooks as jira
from sandbox.state import the_state
from sandbox.webhook_rows import SCHEMA as ROWS
from sandbox.webhook_rows import Json, add, post, remove, rows

SCHEMA = ROWS + jira.SCHEMA
STANDINGS = ("active", "failing", "suspended")


def add_webhooks(app: Flask) -> None:
    _add_asana(app)
    _add_clickup(app)
    jira.add_jira_webhooks(app)
    _add_controls(app)


def _add_asana(app: Flask) -> None:
    """https://developers.asana.com/reference/webhooks"""

    @asana_route(app, "webhooks", method="POST")
    def create_webhook() -> Response:
        data = (request.get_json(silent=True) or {}).get("data") or {}
        resource, target = str(data.get("resource", "")), str(data.get("target", ""))
        if resource not in BY_GID:
            raise AsanaError(404, f"resource: Unknown object: {resource}")
        if rows(face="asana", scope=resource, target=target):
            raise AsanaError(403, "A webhook with this resource and target exists already.")
        secret = secrets.token_hex(32)
        # Before this call is answered, the target has to send the secret back.
        answer = post(target, b"{}", {"X-Hook-Secret": secret})
        if answer is None or answer.status_code not in {200, 204} or answer.headers.get("X-Hook-Secret") != secret:
            raise AsanaError(400, "The remote server did not respond with the handshake secret.")
        with the_state().store.writing() as connection:
            row = add(connection, "asana", resource, target, secret)
        created = one(_asana_webhook(row))
        created.status_code = 201
        return created

    @asana_route(app, "webhooks/<gid>")
    def read_webhook(gid: str) -> Response:
        return one(_asana_webhook(_asana_row(gid)))

    @asana_route(app, "webhooks/<gid>", method="DELETE")
    def delete_webhook(gid: str) -> Response:
        remove(_asana_row(gid)["id"])
        return jsonify(data={})


def _asana_row(gid: str) -> Json:
    found = rows(face="asana", id=gid)
    if not found:
        raise AsanaError(404, f"webhook: Unknown object: {gid}")
    return found[0]


def _asana_webhook(row: Json) -> Json:
    fails = the_state().clock.now().isoformat() if row["standing"] == "failing" else None
    return {
        "gid": row["id"],
        "resource_type": "webhook",
        "active": row["standing"] != "suspended",
        "resource": {"gid": row["scope"], "resource_type": "project"},
        "target": row["target"],
        "last_failure_content": "500" if fails else "",
        "failure_deletion_timestamp": fails,
    }


def _add_clickup(app: Flask) -> None:
    """https://developer.clickup.com/reference/createwebhook"""

    @clickup_route(app, "team/<team_id>/webhook", method="POST")
    def create_clickup_webhook(team_id: str) -> Response:
        if team_id != TEAM_ID:
            raise NOT_AUTHORISED
        target = str((request.get_json(silent=True) or {}).get("endpoint", ""))
        if not target:
            raise ClickUpError(400, "Endpoint required", "WEBHOOK_001")
        if rows(face="clickup", target=target):
            raise ClickUpError(400, "Webhook configuration already exists", "OAUTH_171")
        with the_state().store.writing() as connection:
            row = add(connection, "clickup", team_id, target, secrets.token_hex(32))
        return jsonify(id=row["id"], webhook=_clickup_webhook(row) | {"secret": row["secret"]})

    @clickup_route(app, "team/<team_id>/webhook")
    def clickup_webhooks(team_id: str) -> Response:
        return jsonify(webhooks=[_clickup_webhook(row) for row in rows(face="clickup", scope=team_id)])

    @clickup_route(app, "webhook/<pk>", method="DELETE")
    def delete_clickup_webhook(pk: str) -> Response:
        if not rows(face="clickup", id=pk):
            raise ClickUpError(404, "Webhook not found", "WEBHOOK_002")
        remove(pk)
        return jsonify({})


def _clickup_webhook(row: Json) -> Json:
    count = {"suspended": 100, "failing": 12}.get(row["standing"], 0)
    health = {"status": row["standing"], "fail_count": count}
    return {"id": row["id"], "team_id": row["scope"], "endpoint": row["target"], "health": health}


def signed(face: str, row: Json, event: Any, place: int) -> tuple[bytes, dict[str, str]]:
    """The body and the headers with which the tool tells of an event."""
    if face == "asana":
        events = event if isinstance(event, list) else [event]
        body = json.dumps({"events": events}, separators=(",", ":")).encode()
    elif face == "clickup":
        body = json.dumps({"webhook_id": row["id"], **event}).encode()
    else:
        body = json.dumps(event).encode()
    said = hmac.new(row["secret"].encode(), body, hashlib.sha256).hexdigest()
    if face == "asana":
        return body, {"X-Hook-Signature": said}
    if face == "clickup":
        return body, {"X-Signature": said}
    told = {"X-Atlassian-Webhook-Identifier": f"{row['id']}-{place}", "X-Atlassian-Webhook-Flow": "Primary"}
    if face == "jira" and row["scope"] == jira.APP:
        return body, told | jira.told_by(row)
    return body, told | ({"X-Hub-Signature": f"sha256={said}"} if face == "jira" and row["secret"] else {})


def _add_controls(app: Flask) -> None:
    @app.get("/_sandbox/webhooks")
    def webhooks() -> Response:
        return jsonify(rows())

    @app.post("/_sandbox/webhooks")
    def add_by_hand() -> Response:
        """`face`, `target` and `secret`, as an admin enters them in Jira."""
        data = request.get_json()
        with the_state().store.writing() as connection:
            return jsonify(add(connection, str(data["face"]), "", str(data["target"]), str(data.get("secret", ""))))

    @app.post("/_sandbox/webhooks/<pk>")
    def set_standing(pk: str) -> Response:
        """`standing`, or "gone"."""
        standing = str(request.get_json().get("standing"))
        if standing == "gone":
            remove(pk)
            return jsonify(ok=True)
        if standing not in STANDINGS:
            abort(400, "No such standing.")
        with the_state().store.writing() as connection:
            connection.execute("UPDATE webhooks SET standing = ? WHERE id = ?", (standing, pk))
        return jsonify(ok=True)

    @app.post("/_sandbox/webhooks/send")
    def send() -> Response:
        """`face`, `events`, and the `order` in which they go out; answers with what each target said (0: nothing)."""
        data = request.get_json()
        face, events = str(data["face"]), list(data["events"])
        order = data.get("order")
        statuses = []
        for place in range(len(events)) if order is None else order:
            for row in rows(face=face):
                if row["standing"] == "suspended" or jira.is_over(row):
                    continue
                body, headers = signed(face, row, events[place], place)
                answer = post(row["target"], body, headers)
                statuses.append(0 if answer is None else answer.status_code)
        return jsonify(statuses)
