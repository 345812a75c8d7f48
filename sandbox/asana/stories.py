"""Comments on tasks, which Asana calls stories: https://developers.asana.com/reference/createstoryfortask."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Flask, Response, request

from sandbox import ledger
from sandbox.asana import tasks
from sandbox.asana.face import RATE, AsanaError, listed, one, route
from sandbox.asana.payloads import Json, instant_text, user_json
from sandbox.asana.plan import ACCOUNT
from sandbox.asana.tasks import Task
from sandbox.state import the_state

SCHEMA = """
CREATE TABLE IF NOT EXISTS asana_story (
    id INTEGER PRIMARY KEY AUTOINCREMENT, gid TEXT NOT NULL UNIQUE, task TEXT NOT NULL, text TEXT NOT NULL,
    at INTEGER NOT NULL
);
"""


def add_stories(app: Flask) -> None:
    @route(app, "tasks/<gid>/stories")
    def stories(gid: str) -> Response:
        def records(after: int, count: int) -> list[tuple[int, Json]]:
            with the_state().store.reading() as connection:
                _task(connection, gid)
                return [(row["id"], _shown(row)) for row in of_task(connection, gid, after=after, count=count)]

        return listed(records)

    @route(app, "tasks/<gid>/stories", method="POST")
    def comment(gid: str) -> Response:
        text = _asked_text()
        with the_state().store.writing() as connection:
            row = _write(connection, _task(connection, gid), text)
        answer = one(_shown(row))
        answer.status_code = 201
        return answer

    @route(app, "stories/<gid>", method="DELETE")
    def delete_story(gid: str) -> Response:
        with the_state().store.writing() as connection:
            row = connection.execute("DELETE FROM asana_story WHERE gid = ? RETURNING task", (gid,)).fetchone()
            if row is None:
                raise AsanaError(404, f"story: Unknown object: {gid}")
            _touch(connection, _task(connection, row["task"]), "comment deleted", {"gid": gid})
        return one({})


def of_task(connection: sqlite3.Connection, gid: str, *, after: int = 0, count: int = -1) -> list[sqlite3.Row]:
    """Its comments, oldest first; `count` -1 is all."""
    rows = connection.execute(
        "SELECT * FROM asana_story WHERE task = ? AND id > ? ORDER BY id LIMIT ?", (gid, after, count)
    )
    return rows.fetchall()


def texts_of(connection: sqlite3.Connection, gids: Iterable[str]) -> dict[str, list[str]]:
    """The comments of several tasks, oldest first."""
    wanted = set(gids)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in connection.execute("SELECT task, text FROM asana_story ORDER BY id"):
        if row["task"] in wanted:
            found[row["task"]].append(row["text"])
    return dict(found)


def _task(connection: sqlite3.Connection, gid: str) -> Task:
    found = tasks.by_gid(connection, gid)
    if found is None:
        raise AsanaError(404, f"task: Unknown object: {gid}")
    if found.hidden:
        raise AsanaError(403, "task: You do not have access to this task.")
    return found


def _asked_text() -> str:
    asked = request.get_json(silent=True)
    data: Any = asked.get("data") if isinstance(asked, dict) else None
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise AsanaError(400, "You should specify one of the following values: html_text, text")
    return text


def _write(connection: sqlite3.Connection, task: Task, text: str) -> sqlite3.Row:
    gid = tasks.new_gid(connection)
    row: sqlite3.Row = connection.execute(
        "INSERT INTO asana_story (gid, task, text, at) VALUES (?, ?, ?, ?) RETURNING *",
        (gid, task.gid, text, the_state().clock.now_ms()),
    ).fetchone()
    _touch(connection, task, "comment", {"text": text})
    return row


def _touch(connection: sqlite3.Connection, task: Task, action: str, payload: Json) -> None:
    """A comment changes the task's time of change here, though the vendor says it may not: the harder case."""
    now = the_state().clock.now()
    tasks.save(connection, replace(task, modified=the_state().clock.now_ms()))
    ledger.record(connection, face=RATE, action=action, key=task.gid, payload=payload, at=now)


def _shown(row: sqlite3.Row) -> Json:
    return {
        "gid": row["gid"],
        "resource_type": "story",
        "resource_subtype": "comment_added",
        "type": "comment",
        "text": row["text"],
        "created_at": instant_text(row["at"]),
        "created_by": user_json(ACCOUNT),
        "target": {"gid": row["task"], "resource_type": "task"},
    }
