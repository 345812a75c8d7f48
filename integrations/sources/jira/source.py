"""Jira Cloud as a source of tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from integrations.account import Access, AccountInfo, CheckReport, Project, Step
from integrations.domain.types import SourceKind
from integrations.errors import ErrorKind, NotFoundError, ProviderError, RefusedError
from integrations.sources.base import Choice, Page, SourceQuery, TaskRecord
from integrations.sources.jira import jql
from integrations.sources.jira.client import JiraClient, not_json
from integrations.sources.jira.mapping import FIELDS, read_issues
from luna.lib.http import Limits
from luna.lib.text import clean_line

PAGE_SIZE = 100
CHECK_LABELS = ("The address answers", "It is Jira Cloud", "Signed in", "Projects can be read")
LABELS_BAD = ("The address does not answer", "It is not Jira Cloud", "Sign-in refused", "Projects can’t be read")


class JiraSource:
    """Reads issues through one connection, within the projects that it offers."""

    def __init__(self, access: Access, offered: Iterable[Mapping[str, str]], limits: Limits | None = None) -> None:
        self._access = access
        self._offered = [Project(one["id"], one["key"], one["name"]) for one in offered]
        self._client = JiraClient(access, limits)

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._client.requests

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def check(self) -> CheckReport:
        """Address, product, sign-in, projects: each step only when the one before went well."""
        info: dict[str, Any] = {}
        done: list[Step] = []
        projects: list[Project] = []
        began = monotonic()

        def answers() -> str:
            info.update(self._client.server_info())
            return f"{urlsplit(self._access.base_url).hostname}, {round((monotonic() - began) * 1000)} ms"

        def is_cloud() -> str:
            if info.get("deploymentType") != "Cloud":
                raise RefusedError(
                    "A Jira answers there, but not Jira Cloud. Choose the kind of connection that fits it.",
                    kind=ErrorKind.WRONG_PRODUCT,
                )
            return f"build {clean_line(str(info.get('buildNumber', '')), limit=20)}"

        def signs_in() -> str:
            info["myself"] = self._client.myself()
            return clean_line(str(info["myself"].get("displayName") or ""), limit=80)

        def reads() -> str:
            projects.extend(self.projects())
            return f"{len(projects)} found"

        error = _run_steps([answers, is_cloud, signs_in, reads], done)
        return CheckReport(tuple(done), None if error else self._account(info), error, tuple(projects))

    def _account(self, info: dict[str, Any]) -> AccountInfo:
        """Who Luna is there, out of what the steps brought."""
        myself = info.get("myself", {})
        return AccountInfo(
            account=clean_line(str(myself.get("emailAddress") or self._access.account), limit=200),
            workspace=clean_line(str(info.get("serverTitle") or urlsplit(self._access.base_url).hostname), limit=120),
            zone=clean_line(str(myself.get("timeZone") or ""), limit=64),
        )

    def projects(self) -> list[Project]:
        """What the account may browse."""
        return [
            Project(
                str(one.get("id")),
                clean_line(str(one.get("key")), limit=40),
                clean_line(str(one.get("name")), limit=120),
            )
            for one in self._client.projects()
            if str(one.get("id") or "").isdecimal()
        ]

    def choices(self) -> list[Choice]:
        """None: an epic's key or a JQL is typed."""
        return []

    def verify(self, query: SourceQuery) -> str:
        """Refuse what asks for a project that is not offered, or for an epic that isn't there; an epic's summary."""
        if query.kind == SourceKind.EPIC:
            return self._epic_title(query.text)
        self._limited(query)
        return ""

    def count(self, query: SourceQuery) -> int:
        """About how many."""
        return self._client.count(self._limited(query))

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        """Those changed last."""
        text = f"{self._limited(query)} ORDER BY updated DESC, key ASC"
        found = self._client.search(text, fields=list(FIELDS), size=size)
        return list(self._page_of(found).records)

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        """One page, in the order of change."""
        text = jql.changed_since(self._limited(query), updated_since_ms)
        return self._page_of(self._client.search(text, fields=list(FIELDS), size=PAGE_SIZE, token=token))

    def _page_of(self, answer: dict[str, Any]) -> Page:
        issues = answer.get("issues")
        if not isinstance(issues, list):
            raise not_json()
        records, bad = read_issues(issues, site_url=self._access.base_url)
        token = answer.get("nextPageToken")
        return Page(records, bad, token if isinstance(token, str) and token else None)

    def _limited(self, query: SourceQuery) -> str:
        try:
            text = jql.epic_condition(query.text) if query.kind == SourceKind.EPIC else query.text
            limited = jql.limited(text, [project.id for project in self._offered])
            strangers = self._not_offered(jql.projects_named(text))
        except jql.BadQueryError as error:
            raise RefusedError(str(error), kind=ErrorKind.BAD_QUERY) from None
        if strangers:
            raise RefusedError(
                f"This connection does not offer {' or '.join(strangers)}. An admin can add it under Settings, "
                "Integrations; or choose tasks of another project.",
                kind=ErrorKind.NOT_OFFERED,
            )
        return limited

    def _not_offered(self, named: set[str]) -> list[str]:
        known = {text.lower() for one in self._offered for text in (one.id, one.key, one.name)}
        return sorted(clean_line(name, limit=60) for name in named if name.lower() not in known)

    def _epic_title(self, key: str) -> str:
        self._limited(SourceQuery(SourceKind.EPIC, key))
        ids = ", ".join(project.id for project in self._offered)
        asked = f"project in ({ids}) AND key = {key.strip().upper()}"
        try:
            found = self._page_of(self._client.search(asked, fields=list(FIELDS), size=1)).records
        except RefusedError:
            found = ()
        if not found:
            raise NotFoundError(
                f"There is no {clean_line(key, limit=60)} that this connection may read. Check the key.",
                kind=ErrorKind.BAD_QUERY,
            )
        return found[0].title


def _run_steps(steps: list[Callable[[], str]], done: list[Step]) -> ProviderError | None:
    """Run them in order into `done`; the first error ends it, and the rest stands there as not tried."""
    error: ProviderError | None = None
    for step, label, label_bad in zip(steps, CHECK_LABELS, LABELS_BAD, strict=True):
        if error is not None:
            done.append(Step(label, "not_tried"))
            continue
        try:
            done.append(Step(label, "ok", step()))
        except ProviderError as found:
            error = found
            done.append(Step(label_bad, "bad", found.detail))
    return error


def open_source(access: Access, offered: Iterable[Mapping[str, str]]) -> JiraSource:
    """What the registry calls."""
    return JiraSource(access, offered)
