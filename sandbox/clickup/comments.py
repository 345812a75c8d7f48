"""Comments on ClickUp's tasks: https://developer.clickup.com/reference/createtaskcomment."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox import ledger
from sandbox.clickup import payloads, tasks
from sandbox.clickup.face import NOT_AUTHORISED, RATE, ClickUpError, route
from sandbox.clickup.tasks import Task
from sandbox.clickup.workspace import ACCOUNT_ID
from sandbox.state import the_state

SCHEMA = """
CREATE TABLE IF NOT EXISTS clickup_comment (
    id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, text TEXT NOT NULL, notify_all INTEGER NOT NULL,
    at INTEGER NOT NULL
);
"""
PER_PAGE = 25


def add_comments(app: Flask) -> None:
    @route(app, "task/<task_id>/comment")
    def comments(task_id: str) -> Response:
        """The newest first; `start_id` is the oldest of the page before."""
        before = request.args.get("start_id", "")
        with the_state().store.reading() as connection:
            _task(connection, task_id)
            found = connection.execute(
                "SELECT * FROM clickup_comment WHERE task_id = ? AND (? = '' OR id < ?) ORDER BY id DESC LIMIT ?",
                (task_id, before, before if before.isdecimal() else 0, PER_PAGE),
            ).fetchall()
        return jsonify(comments=[_shown(row) for row in found])

    @route(app, "task/<task_id>/comment", method="POST")
    def comment(task_id: str) -> Response:
        text, notifies_all = _asked()
        now_ms = the_state().clock.now_ms()
        with the_state().store.writing() as connection:
            task = _task(connection, task_id)
            made = connection.execute(
                "INSERT INTO clickup_comment (task_id, text, notify_all, at) VALUES (?, ?, ?, ?) RETURNING id",
                (task.id, text, notifies_all, now_ms),
            ).fetchone()["id"]
            _touch(connection, task, "comment", {"text": text, "notify_all": notifies_all})
        return jsonify(id=made, hist_id=f"{made}00", date=now_ms)

    @route(app, "comment/<comment_id>", method="DELETE")
    def delete_comment(comment_id: str) -> Response:
        with the_state().store.writing() as connection:
            gone = connection.execute(
                "DELETE FROM clickup_comment WHERE id = ? RETURNING task_id",
                (int(comment_id) if comment_id.isdecimal() else 0,),
            ).fetchone()
            if gone is None:
                raise ClickUpError(404, "Comment not found", "COMMENT_012")
            _touch(connection, _task(connection, gone["task_id"]), "comment deleted", {"id": comment_id})
        return jsonify({})


def of_task(connection: sqlite3.Connection, task_id: str) -> list[sqlite3.Row]:
    """Its comments, oldest first."""
    return connection.execute("SELECT * FROM clickup_comment WHERE task_id = ? ORDER BY id", (task_id,)).fetchall()


def _task(connection: sqlite3.Connection, task_id: str) -> Task:
    found = tasks.by_id(connection, task_id)
    if found is None:
        raise ClickUpError(404, "Task not found, deleted", "ITEM_013")
    if not tasks.is_visible(connection, found):
        raise NOT_AUTHORISED
    return found


def _asked() -> tuple[str, bool]:
    data: Any = request.get_json(silent=True)
    text = data.get("comment_text") if isinstance(data, dict) else None
    if not isinstance(text, str) or not text.strip() or not isinstance(data.get("notify_all"), bool):
        raise ClickUpError(400, "Comment body invalid", "COMMENT_001")
    return text, data["notify_all"]


def _touch(connection: sqlite3.Connection, task: Task, action: str, payload: payloads.Json) -> None:
    """A comment changes the task's time of change, as the vendor has it."""
    tasks.save(connection, replace(task, updated=the_state().clock.now_ms()))
    ledger.record(connection, face=RATE, action=action, key=task.id, payload=payload, at=the_state().clock.now())


def _shown(row: sqlite3.Row) -> payloads.Json:
    return {
        "id": str(row["id"]),
        "comment": [{"text": row["text"]}],
        "comment_text": row["text"],
        "user": payloads.user(ACCOUNT_ID),
        "resolved": False,
        "assignee": None,
        "assigned_by": None,
        "reactions": [],
        "date": str(row["at"]),
    }
