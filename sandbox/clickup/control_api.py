"""What a test does at /_sandbox/clickup: create, edit and delete tasks, take the access to a list away."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.clickup import grants, tasks
from sandbox.clickup.tasks import LISTED, Task, moved
from sandbox.clickup.workspace import BY_ID, BY_STATUS
from sandbox.names import rename_at_once
from sandbox.state import the_state

EDITABLE = {
    "name", "custom_id", "parent", "assignees", "points", "time_estimate", "archived", "list_id", "due", "tags",
    "custom_item",
}  # fmt: skip

blueprint = Blueprint("clickup_control", __name__, url_prefix="/_sandbox/clickup")


def _posted() -> dict[str, Any]:
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        abort(400, "A JSON object is needed.")
    return data


@blueprint.get("/tasks")
def every() -> Response:
    """Every task as it stands, whoever may see it; `updated` in epoch milliseconds."""
    with the_state().store.reading() as connection:
        return jsonify(tasks.outlines(connection))


@blueprint.post("/tasks")
def create() -> Response:
    """`list`, `count`, and per task what `edit` takes; answers with the ids."""
    data, now_ms = _posted(), the_state().clock.now_ms()
    list_id = str(data.get("list", ""))
    if list_id not in BY_ID:
        abort(400, "No such list.")
    ids = []
    with the_state().store.writing() as connection:
        for place in range(int(data.get("count", 1))):
            task = tasks.new(connection, list_id, f"{data.get('name', 'Task')} {place + 1}", at=now_ms + place)
            rest = {name: data[name] for name in data if name != "name"}
            tasks.save(connection, _edited(connection, task, rest, now_ms + place))
            ids.append(task.id)
    return jsonify(ids)


@blueprint.post("/tasks/<task_id>")
def edit(task_id: str) -> Response:
    """Another status or plain values, `waits_on` (ids), `also_in` (ids of lists); `updated` becomes now."""
    now_ms = the_state().clock.now_ms()
    with the_state().store.writing() as connection:
        task = tasks.by_id(connection, task_id)
        if task is None:
            abort(404, f"No task {task_id}.")
        tasks.save(connection, _edited(connection, task, _posted(), now_ms))
    return jsonify(ok=True)


@blueprint.delete("/tasks/<task_id>")
def delete(task_id: str) -> Response:
    with the_state().store.writing() as connection:
        tasks.delete(connection, task_id)
    return jsonify(ok=True)


@blueprint.post("/lists/<list_id>")
def access(list_id: str) -> Response:
    """With `closed`, the account may not see the list any more; with `name`, it is called so."""
    if list_id not in BY_ID:
        abort(404, "No such list.")
    data = _posted()
    if "name" in data:
        rename_at_once(f"clickup {list_id}", str(data["name"]))
    else:
        with the_state().store.writing() as connection:
            tasks.close_list(connection, list_id, is_closed=bool(data.get("closed")))
    return jsonify(ok=True)


@blueprint.post("/revoke")
def revoke() -> Response:
    """Take back all that people's consent gave."""
    with the_state().store.writing() as connection:
        grants.take_all(connection)
    return jsonify(ok=True)


def _edited(connection: sqlite3.Connection, task: Task, data: dict[str, Any], now_ms: int) -> Task:
    status = data.get("status", task.status)
    if status not in BY_STATUS:
        abort(400, "No such status.")
    if status != task.status:
        task = moved(task, status, at=now_ms)
    for one in data.get("waits_on", []):
        tasks.add_dependency(connection, task.id, str(one), at=now_ms)
    for one in data.get("also_in", []):
        tasks.add_location(connection, task.id, str(one))
    plain: dict[str, Any] = {name: data[name] for name in data if name in EDITABLE}
    plain |= {name: tuple(plain[name]) for name in LISTED if name in plain}
    return replace(task, updated=now_ms, **plain)
