"""The endpoints of ClickUp's face: who calls, the workspace down to its lists, and the tasks of a list."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.clickup import payloads, tasks
from sandbox.clickup.face import NOT_AUTHORISED, RATE, ClickUpError, route
from sandbox.clickup.tasks import SORTS, Task, Wanted
from sandbox.clickup.workspace import (
    ACCOUNT_ID,
    ACTIVE_IDS,
    BY_ID,
    CUSTOM_ITEMS,
    DELETED_LIST_ID,
    FOLDER_ID,
    LISTS,
    SPACE_ID,
    TEAM_ID,
    TEAM_NAME,
    TIME_ZONE,
    TaskList,
)  # fmt: skip
from sandbox.faults import Fault
from sandbox.state import the_state

PAGE_SIZE = 100


def add_views(app: Flask) -> None:
    _add_account(app)
    _add_hierarchy(app)
    _add_tasks(app)


def _flag(name: str) -> bool:
    return request.args.get(name, "").lower() in {"true", "1"}


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        found = int(text)
    except ValueError:
        raise ClickUpError(400, f"{name} invalid", "INPUT_002") from None
    if found < 0:
        raise ClickUpError(400, f"{name} must not be negative", "INPUT_002")
    return found


def _known(found: str, expected: str) -> None:
    if found != expected:
        raise NOT_AUTHORISED


def _add_account(app: Flask) -> None:
    @route(app, "user")
    def user() -> Response:
        more = {"initials": "IC", "week_start_day": 1, "global_font_support": False, "timezone": TIME_ZONE}
        return jsonify(user=payloads.user(ACCOUNT_ID) | more)

    @route(app, "team")
    def teams() -> Response:
        members = [{"user": payloads.user(one)} for one in ACTIVE_IDS]
        return jsonify(
            teams=[{"id": TEAM_ID, "name": TEAM_NAME, "color": "#40BC86", "avatar": None, "members": members}]
        )

    @route(app, "team/<team_id>/custom_item")
    def custom_items(team_id: str) -> Response:
        _known(team_id, TEAM_ID)
        return jsonify(custom_items=[payloads.custom_item(*item) for item in CUSTOM_ITEMS.items()])


def _add_hierarchy(app: Flask) -> None:
    @route(app, "team/<team_id>/space")
    def spaces(team_id: str) -> Response:
        _known(team_id, TEAM_ID)
        return jsonify(spaces=[] if _flag("archived") else [payloads.space()])

    @route(app, "space/<space_id>/folder")
    def folders(space_id: str) -> Response:
        _known(space_id, SPACE_ID)
        with the_state().store.reading() as connection:
            return jsonify(folders=[] if _flag("archived") else [payloads.folder(connection)])

    @route(app, "space/<space_id>/list")
    def folderless_lists(space_id: str) -> Response:
        _known(space_id, SPACE_ID)
        return _lists([one for one in LISTS if not one.has_folder])

    @route(app, "folder/<folder_id>/list")
    def lists(folder_id: str) -> Response:
        _known(folder_id, FOLDER_ID)
        return _lists([one for one in LISTS if one.has_folder])

    @route(app, "list/<list_id>")
    def one_list(list_id: str) -> Response:
        found = _list(list_id)
        with the_state().store.reading() as connection:
            return jsonify(payloads.task_list(connection, found))


def _lists(found: list[TaskList]) -> Response:
    with the_state().store.reading() as connection:
        shown = [] if _flag("archived") else [one for one in found if one.id not in tasks.closed_lists(connection)]
        return jsonify(lists=[payloads.task_list(connection, one) for one in shown])


def _list(list_id: str) -> TaskList:
    if not list_id.isdecimal():
        raise ClickUpError(400, "List ID invalid", "INPUT_005")
    if list_id == DELETED_LIST_ID:
        raise ClickUpError(404, "List not found", "SUBCAT_016")
    with the_state().store.reading() as connection:
        if list_id not in BY_ID.keys() - tasks.closed_lists(connection):
            raise NOT_AUTHORISED
    return BY_ID[list_id]


def _add_tasks(app: Flask) -> None:
    @route(app, "list/<list_id>/task")
    def list_tasks(list_id: str) -> Response:
        wanted = Wanted(
            _list(list_id).id,
            with_closed=_flag("include_closed"),
            with_subtasks=_flag("subtasks"),
            with_other_lists=_flag("include_timl"),
            archived=_flag("archived"),
            updated_after=_number("date_updated_gt"),
            order_by=_order(),
            oldest_first=_flag("reverse"),
        )
        short = _short_pages()
        size = (short.bytes or PAGE_SIZE // 2) if short else PAGE_SIZE
        loops = the_state().faults.stands("token_loop")
        offset = 0 if loops else (_number("page") or 0) * size
        with the_state().store.reading() as connection:
            found = tasks.page(connection, wanted, size=size + 1, offset=offset)
            answer = {"tasks": _shown(connection, found[:size])}
        is_last = len(found) <= size and not (loops and _number("page"))
        if short is None or short.key == "":
            return jsonify(answer | {"last_page": is_last})
        return jsonify(answer if short.key == "silent" else answer | {"last_page": False})

    @route(app, "task/<task_id>")
    def one_task(task_id: str) -> Response:
        with the_state().store.reading() as connection:
            found = tasks.by_id(connection, task_id)
            if found is None:
                raise ClickUpError(404, "Task not found, deleted", "ITEM_013")
            if not tasks.is_visible(connection, found):
                raise NOT_AUTHORISED
            return jsonify(_shown(connection, [found])[0])


def _shown(connection: sqlite3.Connection, found: list[Task]) -> list[dict[str, Any]]:
    malformed = the_state().faults.malformed_keys()
    rows = payloads.task_rows(connection, found, request.host_url)
    nonsense = {"name": 7, "status": "?", "date_created": [], "date_updated": []}
    return [row | nonsense if row["id"] in malformed else row for row in rows]


def _order() -> str:
    order = request.args.get("order_by", "created")
    if order not in SORTS:
        raise ClickUpError(400, "order_by invalid", "INPUT_002")
    return order


def _short_pages() -> Fault | None:
    """Pages of `bytes` tasks; with the key `silent` they don't say which is the last, with `lies` none ever is."""
    standing = [one for one in the_state().faults.listed() if one.face == RATE and one.kind == "short_pages"]
    return standing[-1] if standing else None
