"""The pages on which a person looks into ClickUp's lists and completes a task."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import ledger
from sandbox.clickup import comments, tasks
from sandbox.clickup.tasks import Task, moved
from sandbox.clickup.workspace import BY_ID, FOLDER_NAME, LISTS, SHIPPED, SPACE_NAME, TaskList, member
from sandbox.names import called, rename_at_once
from sandbox.pages import add_policy
from sandbox.state import the_state

blueprint = Blueprint("clickup", __name__, url_prefix="/clickup")
blueprint.after_request(add_policy)


def _path(task_list: TaskList) -> str:
    return " / ".join([SPACE_NAME, *([FOLDER_NAME] if task_list.has_folder else [])])


@blueprint.app_template_filter("clickup_name")
def name_now(task_list: TaskList) -> str:
    return called(f"clickup {task_list.id}", task_list.name)


@blueprint.app_template_filter("clickup_people")
def people_names(task: Task) -> str:
    return ", ".join(member(one).name for one in task.assignees) or "Nobody yet"


@blueprint.get("/")
def lists() -> str:
    with the_state().store.reading() as connection:
        held = [(one, tasks.of_list(connection, one.id)) for one in LISTS]
    rows = [(one, _path(one), sum(task.is_finished for task in found), len(found)) for one, found in held]
    return render_template("clickup_lists.html", lists=rows)


@blueprint.get("/lists/<list_id>")
def one_list(list_id: str) -> str:
    if list_id not in BY_ID:
        abort(404)
    with the_state().store.reading() as connection:
        found = tasks.of_list(connection, list_id)
    return render_template("clickup_list.html", list=BY_ID[list_id], path=_path(BY_ID[list_id]), tasks=found)


@blueprint.post("/lists/<list_id>/rename")
def rename(list_id: str) -> AnyResponse:
    """By a person."""
    name = request.form.get("name", "").strip()
    if list_id not in BY_ID or not name:
        abort(404)
    rename_at_once(f"clickup {list_id}", name)
    return redirect(url_for("clickup.one_list", list_id=list_id), 303)


@blueprint.get("/t/<task_id>")
def one_task(task_id: str) -> str:
    with the_state().store.reading() as connection:
        task = tasks.by_id(connection, task_id)
        if task is None:
            abort(404)
        rows = tasks.dependencies(connection, [task_id])[task_id]
        ids = [row["depends_on"] for row in rows if row["task_id"] == task_id]
        waits_on = [one for one in (tasks.by_id(connection, found) for found in ids) if one]
        said = comments.of_task(connection, task_id)
    told = {"list": BY_ID[task.list_id], "waits_on": waits_on, "comments": said}
    return render_template("clickup_task.html", task=task, **told)


@blueprint.post("/t/<task_id>/complete")
def complete(task_id: str) -> AnyResponse:
    state = the_state()
    with state.store.writing() as connection:
        task = tasks.by_id(connection, task_id)
        if task is None:
            abort(404)
        if not task.is_finished:
            tasks.save(connection, moved(task, SHIPPED.name, at=state.clock.now_ms()))
            ledger.record(
                connection, face="clickup", action="completed by hand", key=task.id, payload={}, at=state.clock.now()
            )
    return redirect(url_for("clickup.one_list", list_id=task.list_id, _anchor=task.id), 303)
