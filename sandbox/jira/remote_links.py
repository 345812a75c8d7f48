"""Links from an issue to pages elsewhere, on both Jiras: one for each `globalId`, which a repeated call updates.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox import ledger
from sandbox.jira import grants, issues
from sandbox.jira.face import JiraError, Site, bearer_token, body, is_at_gateway, route
from sandbox.jira.issue_views import visible
from sandbox.jira.issues import Issue
from sandbox.state import the_state
from sandbox.store import count_up

SCHEMA = """
CREATE TABLE IF NOT EXISTS jira_remote_link (
    id INTEGER PRIMARY KEY, issue_id INTEGER NOT NULL, global_id TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
    summary TEXT NOT NULL, relationship TEXT NOT NULL, UNIQUE (issue_id, global_id)
);
"""
LONGEST = 255
"""Of a title and of a global id."""
SCOPE = "write:jira-work"
NO_LINK = "The remote link with that global id does not exist."


def add_remote_links(app: Flask, site: Site) -> None:
    """The calls of one of the two Jiras."""

    @route(app, "issue/<id_or_key>/remotelink", site=site)
    def remote_links(_version: str, id_or_key: str) -> Response:
        with the_state().store.reading() as connection:
            found = of_issue(connection, visible(connection, id_or_key, site).id)
        wanted = request.args.get("globalId")
        if wanted is None:
            return jsonify([_shown(row, site) for row in found])
        row = next((row for row in found if row["global_id"] == wanted), None)
        if row is None:
            raise JiraError(404, (NO_LINK,))
        return jsonify(_shown(row, site))

    @route(app, "issue/<id_or_key>/remotelink", "POST", site=site)
    def keep_remote_link(_version: str, id_or_key: str) -> Response:
        _may_write()
        asked = _asked(body())
        with the_state().store.writing() as connection:
            issue = visible(connection, id_or_key, site)
            link_id, is_new = _keep(connection, issue, asked, site)
        answer = jsonify({"id": link_id, "self": _address(site, issue.id, link_id)})
        answer.status_code = 201 if is_new else 200
        return answer

    @route(app, "issue/<id_or_key>/remotelink", "DELETE", site=site)
    def delete_remote_link(_version: str, id_or_key: str) -> Response:
        _may_write()
        wanted = request.args.get("globalId", "")
        with the_state().store.writing() as connection:
            issue = visible(connection, id_or_key, site)
            gone = connection.execute(
                "DELETE FROM jira_remote_link WHERE issue_id = ? AND global_id = ? RETURNING title", (issue.id, wanted)
            ).fetchone()
            if gone is None:
                raise JiraError(404, (NO_LINK,))
            _changed(connection, issue, gone["title"], None)
            _note(connection, site, "remote link deleted", issue, {"globalId": wanted})
        return Response(status=204)


def of_issue(connection: sqlite3.Connection, issue_id: int) -> list[sqlite3.Row]:
    """The links of an issue, oldest first."""
    return connection.execute("SELECT * FROM jira_remote_link WHERE issue_id = ? ORDER BY id", (issue_id,)).fetchall()


def _may_write() -> None:
    """At the gateway only an app may whose consent covers it: of tokens with scopes none has this one here."""
    if not is_at_gateway():
        return
    with the_state().store.reading() as connection:
        now = the_state().clock.now().timestamp()
        grant = grants.find(connection, "access", bearer_token(), now=now)
    if grant is None or SCOPE not in str(grant["scope"]).split():
        raise JiraError(401, ("Unauthorized; scope does not match",))


def _asked(data: dict[str, Any]) -> dict[str, str]:
    shown = data.get("object")
    shown = shown if isinstance(shown, dict) else {}
    asked = {
        "global_id": str(data.get("globalId") or ""),
        "url": str(shown.get("url") or ""),
        "title": str(shown.get("title") or ""),
        "summary": str(shown.get("summary") or ""),
        "relationship": str(data.get("relationship") or ""),
    }
    for name in ("url", "title"):
        if not asked[name]:
            raise JiraError(400, (), ((name, f"'{name}' is required."),))
    for name in ("global_id", "title"):
        if len(asked[name]) > LONGEST:
            raise JiraError(400, (), ((name, f"'{name}' must be at most {LONGEST} characters."),))
    return asked


def _keep(connection: sqlite3.Connection, issue: Issue, asked: dict[str, str], site: Site) -> tuple[int, bool]:
    """The link's id, and whether it is a new one. What is the same changes nothing of the issue."""
    before = next((row for row in of_issue(connection, issue.id) if row["global_id"] == asked["global_id"]), None)
    if before is not None and all(before[name] == value for name, value in asked.items()):
        return int(before["id"]), False
    link_id = int(before["id"]) if before is not None else count_up(connection, "remote_link", start=10_000)
    connection.execute(
        "INSERT OR REPLACE INTO jira_remote_link VALUES (?, ?, ?, ?, ?, ?, ?)",
        (link_id, issue.id, *(asked[name] for name in ("global_id", "url", "title", "summary", "relationship"))),
    )
    _changed(connection, issue, before["title"] if before is not None else None, asked["title"])
    _note(connection, site, "remote link" if before is None else "remote link updated", issue, asked)
    return link_id, before is None


def _changed(connection: sqlite3.Connection, issue: Issue, was: str | None, became: str | None) -> None:
    """It stands in the issue's history, and the issue counts as updated."""
    now_ms = the_state().clock.now_ms()
    change = (now_ms, "RemoteIssueLink", was, became)
    issues.save(connection, replace(issue, updated=now_ms, changes=(change,)), now_ms=now_ms)


def _note(connection: sqlite3.Connection, site: Site, action: str, issue: Issue, payload: dict[str, str]) -> None:
    now = the_state().clock.now()
    ledger.record(connection, face=site.name, action=action, key=issue.key, payload=payload, at=now)


def _address(site: Site, issue_id: int, link_id: int) -> str:
    return f"{site.url}/rest/api/{site.versions[0]}/issue/{issue_id}/remotelink/{link_id}"


def _shown(row: sqlite3.Row, site: Site) -> dict[str, Any]:
    return {
        "id": row["id"],
        "self": _address(site, row["issue_id"], row["id"]),
        "globalId": row["global_id"],
        "relationship": row["relationship"],
        "object": {"url": row["url"], "title": row["title"], "summary": row["summary"]},
    }
