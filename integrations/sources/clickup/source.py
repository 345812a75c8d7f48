"""ClickUp as a source of tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from integrations.account import Access, AccountInfo, CheckReport, Project, run_steps
from integrations.domain.types import RemovedWhy, SourceKind, TaskState
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError, RefusedError
from integrations.sources.base import (
    FETCH_SECONDS,
    BadPayload,
    Choice,
    Fetched,
    IdPage,
    Page,
    RateLimits,
    SourceQuery,
    TaskRecord,
)
from integrations.sources.clickup.client import ClickUpClient
from integrations.sources.clickup.lists import list_id_of
from integrations.sources.clickup.mapping import NO_ID, lists_of, own_type, read_tasks, type_names
from integrations.sources.clickup.reading import Part, Place, following, is_last_page
from luna.lib.http import Limits
from luna.lib.text import clean_line

MOST_WALK_CALLS = 80
"""For finding lists: the smallest plan allows 100 calls a minute, and the rest of the work goes on meanwhile."""
_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
ALL_OF_A_LIST = {
    # By default closed tasks, subtasks and tasks that live in several lists are left out.
    "include_closed": "true",
    "subtasks": "true",
    "include_timl": "true",
    "order_by": "updated",
    # Newest first; `true` brings the oldest first.
    "reverse": "false",
}


class ClickUpSource:
    """Reads the tasks of lists through one connection, within the lists that it offers (None: all that it may see)."""

    def __init__(
        self, access: Access, offered: Iterable[Mapping[str, str]] | None, limits: Limits | None = None
    ) -> None:
        self._offered = None if offered is None else {one["id"]: one["name"] for one in offered}
        self._client = ClickUpClient(access, limits)
        self._seen: dict[str, datetime] = {}
        self._stopped = False
        self._told: set[str] = set()
        self._types: dict[str, dict[tuple[str, int], str]] = {}

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._client.requests

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def check(self) -> CheckReport:
        """Token, workspaces, lists: each step only when the one before went well."""
        user: dict[str, Any] = {}
        workspaces: list[dict[str, Any]] = []
        projects: list[Project] = []

        def signs_in() -> str:
            user.update(self._client.user())
            return _name(user, "username", limit=80)

        def enters() -> str:
            workspaces.extend(self._client.workspaces())
            if not workspaces:
                raise NeedsAttentionError(
                    "The account of this token is in no workspace. Invite it to one in ClickUp.",
                    kind=ErrorKind.MISSING_SCOPE,
                )
            return ", ".join(_name(one, limit=60) for one in workspaces[:3])

        def reads() -> str:
            projects.extend(self._lists_in(workspaces))
            return f"{len(projects)} found" + (", and there are more" if self._stopped else "")

        done, error = run_steps(
            [
                ("Token accepted", "Token refused", signs_in),
                ("Workspaces can be read", "Workspaces can’t be read", enters),
                ("Lists can be read", "Lists can’t be read", reads),
            ]
        )
        info = AccountInfo(
            account=_name(user, "email", limit=200) or _name(user, "username", limit=200),
            workspace=clean_line(", ".join(_name(one, limit=60) for one in workspaces), limit=120),
            zone=_name(user, "timezone", limit=64),
        )
        return CheckReport(done, None if error else info, error, tuple(projects))

    def projects(self) -> list[Project]:
        """The lists that the account may read, each named by its space and folder."""
        return self._lists_in(self._client.workspaces())

    def project(self, text: str) -> Project:
        """The list whose id or address that is, named as `projects` names it, however far the walk comes.

        Raises RefusedError for what is no list, or none that the account may read.
        """
        row = self._client.list(self._list_id(SourceQuery(SourceKind.LIST, text)))
        folder = row.get("folder")
        above = [row.get("space"), folder if isinstance(folder, dict) and not folder.get("hidden") else None]
        names = [_name(one, limit=60) for one in (*above, row) if isinstance(one, dict)]
        return Project(str(row["id"]), "", clean_line(" / ".join(filter(None, names)), limit=120))

    def named(self, query: SourceQuery) -> tuple[SourceQuery, str]:
        """The query, which is an id, and what its list is called now."""
        return query, self.verify(query)

    def choices(self) -> list[Choice]:
        """The lists that are offered."""
        offered = sorted((self._offered or {}).items(), key=lambda one: one[1].casefold())
        return [Choice(SourceQuery(SourceKind.LIST, pk), name) for pk, name in offered]

    def verify(self, query: SourceQuery) -> str:
        """Refuse a list that is not there or not offered; its name."""
        return _name(self._client.list(self._list_id(query)), limit=200)

    def count(self, query: SourceQuery) -> int:
        """Exactly where one page holds them all, else about what ClickUp says of the list."""
        list_id = self._list_id(query)
        first = self._client.tasks(list_id, page="0", **ALL_OF_A_LIST)
        size = len(first["tasks"])
        if is_last_page(size, first.get("last_page")):
            return size
        return max(size, self.expected(query) or 0)

    def expected(self, query: SourceQuery) -> int | None:
        """What ClickUp says of the list."""
        said = str(self._client.list(self._list_id(query)).get("task_count"))
        return int(said[:9]) if said.isdecimal() else None

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        """Those changed last."""
        answer = self._client.tasks(self._list_id(query), page="0", **ALL_OF_A_LIST)
        records, _ = self._readable(answer["tasks"])
        return sorted(records, key=lambda one: one.updated_at, reverse=True)[:size]

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        """One page, newest change first. A full read brings archived tasks, too, where they were finished."""
        here = Place.of(token)
        records, bad, next_token = self._read(query, here, updated_since_ms)
        if token is None:
            self._seen.clear()
        return Page(tuple(self._news(records)), bad, next_token)

    def ids(self, query: SourceQuery, *, token: str | None) -> IdPage:
        """The ids of what a full read brings, with those of tasks that can't be read: ClickUp lists no ids alone."""
        records, bad, next_token = self._read(query, Place.of(token), None)
        if token is None:
            self._told.clear()
        found = dict.fromkeys([one.external_id for one in records] + [one.external_id for one in bad])
        new = tuple(one for one in found if one != NO_ID and one not in self._told)
        self._told.update(new)
        versions = {one.external_id: one.updated_at for one in records}
        return IdPage(new, next_token, {one: versions[one] for one in new if one in versions})

    def fetch(self, external_ids: Sequence[str]) -> Fetched:
        """These tasks, one call each, for `FETCH_SECONDS` at most: the rest is left. ClickUp takes no list of ids.

        What is in no list that is offered counts as out of reach.
        """
        ends = monotonic() + FETCH_SECONDS
        left = list(dict.fromkeys(one for one in external_ids if _TASK_ID.fullmatch(one)))
        payloads: list[Any] = []
        gone: dict[str, RemovedWhy] = {}
        while left:
            task_id = left.pop(0)
            try:
                found = self._client.task(task_id)
            except RefusedError:
                found = None
            if isinstance(found, RemovedWhy):
                gone[task_id] = found
            elif found is not None and self._offers(found):
                payloads.append(found)
            elif found is not None:
                gone[task_id] = RemovedWhy.NO_ACCESS
            if monotonic() > ends:
                break
        records, bad = self._readable(payloads)
        return Fetched(records, bad, gone, tuple(left))

    @property
    def rate_limits(self) -> RateLimits:
        """The plan's calls in a minute, as ClickUp last told them."""
        return self._client.rate_limits

    def _offers(self, task: Mapping[str, Any]) -> bool:
        """Whether one of the task's lists, its home or another, is offered."""
        return self._offered is None or any(list_id in self._offered for list_id in lists_of(task))

    def _read(
        self, query: SourceQuery, here: Place, since_ms: int | None
    ) -> tuple[list[TaskRecord], tuple[BadPayload, ...], str | None]:
        """What counts of the page at `here`, and the token of the page after it."""
        list_id = self._list_id(query)
        asked = ALL_OF_A_LIST | {"page": str(here.page)}
        if since_ms is not None:
            # The filter leaves out the instant itself.
            asked["date_updated_gt"] = str(max(0, since_ms - 1))
        if here.part is Part.ARCHIVED:
            asked["archived"] = "true"
        answer = self._client.tasks(list_id, **asked)
        records, bad = self._readable(answer["tasks"])
        here = here.having_read(one.external_id for one in records)
        is_last = is_last_page(len(answer["tasks"]), answer.get("last_page"))
        after = following(here, records, is_last=is_last, is_full=since_ms is None)
        # What a team put away without finishing it counts no more, as if it were deleted.
        counted = [one for one in records if here.part is not Part.ARCHIVED or one.state is TaskState.DONE]
        return counted, bad, after.token if after else None

    def _readable(self, payloads: list[Any]) -> tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]:
        """The tasks that can be read, and those that can't; the types of a workspace are asked for once, if at all."""
        for workspace_id, _ in filter(None, map(own_type, payloads)):
            if workspace_id not in self._types:
                self._types[workspace_id] = self._types_of(workspace_id)
        return read_tasks(payloads, {one: name for named in self._types.values() for one, name in named.items()})

    def _types_of(self, workspace_id: str) -> dict[tuple[str, int], str]:
        """Their names; none where the workspace does not tell them, which costs no task."""
        try:
            return type_names(workspace_id, self._client.types(workspace_id))
        except RefusedError:
            return {}

    def _news(self, records: Iterable[TaskRecord]) -> Iterator[TaskRecord]:
        """Those that this read did not bring yet as they are now."""
        for record in records:
            before = self._seen.get(record.external_id)
            if before is None or before < record.updated_at:
                self._seen[record.external_id] = record.updated_at
                yield record

    def _list_id(self, query: SourceQuery) -> str:
        list_id = list_id_of(query.text) if query.kind == SourceKind.LIST else ""
        if not list_id:
            raise RefusedError(
                f"“{clean_line(query.text, limit=60)}” is no list of ClickUp’s. Enter a list’s id, or the address of "
                "its page.",
                kind=ErrorKind.BAD_QUERY,
            )
        if self._offered is not None and list_id not in self._offered:
            raise RefusedError(
                f"This connection does not offer list {list_id}. An admin can add it under Settings, Integrations; or "
                "choose another list.",
                kind=ErrorKind.NOT_OFFERED,
            )
        return list_id

    def _lists_in(self, workspaces: list[dict[str, Any]]) -> list[Project]:
        """The lists that `MOST_WALK_CALLS` calls find, without what is closed to the account, unless all of it is."""
        last_call = self.requests + MOST_WALK_CALLS
        self._stopped = False
        found: dict[str, Project] = {}
        refused: RefusedError | None = None
        for workspace in workspaces:
            above = [_name(workspace, limit=60)] if len(workspaces) > 1 else []
            try:
                for path, row in self._rows_in(workspace, last_call):
                    name = clean_line(" / ".join([*above, *path, _name(row, limit=60)]), limit=120)
                    found[str(row["id"])] = Project(str(row["id"]), "", name)
            except RefusedError as error:
                refused = error
        if refused and not found:
            raise refused
        return sorted(found.values(), key=lambda one: one.name.casefold())

    def _rows_in(self, workspace: Mapping[str, Any], last_call: int) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
        """The lists of a workspace, each with the names of its space and folder."""
        for space in self._client.spaces(str(workspace["id"])):
            try:
                yield from self._rows_of(space, last_call)
            except NotFoundError:
                continue

    def _rows_of(self, space: Mapping[str, Any], last_call: int) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
        space_id, space_name = str(space["id"]), _name(space, limit=60)
        if self.requests >= last_call:
            self._stopped = True
            return
        yield from (([space_name], row) for row in self._client.folderless_lists(space_id))
        for folder in self._client.folders(space_id):
            within = [row for row in folder.get("lists") or [] if isinstance(row, dict) and row.get("id")]
            if not within and self.requests >= last_call:
                self._stopped = True
            elif not within:
                within = self._client.lists(str(folder["id"]))
            yield from (([space_name, _name(folder, limit=60)], row) for row in within)


def _name(row: Mapping[str, Any], field: str = "name", *, limit: int) -> str:
    return clean_line(str(row.get(field) or ""), limit=limit)


def open_source(access: Access, offered: Iterable[Mapping[str, str]] | None) -> ClickUpSource:
    """What the registry calls."""
    return ClickUpSource(access, offered)
