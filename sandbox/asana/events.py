"""What happened to a project's tasks, kept for those who ask with a sync token: https://developers.asana.com/reference/getevents."""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify

from sandbox.asana.plan import PROJECT_OF
from sandbox.state import the_state

SCHEMA = """
CREATE TABLE IF NOT EXISTS asana_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, task TEXT NOT NULL, action TEXT NOT NULL,
    parent TEXT, parent_type TEXT, at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS asana_event_project ON asana_event (project, id);
"""
PER_TOKEN = 100
TOO_OLD = (
    "Sync token invalid or too old. If you are attempting to keep resources in sync, you must fetch the full dataset "
    "for this query now and use the new sync token."
)
TOKEN_MS = 24 * 3_600_000
"""How long a sync token is good for."""


def record(
    connection: sqlite3.Connection,
    task: str,
    before: set[str],
    after: set[str],
    *,
    at: int,
    is_deleted: bool = False,
) -> None:
    """Tell the projects of these sections: it came, left, was moved within, or changed."""
    projects_before = {PROJECT_OF[section].gid for section in before}
    projects_after = {PROJECT_OF[section].gid for section in after}
    rows: list[tuple[str, str, str | None, str | None]] = []
    for project in sorted(projects_before | projects_after):
        if is_deleted:
            rows.append((project, "deleted", None, None))
        elif project not in projects_after:
            rows.append((project, "removed", project, "project"))
        elif project not in projects_before:
            rows.append((project, "added", project, "project"))
        else:
            new = sorted(one for one in after - before if PROJECT_OF[one].gid == project)
            rows += [(project, "added", section, "section") for section in new] or [(project, "changed", None, None)]
    connection.executemany(
        "INSERT INTO asana_event (project, task, action, parent, parent_type, at) VALUES (?, ?, ?, ?, ?, ?)",
        [(project, task, action, parent, kind, at) for project, action, parent, kind in rows],
    )


def answer(project: str, token: str | None) -> Response:
    """What happened since the token; without one, or with one that is not good any more, 412 and a new one."""
    state = the_state()
    now_ms = state.clock.now_ms()
    with state.store.reading() as connection:
        after = _opened(token, project, now_ms)
        if after is None:
            last = connection.execute("SELECT MAX(id) FROM asana_event").fetchone()[0] or 0
            refusal = jsonify(errors=[{"message": TOO_OLD}], sync=_sealed(project, last, now_ms))
            refusal.status_code = 412
            return refusal
        found = connection.execute(
            "SELECT * FROM asana_event WHERE project = ? AND id > ? ORDER BY id LIMIT ?",
            (project, after, PER_TOKEN + 1),
        ).fetchall()
    shown = found[:PER_TOKEN]
    reached = shown[-1]["id"] if shown else after
    return jsonify(
        data=[_event(row) for row in shown], sync=_sealed(project, reached, now_ms), has_more=len(found) > PER_TOKEN
    )


def _event(row: sqlite3.Row) -> dict[str, Any]:
    parent = {"gid": row["parent"], "resource_type": row["parent_type"]} if row["parent"] else None
    return {
        "user": None,
        "resource": {"gid": row["task"], "resource_type": "task", "resource_subtype": "default_task"},
        "type": "task",
        "action": row["action"],
        "parent": parent,
        "created_at": datetime.fromtimestamp(row["at"] / 1000, UTC).isoformat().replace("+00:00", "Z"),
    }


def _sealed(project: str, reached: int, now_ms: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([project, reached, now_ms]).encode()).decode()


def _opened(token: str | None, project: str, now_ms: int) -> int | None:
    try:
        of, reached, at = json.loads(base64.urlsafe_b64decode(token or ""))
    except (binascii.Error, ValueError, TypeError):
        return None
    return int(reached) if of == project and now_ms - at <= TOKEN_MS else None
