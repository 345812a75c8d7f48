"""The endpoints of the Asana face: https://developers.asana.com/reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask, Response, jsonify, request

from sandbox.asana import batch, events, tasks
from sandbox.asana.face import AsanaError, listed, one, route, site_url
from sandbox.asana.payloads import project_json, section_json, task_json, user_json, workspace_json
from sandbox.asana.plan import ACCOUNT, BY_GID, PROJECTS, SECTIONS, USER_GIDS, WORKSPACE_GID, Project, Section
from sandbox.asana.tasks import Task
from sandbox.company.people import BY_ACCOUNT_ID
from sandbox.state import the_state

Item = TypeVar("Item")
COUNTS: dict[str, Callable[[list[Task]], int]] = {
    "num_tasks": len,
    "num_completed_tasks": lambda found: sum(task.completed for task in found),
    "num_incomplete_tasks": lambda found: sum(not task.completed for task in found),
    "num_milestones": lambda found: sum(task.subtype == "milestone" for task in found),
}


def add_views(app: Flask) -> None:
    _add_people(app)
    _add_projects(app)
    _add_tasks(app)
    _add_what_reads_many(app)


def _add_people(app: Flask) -> None:
    @route(app, "users/<gid>")
    def user(gid: str) -> Response:
        if gid == "me":
            return one(user_json(ACCOUNT))
        account_id = next((key for key, value in USER_GIDS.items() if value == gid), "")
        if account_id not in BY_ACCOUNT_ID:
            raise AsanaError(404, f"user: Unknown object: {gid}")
        return one(user_json(BY_ACCOUNT_ID[account_id]))

    @route(app, "workspaces")
    def workspaces() -> Response:
        return listed(_ranked([WORKSPACE_GID], lambda _gid: workspace_json()))

    @route(app, "workspaces/<gid>")
    def workspace(gid: str) -> Response:
        _check_workspace(gid)
        return one(workspace_json())


def _check_workspace(gid: str) -> None:
    if gid != WORKSPACE_GID:
        raise AsanaError(404, f"workspace: Unknown object: {gid}")


def _ranked(
    items: Sequence[Item], shape: Callable[[Item], dict[str, Any]]
) -> Callable[[int, int], list[tuple[int, dict[str, Any]]]]:
    """A short list by its places, counted from 1."""

    def records(after: int, count: int) -> list[tuple[int, dict[str, Any]]]:
        return [(after + place, shape(item)) for place, item in enumerate(items[after : after + count], start=1)]

    return records


def _add_projects(app: Flask) -> None:
    @route(app, "projects")
    def projects() -> Response:
        if "workspace" in request.args:
            _check_workspace(request.args["workspace"])
        return _projects()

    @route(app, "workspaces/<gid>/projects")
    def projects_of_workspace(gid: str) -> Response:
        _check_workspace(gid)
        return _projects()

    @route(app, "projects/<gid>")
    def project(gid: str) -> Response:
        return one(project_json(_project(gid), site_url()))

    @route(app, "projects/<gid>/sections")
    def sections(gid: str) -> Response:
        return listed(_ranked(_project(gid).sections, lambda section: section_json(section, site_url())))

    @route(app, "projects/<gid>/task_counts")
    def task_counts(gid: str) -> Response:
        sections_of_it = [section.gid for section in _project(gid).sections]
        with the_state().store.reading() as connection:
            found = [task for _, task in tasks.of_sections(connection, sections_of_it)]
        asked = request.args.get("opt_fields", "").split(",")
        return jsonify(data={name: COUNTS[name](found) for name in asked if name in COUNTS})

    @route(app, "sections/<gid>")
    def section(gid: str) -> Response:
        return one(section_json(_section(gid), site_url()))


def _projects() -> Response:
    """None of Fernhill's is archived."""
    shown = () if request.args.get("archived", "").lower() == "true" else PROJECTS
    return listed(_ranked(shown, lambda project: project_json(project, site_url())))


def _project(gid: str) -> Project:
    if gid not in BY_GID:
        raise AsanaError(404, f"project: Unknown object: {gid}")
    return BY_GID[gid]


def _section(gid: str) -> Section:
    if gid not in SECTIONS:
        raise AsanaError(404, f"section: Unknown object: {gid}")
    return SECTIONS[gid]


def _add_tasks(app: Flask) -> None:
    @route(app, "tasks")
    def tasks_of_a_filter() -> Response:
        return _tasks(_asked_sections(), _since("modified_since"))

    @route(app, "projects/<gid>/tasks")
    def tasks_of_project(gid: str) -> Response:
        return _tasks([section.gid for section in _project(gid).sections], 0)

    @route(app, "sections/<gid>/tasks")
    def tasks_of_section(gid: str) -> Response:
        return _tasks([_section(gid).gid], 0)

    @route(app, "tasks/<gid>")
    def task(gid: str) -> Response:
        with the_state().store.reading() as connection:
            found = tasks.by_gid(connection, gid)
            subtasks = len(tasks.below(connection, gid))
        return one(_shown(_readable(found, gid), subtasks))

    @route(app, "tasks/<gid>/subtasks")
    def subtasks(gid: str) -> Response:
        with the_state().store.reading() as connection:
            _readable(tasks.by_gid(connection, gid), gid)
            found = [(one, len(tasks.below(connection, one.gid))) for one in tasks.below(connection, gid)]
        return listed(_ranked([one for one in found if not one[0].hidden], lambda one: _shown(*one)))


def _add_what_reads_many(app: Flask) -> None:
    @route(app, "events")
    def changes() -> Response:
        return events.answer(_project(request.args.get("resource", "")).gid, request.args.get("sync"))

    @route(app, "batch", method="POST")
    def several() -> Response:
        return batch.run()


def _readable(found: Task | None, gid: str) -> Task:
    if found is None:
        raise AsanaError(404, f"task: Unknown object: {gid}")
    if found.hidden:
        raise AsanaError(403, "task: You do not have access to this task.")
    return found


def _asked_sections() -> list[str]:
    if "section" in request.args:
        return [_section(request.args["section"]).gid]
    if "project" in request.args:
        return [section.gid for section in _project(request.args["project"]).sections]
    raise AsanaError(400, "You should specify one of the following values: project, section")


def _since(name: str) -> int:
    text = request.args.get(name)
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise AsanaError(400, f"{name}: Not a valid time: {text}") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _tasks(sections: list[str], modified_since: int) -> Response:
    def records(after: int, count: int) -> list[tuple[int, dict[str, Any]]]:
        with the_state().store.reading() as connection:
            found = tasks.of_sections(
                connection, sections, modified_since=modified_since, after_rank=after, count=count
            )
            return [(rank, _shown(task, len(tasks.below(connection, task.gid)))) for rank, task in found]

    return listed(records)


def _shown(task: Task, subtasks: int) -> dict[str, Any]:
    record = task_json(task, site_url(), subtasks=subtasks)
    if task.gid in the_state().faults.malformed_keys():
        return record | {"name": 7, "completed": "yes", "modified_at": [], "assignee": "nobody"}
    return record
