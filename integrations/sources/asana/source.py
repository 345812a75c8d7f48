"""Asana as a source of tasks: the tasks of a project or of one of its sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from integrations.account import Access, AccountInfo, CheckReport, Project, run_steps
from integrations.domain.types import RemovedWhy, SourceKind
from integrations.errors import ErrorKind, RefusedError
from integrations.sources.asana.client import BATCH_SIZE, PAGE_SIZE, AsanaClient, next_offset
from integrations.sources.asana.events import changes_since, payloads_of
from integrations.sources.asana.mapping import FIELDS, read_tasks, read_versions
from integrations.sources.asana.reading import place_at, read_on
from integrations.sources.base import (
    FETCH_SECONDS,
    Changes,
    Choice,
    Fetched,
    IdPage,
    Page,
    RateLimits,
    SourceQuery,
    TaskRecord,
)
from luna import clock
from luna.lib.http import Limits
from luna.lib.text import clean_line

COUNT_PAGES = 20
MOST_COUNTED = COUNT_PAGES * PAGE_SIZE
"""Sections are counted by reading them; no further than this."""
SAMPLE_WINDOWS = (timedelta(days=1), timedelta(days=7), timedelta(days=90), None)


class AsanaSource:
    """Reads tasks through one connection, within the projects that it offers; without a restriction when None."""

    def __init__(
        self, access: Access, offered: Iterable[Mapping[str, str]] | None, limits: Limits | None = None
    ) -> None:
        self._offered = None if offered is None else {one["id"]: one["name"] for one in offered}
        self._client = AsanaClient(access, limits)
        self._titles: dict[SourceQuery, str] = {}
        """Of the queries that were found to stay within what is offered."""
        self._projects: dict[str, str] = {}
        """By section, as far as they were asked for."""

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._client.requests

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def check(self) -> CheckReport:
        """Token, workspaces, projects: each step only when the one before went well."""
        me: dict[str, Any] = {}
        workspaces: list[dict[str, Any]] = []
        projects: list[Project] = []

        def signs_in() -> str:
            me.update(self._client.me())
            return _name(me, limit=80)

        def sees() -> str:
            workspaces.extend(self._client.workspaces())
            if not workspaces:
                raise RefusedError(
                    "The token’s account is a member of no workspace in Asana. Invite it into one, then try again.",
                    kind=ErrorKind.MISSING_SCOPE,
                )
            return ", ".join(_name(one, limit=60) for one in workspaces[:3])

        def reads() -> str:
            projects.extend(self._projects_of(workspaces))
            return f"{len(projects)} found"

        done, error = run_steps(
            [
                ("Token accepted", "Token refused", signs_in),
                ("Workspaces can be seen", "Workspaces can’t be seen", sees),
                ("Projects can be read", "Projects can’t be read", reads),
            ]
        )
        return CheckReport(done, None if error else _account(me, workspaces), error, tuple(projects))

    def projects(self) -> list[Project]:
        """What the account may see and was not archived."""
        return self._projects_of(self._client.workspaces())

    @property
    def has_more_projects(self) -> bool:
        """Whether a workspace has more of them than Luna lists."""
        return self._client.was_cut_off

    def _projects_of(self, workspaces: list[dict[str, Any]]) -> list[Project]:
        """By name; the workspace stands before it where there are several. Asana's projects have no short key."""
        found = []
        for workspace in workspaces:
            before = f"{_name(workspace, limit=40)} / " if len(workspaces) > 1 else ""
            projects = self._client.projects(workspace["gid"])
            found += [Project(one["gid"], "", f"{before}{_name(one)}") for one in projects]
        return found

    def project(self, text: str) -> Project:
        """One project as it is called now, behind its workspace where it was offered so."""
        found = self._client.project(text)
        workspace, name = found.get("workspace"), _name(found)
        before = f"{_name(workspace, limit=40)} / " if isinstance(workspace, dict) else ""
        is_told = bool(before) and (self._offered or {}).get(text, "").startswith(before)
        return Project(text, "", f"{before}{name}" if is_told else name)

    def named(self, query: SourceQuery) -> tuple[SourceQuery, str]:
        """The query, which is a gid, and what its project or section is called now."""
        return query, self.verify(query)

    def choices(self) -> list[Choice]:
        """Every offered project, each followed by its sections. A project that can't be seen any more is left out."""
        found: list[Choice] = []
        for gid, name in (self._offered or {}).items():
            try:
                sections = self._client.sections(gid)
            except RefusedError:
                continue
            found.append(Choice(SourceQuery(SourceKind.PROJECT, gid), name))
            found += [Choice(SourceQuery(SourceKind.SECTION, one["gid"]), f"{name} / {_name(one)}") for one in sections]
        return found

    def verify(self, query: SourceQuery) -> str:
        """Refuse what is not offered or not there; "Project" or "Project / Section"."""
        chosen = self._chosen(query)
        if query.kind == SourceKind.SECTION:
            return self._titles.get(query) or self._section_title(chosen["section"])
        return _name(self._client.project(chosen["project"]))

    def count(self, query: SourceQuery) -> int:
        """How many tasks; for a section, more than MOST_COUNTED are told as one more than that.

        Asana counts a project's tasks only, under a limit of its own:
        https://developers.asana.com/reference/gettaskcountsforproject
        """
        counted = self.expected(query)
        return self._count_by_reading(self._chosen(query)) if counted is None else counted

    def expected(self, query: SourceQuery) -> int | None:
        """What Asana counts: a project's tasks, where the account may ask; never a section's."""
        chosen = self._chosen(query)
        if query.kind != SourceKind.PROJECT:
            return None
        try:
            return self._client.task_count(chosen["project"])
        except RefusedError:
            return None

    def _count_by_reading(self, chosen: dict[str, str]) -> int:
        found, offset = 0, None
        for _ in range(COUNT_PAGES):
            page = self._client.tasks(chosen, fields=["completed"], modified_since=None, offset=offset)
            found += len(page["data"])
            offset = next_offset(page)
            if offset is None:
                return found
        return MOST_COUNTED + 1

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        """Those changed last among a page of the last day's, or of a longer time: Asana can't sort."""
        chosen = self._chosen(query)
        found: list[TaskRecord] = []
        for window in SAMPLE_WINDOWS:
            since = None if window is None else clock.now() - window
            page = self._client.tasks(chosen, fields=FIELDS, modified_since=since, offset=None)
            found = list(read_tasks(page["data"], within=(query.text,))[0])
            if len(found) >= size:
                break
        return sorted(found, key=lambda one: one.updated_at, reverse=True)[:size]

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        """One page, in Asana's own order: it sorts by nothing. Sub-tasks come behind the page of those above them.

        Asana contradicts itself on whether a task that is moved into a project or section counts as modified (the
        parameter `modified_since` says yes, the field `modified_at` no). `changes` tells of moves, and the census.
        """
        since = None if updated_since_ms is None else datetime.fromtimestamp(updated_since_ms / 1000, UTC)
        payloads, place = read_on(self._client, self._chosen(query), place_at(token), fields=FIELDS, since=since)
        records, bad = read_tasks(payloads, within=(query.text,))
        return Page(records, bad, place.token)

    def ids(self, query: SourceQuery, *, token: str | None) -> IdPage:
        """A page of at most 100 gids, or those below some of the last page's tasks."""
        payloads, place = read_on(
            self._client, self._chosen(query), place_at(token), fields=("num_subtasks", "modified_at"), since=None
        )
        found = (one.get("gid") for one in payloads if isinstance(one, dict))
        ids = tuple(gid for gid in found if isinstance(gid, str))
        return IdPage(ids, place.token, read_versions(payloads))

    def fetch(self, external_ids: Sequence[str]) -> Fetched:
        """Ten to a call, for `FETCH_SECONDS` at most: the rest is left.

        A task that was moved to another project comes as it is there, if the account sees it.
        """
        ends = monotonic() + FETCH_SECONDS
        payloads: dict[str, Any] = {}
        gone: dict[str, RemovedWhy] = {}
        left = list(external_ids)
        while left:
            some, left = left[:BATCH_SIZE], left[BATCH_SIZE:]
            found, lost = payloads_of(self._client, some, FIELDS)
            payloads |= found
            gone |= lost
            if monotonic() > ends:
                break
        records, bad = read_tasks(list(payloads.values()), within=tuple(self._offered or ()))
        return Fetched(records, bad, gone, tuple(left))

    def changes(self, query: SourceQuery, bookmark: str) -> Changes:
        """What happened since `changes` last gave this bookmark, as far as Asana's events tell.

        Sections have no events of their own: their project's are asked for.
        """
        chosen = self._chosen(query)
        project = chosen.get("project") or self._project_of(query.text.strip())
        return changes_since(self._client, bookmark, project=project, within=query.text.strip())

    @property
    def rate_limits(self) -> RateLimits:
        """Nothing, or that Asana refused and until when: it tells no more."""
        return self._client.rate_limits

    def _chosen(self, query: SourceQuery) -> dict[str, str]:
        """The query as a parameter of /tasks. Refuses what is no gid, and what is not offered."""
        gid = query.text.strip()
        if query.kind not in {SourceKind.PROJECT, SourceKind.SECTION} or not (gid.isascii() and gid.isdecimal()):
            raise RefusedError(
                f"“{clean_line(query.text, limit=60)}” names no project or section. Pick one, or paste its address "
                "from Asana.",
                kind=ErrorKind.BAD_QUERY,
            )
        if query not in self._titles and self._offered is not None:
            self._titles[query] = self._offered_title(query.kind, gid)
        return {str(query.kind): gid}

    def _offered_title(self, kind: str, gid: str) -> str:
        if kind == SourceKind.SECTION:
            return self._section_title(gid)
        if self._offered is None or gid in self._offered:
            return ""
        raise _not_offered("project")

    def _section_title(self, gid: str) -> str:
        """The section's project decides whether it is offered; a call tells which that is."""
        section = self._client.section(gid)
        project = section.get("project")
        project = project if isinstance(project, dict) else {}
        self._projects[gid] = str(project.get("gid") or "")
        if self._offered is not None and project.get("gid") not in self._offered:
            raise _not_offered("section’s project")
        return f"{_name(project)} / {_name(section)}"

    def _project_of(self, section: str) -> str:
        if section not in self._projects:
            self._section_title(section)
        return self._projects[section]


def _not_offered(what: str) -> RefusedError:
    return RefusedError(
        f"This connection does not offer that {what}. An admin can add it under Settings, Integrations; or choose "
        "tasks of another project.",
        kind=ErrorKind.NOT_OFFERED,
    )


def _name(one: Mapping[str, Any], *, limit: int = 120) -> str:
    name = one.get("name")
    return (clean_line(name, limit=limit) if isinstance(name, str) else "") or "Unnamed"


def _account(me: dict[str, Any], workspaces: list[dict[str, Any]]) -> AccountInfo:
    email = me.get("email")
    account = clean_line(email, limit=200) if isinstance(email, str) and email else _name(me, limit=200)
    names = ", ".join(_name(one, limit=60) for one in workspaces)
    return AccountInfo(account=account, workspace=clean_line(names, limit=120))


def open_source(access: Access, offered: Iterable[Mapping[str, str]] | None) -> AsanaSource:
    """What the registry calls; `offered` None is no restriction."""
    return AsanaSource(access, offered)
