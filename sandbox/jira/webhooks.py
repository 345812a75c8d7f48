"""Jira's webhooks: dynamic ones, which an OAuth app registers in Cloud, and those that admins make in Data Center.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/,
https://developer.atlassian.com/server/jira/platform/webhooks/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable

from flask import Flask, Response, jsonify, request

from sandbox.jira import grants
from sandbox.jira.face import CLOUD, DATA_CENTER, JiraError, bearer_token, body, guard, route
from sandbox.jira.sign_in import CLIENT_ID, CLIENT_SECRET
from sandbox.state import the_state
from sandbox.webhook_rows import Json, add, remove, rows

SCHEMA = """
CREATE TABLE IF NOT EXISTS jira_webhooks (id TEXT PRIMARY KEY, filter TEXT NOT NULL, expires REAL);
"""
APP = "app"
"""The scope of the rows that an OAuth app registered."""
DAYS = 30
MOST = 5
SCOPE = "manage:jira-webhook"
_CLAUSE = re.compile(r"(issueKey|project|issuetype|status|assignee|reporter) (=|!=|in|not in) ", re.IGNORECASE)


def add_jira_webhooks(app: Flask) -> None:
    _add_dynamic(app)
    for path in ("jira-webhook/1.0/webhooks", "webhooks/1.0/webhook"):
        _add_admins(app, path)


def told_by(row: Json) -> dict[str, str]:
    """The token with which an app's webhook proves a call."""
    now = int(the_state().clock.now().timestamp())
    head = _encoded(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    claims = _encoded(json.dumps({"iss": CLIENT_ID, "iat": now, "exp": now + 180}).encode())
    signature = hmac.new(str(row["secret"]).encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return {"Authorization": f"Bearer {head}.{claims}.{_encoded(signature)}"}


def is_over(row: Json) -> bool:
    """Whether it expired."""
    expires = _details(row)["expires"]
    return expires is not None and expires <= the_state().clock.now().timestamp()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _details(row: Json) -> Json:
    with the_state().store.reading() as connection:
        found = connection.execute("SELECT * FROM jira_webhooks WHERE id = ?", (row["id"],)).fetchone()
    return dict(found) if found else {"filter": "", "expires": None}


def _keep(face: str, scope: str, target: str, secret: str, jql: str, expires: float | None) -> Json:
    with the_state().store.writing() as connection:
        row = add(connection, face, scope, target, secret)
        connection.execute("INSERT INTO jira_webhooks VALUES (?, ?, ?)", (row["id"], jql, expires))
    return row


def _in_thirty_days() -> float:
    return the_state().clock.now().timestamp() + DAYS * 86_400


def _only_apps() -> None:
    with the_state().store.reading() as connection:
        now = the_state().clock.now().timestamp()
        grant = grants.find(connection, "access", bearer_token(), now=now)
    if grant is None:
        raise JiraError(403, ("The caller isn't an app.",))
    if SCOPE not in str(grant["scope"]).split():
        raise JiraError(401, ("Unauthorized; scope does not match",))


def _apps_rows() -> list[Json]:
    return [row for row in rows(face=CLOUD.name, scope=APP) if not is_over(row)]


def _add_dynamic(app: Flask) -> None:
    @route(app, "webhook", "POST")
    def register_webhooks(_version: str) -> Response:
        _only_apps()
        asked = body()
        target = str(asked.get("url", ""))
        if other := next((row["target"] for row in _apps_rows() if row["target"] != target), ""):
            raise JiraError(400, (f"Only a single URL per app is allowed to be registered. Current URL is: {other}",))
        results = [_registered(target, one) for one in asked.get("webhooks") or []]
        return jsonify(webhookRegistrationResult=results)

    @route(app, "webhook", "GET")
    def webhooks_of_the_app(_version: str) -> Response:
        _only_apps()
        values = [_shown(row) for row in _apps_rows()]
        return jsonify(isLast=True, maxResults=100, startAt=0, total=len(values), values=values)

    @route(app, "webhook", "DELETE")
    def remove_webhooks(_version: str) -> Response:
        _only_apps()
        for row in _named():
            remove(row["id"])
        return Response(status=202)

    @route(app, "webhook/refresh", "PUT")
    def refresh_webhooks(_version: str) -> Response:
        _only_apps()
        until = _in_thirty_days()
        with the_state().store.writing() as connection:
            for row in _named():
                connection.execute("UPDATE jira_webhooks SET expires = ? WHERE id = ?", (until, row["id"]))
        return jsonify(expirationDate=int(until * 1000))


def _registered(target: str, asked: Json) -> Json:
    jql = str(asked.get("jqlFilter", ""))
    if not _CLAUSE.match(jql):
        return {"errors": ["The clause is unsupported: only =, !=, IN and NOT IN on some fields are."]}
    if len(_apps_rows()) >= MOST:
        return {"errors": [f"The app already has {MOST} webhooks."]}
    row = _keep(CLOUD.name, APP, target, CLIENT_SECRET, jql, _in_thirty_days())
    return {"createdWebhookId": int(row["id"])}


def _named() -> list[Json]:
    """Those of the app that are named; others are passed over."""
    wanted = {str(pk) for pk in body().get("webhookIds") or []}
    return [row for row in _apps_rows() if row["id"] in wanted]


def _shown(row: Json) -> Json:
    details = _details(row)
    shown = {"id": int(row["id"]), "jqlFilter": details["filter"], "events": [], "url": row["target"]}
    return shown | {"expirationDate": int(details["expires"] * 1000)}


def _add_admins(app: Flask, path: str) -> None:
    root = f"/{DATA_CENTER.name}/rest/{path}"
    is_new = path.startswith("jira-webhook")

    def create() -> Response:
        asked = body()
        jql = str((asked.get("filters") or {}).get("issue-related-events-section", ""))
        row = _keep(DATA_CENTER.name, "", str(asked.get("url", "")), "", jql, None)
        answer = jsonify(_as_admins_see(row, root, is_new=is_new))
        answer.status_code = 201
        return answer

    def read(pk: str) -> Response:
        return jsonify(_as_admins_see(_admins_row(pk), root, is_new=is_new))

    def delete(pk: str) -> Response:
        remove(_admins_row(pk)["id"])
        return Response(status=204)

    _serve(app, root, "POST", create)
    _serve(app, f"{root}/<pk>", "GET", read)
    _serve(app, f"{root}/<pk>", "DELETE", delete)


def _serve(app: Flask, rule: str, method: str, view: Callable[..., Response]) -> None:
    def answer(**parts: str) -> Response:
        refusal = guard(DATA_CENTER)
        if refusal is not None:
            return refusal
        try:
            return view(**parts)
        except JiraError as error:
            return error.response()

    app.add_url_rule(rule, f"{method} {rule}", answer, methods=[method])


def _admins_row(pk: str) -> Json:
    found = rows(face=DATA_CENTER.name, id=pk)
    if not found:
        raise JiraError(404, (f"No webhook with id {pk} exists.",))
    return found[0]


def _as_admins_see(row: Json, root: str, *, is_new: bool) -> Json:
    """Version 10 tells an id and `active`, older ones their own address and `enabled`."""
    is_on = row["standing"] != "suspended"
    jql = _details(row)["filter"]
    shown = {"name": "Luna", "url": row["target"], "filters": {"issue-related-events-section": jql}}
    if is_new:
        return {"id": int(row["id"]), "active": is_on, **shown}
    return {"self": f"{request.host_url.rstrip('/')}{root}/{row['id']}", "enabled": is_on, **shown}
