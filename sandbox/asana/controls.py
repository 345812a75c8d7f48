"""The controls of the Asana face under /_sandbox/asana: tests create, edit, move and delete tasks."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from sandbox.asana import grants, tasks
from sandbox.asana.plan import BY_GID, SECTIONS
from sandbox.asana.tasks import ANSWERS, Task, answered, marked
from sandbox.names import rename_at_once
from sandbox.state import the_state

EDITABLE = {"name", "subtype", "assignee", "parent", "minutes", "points", "custom_id", "dependencies", "tags"}


def add_controls(app: Flask) -> None:
    @app.get("/_sandbox/asana/tasks")
    def all_asana_tasks() -> Response:
        """Every task as it stands, whoever may see it; `modified` in epoch milliseconds."""
        with the_state().store.reading() as connection:
            return jsonify(tasks.outlines(connection))

    @app.post("/_sandbox/asana/tasks")
    def create_asana_tasks() -> Response:
        """`section`, `count`, and per task what an edit takes; answers with the gids."""
        data, state = _posted(), the_state()
        section, now_ms = str(data.get("section", "")), state.clock.now_ms()
        if section not in SECTIONS:
            abort(400, "No such section.")
        gids = []
        with state.store.writing() as connection:
            for place in range(int(data.get("count", 1))):
                name = f"{data.get('name', 'Task')} {place + 1}"
                task = Task(tasks.new_gid(connection), name, created=now_ms, modified=now_ms, sections=(section,))
                rest = {key: value for key, value in data.items() if key not in {"name", "section"}}
                tasks.save(connection, _edited(task, rest, now_ms))
                gids.append(task.gid)
        return jsonify(gids)

    _add_edits(app)


def _add_edits(app: Flask) -> None:
    @app.post("/_sandbox/asana/tasks/<gid>")
    def edit_asana_task(gid: str) -> Response:
        state = the_state()
        with state.store.writing() as connection:
            tasks.save(connection, _edited(_task(connection, gid), _posted(), state.clock.now_ms()))
        return jsonify(ok=True)

    @app.post("/_sandbox/asana/names/<gid>")
    def rename_in_asana(gid: str) -> Response:
        """`name`: what a project or a section is called from now on."""
        if gid not in SECTIONS and gid not in BY_GID:
            abort(404, "No such project or section.")
        rename_at_once(f"asana {gid}", str(_posted()["name"]))
        return jsonify(ok=True)

    @app.delete("/_sandbox/asana/tasks/<gid>")
    def delete_asana_task(gid: str) -> Response:
        with the_state().store.writing() as connection:
            tasks.delete(connection, _task(connection, gid).gid)
        return jsonify(ok=True)

    @app.delete("/_sandbox/asana/grants")
    def revoke_asana_grants() -> Response:
        with the_state().store.writing() as connection:
            grants.take_all(connection)
        return jsonify(ok=True)


def _posted() -> dict[str, Any]:
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        abort(400, "A JSON object is needed.")
    return data


def _task(connection: sqlite3.Connection, gid: str) -> Task:
    task = tasks.by_gid(connection, gid)
    if task is None:
        abort(404, f"No task {gid}.")
    return task


def _edited(task: Task, data: dict[str, Any], now_ms: int) -> Task:
    """With other values. Moving it to other sections alone leaves `modified` as it is, as the vendor's field says.

    So does who may see it.
    """
    if "hidden" in data:
        task = replace(task, hidden=bool(data["hidden"]))
    if "sections" in data:
        if not set(data["sections"]) <= set(SECTIONS):
            abort(400, "No such section.")
        task = replace(task, sections=tuple(data["sections"]))
    plain: dict[str, Any] = {name: _kept(data[name]) for name in data if name in EDITABLE}
    if plain:
        task = replace(task, modified=now_ms, **plain)
    if "completed" in data:
        task = marked(task, completed=bool(data["completed"]), at=now_ms)
    if "approval" in data:
        if data["approval"] not in ANSWERS:
            abort(400, "No such answer.")
        task = answered(task, data["approval"], at=now_ms)
    return task


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
