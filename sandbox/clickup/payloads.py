"""ClickUp's JSON, as recorded answers have it: instants as text, ids of lists as text, ids of people as numbers."""

from __future__ import annotations

import sqlite3
from typing import Any

from sandbox.clickup import tasks
from sandbox.clickup.tasks import Task
from sandbox.clickup.workspace import (
    ACCOUNT_ID,
    BY_ID,
    BY_STATUS,
    FOLDER_ID,
    FOLDER_NAME,
    HIDDEN_FOLDER_ID,
    LISTS,
    SPACE_ID,
    SPACE_NAME,
    STATUSES,
    TEAM_ID,
    TaskList,
    member,
)  # fmt: skip
from sandbox.names import called

Json = dict[str, Any]


def user(user_id: int) -> Json:
    person = member(user_id)
    return {"id": user_id, "username": person.name, "color": "#827718", "email": person.email, "profilePicture": None}


def status(name: str) -> Json:
    found = BY_STATUS[name]
    return {
        "id": f"p{SPACE_ID}_{STATUSES.index(found)}", "status": found.name, "color": found.color,
        "orderindex": STATUSES.index(found), "type": found.type,
    }  # fmt: skip


def statuses() -> list[Json]:
    return [status(one.name) for one in STATUSES]


def space() -> Json:
    return {"id": SPACE_ID, "name": SPACE_NAME, "private": False, "statuses": statuses(), "archived": False}


def folder_of(task_list: TaskList) -> Json:
    if task_list.has_folder:
        return {"id": FOLDER_ID, "name": FOLDER_NAME, "hidden": False, "access": True}
    return {"id": HIDDEN_FOLDER_ID, "name": "hidden", "hidden": True, "access": True}


def folder(connection: sqlite3.Connection) -> Json:
    closed = tasks.closed_lists(connection)
    within = [one for one in LISTS if one.has_folder and one.id not in closed]
    return {
        "id": FOLDER_ID, "name": FOLDER_NAME, "orderindex": 0, "override_statuses": False, "hidden": False,
        "space": {"id": SPACE_ID, "name": SPACE_NAME, "access": True}, "archived": False,
        "task_count": str(sum(_task_count(connection, one) for one in within)),
        "lists": [task_list(connection, one) for one in within],
    }  # fmt: skip


def _list_name(found: TaskList) -> str:
    return called(f"clickup {found.id}", found.name)


def task_list(connection: sqlite3.Connection, found: TaskList) -> Json:
    return {
        "id": found.id, "name": _list_name(found), "orderindex": LISTS.index(found), "content": "", "status": None,
        "priority": None, "assignee": None, "task_count": _task_count(connection, found), "due_date": None,
        "start_date": None, "folder": folder_of(found), "space": {"id": SPACE_ID, "name": SPACE_NAME, "access": True},
        "archived": False, "override_statuses": False, "statuses": statuses(), "permission_level": "create",
    }  # fmt: skip


def _task_count(connection: sqlite3.Connection, found: TaskList) -> int:
    wanted = tasks.Wanted(found.id, with_closed=True, with_subtasks=True, with_other_lists=True)
    return tasks.count(connection, wanted)


def custom_item(item_id: int, name: str) -> Json:
    return {"id": item_id, "name": name, "name_plural": f"{name}s", "description": "", "avatar": None}


def task_rows(connection: sqlite3.Connection, found: list[Task], root: str) -> list[Json]:
    """The tasks of one page; `root` is the sandbox's address."""
    ids = [one.id for one in found]
    rows, places = tasks.dependencies(connection, ids), tasks.locations(connection, ids)
    return [_task(one, rows[one.id], places[one.id], root) for one in found]


def _task(task: Task, rows: list[sqlite3.Row], places: list[str], root: str) -> Json:
    home = BY_ID[task.list_id]
    return {
        "id": task.id, "custom_id": task.custom_id, "custom_item_id": task.custom_item, "name": task.name,
        "text_content": "", "description": "", "status": status(task.status),
        "orderindex": f"{task.number}.00000000000000000000000",
        "date_created": str(task.created), "date_updated": str(task.updated), "date_closed": _instant(task.closed),
        "date_done": _instant(task.done), "archived": task.archived, "creator": user(ACCOUNT_ID),
        "assignees": [user(one) for one in task.assignees], "group_assignees": [], "watchers": [], "checklists": [],
        "tags": [{"name": one, "tag_fg": "#FFFFFF", "tag_bg": "#BF55EC"} for one in task.tags],
        "parent": task.parent, "top_level_parent": task.parent, "priority": None,
        "due_date": _instant(task.due), "start_date": None, "points": task.points,
        "time_estimate": task.time_estimate, "custom_fields": [], "dependencies": [_dependency(row) for row in rows],
        "linked_tasks": [], "locations": [{"id": one, "name": _list_name(BY_ID[one])} for one in places],
        "team_id": TEAM_ID, "url": f"{root}clickup/t/{task.id}", "permission_level": "create",
        "list": {"id": home.id, "name": _list_name(home), "access": True}, "project": folder_of(home),
        "folder": folder_of(home), "space": {"id": SPACE_ID},
    }  # fmt: skip


def _dependency(row: sqlite3.Row) -> Json:
    return {
        "task_id": row["task_id"], "depends_on": row["depends_on"], "type": 1, "date_created": str(row["created"]),
        "userid": str(ACCOUNT_ID), "workspace_id": TEAM_ID, "chain_id": None,
    }  # fmt: skip


def _instant(value: int | None) -> str | None:
    return None if value is None else str(value)
