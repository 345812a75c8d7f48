"""Jira as a source of tasks: what both products have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic
from typing import Any, ClassVar
from urllib.parse import urlsplit

from integrations.account import Access, AccountInfo, CheckReport, Project, run_steps
from integrations.domain.types import RemovedWhy, SourceKind
from integrations.errors import (
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
)
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
from integrations.sources.jira import jql
from integrations.sources.jira.client import JiraClient, issue_list, project_of
from integrations.sources.jira.link_types import named_links
from integrations.sources.jira.mapping import FIELDS, Reading, read_issues
from integrations.sources.jira.offer import Offer
from integrations.sources.jira.refusals import is_broken_there
from integrations.sources.jira.resolutions import means_cancelled
from integrations.sources.jira.site_fields import SiteFields, site_fields
from luna.lib.text import clean_line

PAGE_SIZE = 100
MOST_SITES = 200
MOST_BROWSED = 8
"""Offered projects that are asked for one by one. For more, the list of all projects takes less time."""
_fields_of_sites: dict[str, SiteFields] = {}
"""As each site last told them, by its address."""


class JiraSource(ABC):
    """Reads issues through one connection, within the projects that it offers; within all of them for None."""

    product_name: ClassVar[str]

    def __init__(self, access: Access, offered: Iterable[Mapping[str, str]] | None, client: JiraClient) -> None:
        self._access = access
        self._offer = Offer(offered, client)
        self._client = client
        self._known_fields: SiteFields | None = None
        self._sees_all_offered: bool | None = None

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._client.requests

    @property
    def rate_limits(self) -> RateLimits:
        """As the last answer told them."""
        return self._client.rate_limits

    @property
    def may_read_ahead(self) -> bool:
        """Unless a token may have to be renewed."""
        return self._client.signs_alone

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    @abstractmethod
    def is_this_product(self, info: Mapping[str, Any]) -> bool:
        """Whether what serverInfo says is the product that this source reads."""

    @abstractmethod
    def _search(self, text: str, size: int) -> dict[str, Any]:
        """The first page."""

    @abstractmethod
    def _read_page(self, limited: str, since_ms: int | None, token: str | None, size: int) -> Page:
        """One page in the order of change."""

    @abstractmethod
    def _read_ids(self, limited: str, token: str | None) -> IdPage:
        """One page of ids, in an order that no change of an issue disturbs."""

    @abstractmethod
    def _epic_condition(self, key: str) -> str:
        """What lies under an epic. Raises BadQueryError."""

    def check(self) -> CheckReport:
        """Address, product, sign-in, projects: each step only when the one before went well."""
        info: dict[str, Any] = {}
        projects: list[Project] = []
        began = monotonic()

        def answers() -> str:
            info.update(self._client.server_info())
            return f"{urlsplit(self._access.base_url).hostname}, {round((monotonic() - began) * 1000)} ms"

        def is_the_product() -> str:
            if not self.is_this_product(info):
                raise RefusedError(
                    f"A Jira answers there, but not {self.product_name}. Choose the kind of connection that fits it.",
                    kind=ErrorKind.WRONG_PRODUCT,
                )
            return f"build {clean_line(str(info.get('buildNumber', '')), limit=20)}"

        def signs_in() -> str:
            info["myself"] = self._client.myself()
            return clean_line(str(info["myself"].get("displayName") or ""), limit=80)

        def reads() -> str:
            projects.extend(self.projects())
            return f"{len(projects)} found"

        done, error = run_steps(
            [
                ("The address answers", "The address does not answer", answers),
                (f"It is {self.product_name}", f"It is not {self.product_name}", is_the_product),
                ("Signed in", "Sign-in refused", signs_in),
                ("Projects can be read", "Projects can’t be read", reads),
            ]
        )
        return CheckReport(done, None if error else self._account(info), error, tuple(projects))

    def _account(self, info: dict[str, Any]) -> AccountInfo:
        """Who Luna is there, out of what the steps brought."""
        myself = info.get("myself", {})
        account = myself.get("emailAddress") or self._access.account or myself.get("name") or myself.get("displayName")
        return AccountInfo(
            account=clean_line(str(account or ""), limit=200),
            workspace=clean_line(str(info.get("serverTitle") or urlsplit(self._access.base_url).hostname), limit=120),
            zone=clean_line(str(myself.get("timeZone") or ""), limit=64),
        )

    def projects(self) -> list[Project]:
        """What the account may browse."""
        return projects_in(self._client.projects())

    def project(self, text: str) -> Project:
        """One project as it is called now, by its id or a key that it has or had."""
        return self._client.project(text)

    def named(self, query: SourceQuery) -> tuple[SourceQuery, str]:
        """An epic by the key that it has now, and its summary. A JQL stays as the person wrote it."""
        if query.kind != SourceKind.EPIC:
            return query, ""
        found = self._sorted_out([self._client.issue(query.text.strip(), [*FIELDS, "project"])], {}).records
        return (SourceQuery(query.kind, found[0].key), found[0].title) if found else (query, "")

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

    def expected(self, query: SourceQuery) -> int:
        """As `count`."""
        return self.count(query)

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        """Those changed last."""
        found = self._search(f"{self._limited(query)} ORDER BY updated DESC, key ASC", size)
        return list(self._page_of(found).records)

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        """One page, in the order of change."""
        limited = self._limited(query)
        guess = None if updated_since_ms is None or self._known_fields else _fields_of_sites.get(self._access.base_url)
        if guess is None:
            return self._read_page(limited, updated_since_ms, token, PAGE_SIZE)
        # Most often nothing changed: then it does not matter whether the site's fields are still those of last time.
        self._known_fields = guess
        try:
            page = self._read_page(limited, updated_since_ms, token, PAGE_SIZE)
        finally:
            self._known_fields = None
        if (page.records or page.quarantined) and self._fields != guess:
            return self._read_page(limited, updated_since_ms, token, PAGE_SIZE)
        return page

    def ids(self, query: SourceQuery, *, token: str | None) -> IdPage:
        """One page, in the order in which the issues were made: what changes meanwhile stays where it is."""
        return self._read_ids(self._limited(query), token)

    def fetch(self, external_ids: Sequence[str]) -> Fetched:
        """These issues as they are now. Whoever is missing is asked for by itself, for `FETCH_SECONDS` at most."""
        ends = monotonic() + FETCH_SECONDS
        asked = [one for one in dict.fromkeys(external_ids) if one.isdecimal()]
        if not asked:
            return Fetched(())
        fields = [*self._asked_fields(), "project"]
        found = {_id_of(issue): issue for issue in self._client.issues(asked, fields)}
        gone: dict[str, RemovedWhy] = {}
        missing = [one for one in asked if one not in found]
        while missing:
            one = missing.pop(0)
            try:
                found[one] = self._client.issue(one, fields)
            except NotFoundError as error:
                if not error.detail.startswith("404"):
                    raise
                gone[one] = self._why_not_found()
            except NeedsAttentionError as error:
                if error.kind != ErrorKind.MISSING_SCOPE:
                    raise
                gone[one] = RemovedWhy.NO_ACCESS
            if monotonic() > ends:
                break
        return self._sorted_out([found[one] for one in asked if one in found], gone, missing)

    def _sorted_out(self, issues: list[Any], gone: dict[str, RemovedWhy], left: Iterable[str] = ()) -> Fetched:
        """Read what lies within the projects that are offered; the rest is out of reach."""
        page = self._page_of({"issues": issues})
        project_of = {_id_of(issue): _project_of(issue) for issue in issues}
        within, bad = [], list(page.quarantined)
        for record in page.records:
            project = project_of[record.external_id]
            if not project:
                bad.append(BadPayload(record.external_id, "project is missing", ""))
            elif self._offer.ids is not None and project not in self._offer.ids:
                gone[record.external_id] = RemovedWhy.NO_ACCESS
            else:
                within.append(record)
        return Fetched(tuple(within), tuple(bad), gone, tuple(left))

    def _why_not_found(self) -> RemovedWhy:
        """Jira answers 404 for both. While the account sees every project that is offered, the issue was deleted."""
        if self._sees_all_offered is None:
            asked = self._offer.ids or ()
            listed = {one.id for one in self.projects()} if len(asked) > MOST_BROWSED else set()
            # A list that is cut off says nothing of those beyond its end.
            self._sees_all_offered = all(one in listed or self._client.may_browse(one) for one in asked)
        return RemovedWhy.DELETED if self._sees_all_offered else RemovedWhy.NO_ACCESS

    @property
    def _fields(self) -> SiteFields:
        """The site's own fields, asked for once. Without them tasks have no points, sprints or epics; no more is lost.

        A Data Center with one broken custom field answers 500 here for good; what passes by itself is raised.
        """
        if self._known_fields is None:
            try:
                self._known_fields = site_fields(self._client.fields())
                if len(_fields_of_sites) >= MOST_SITES:
                    _fields_of_sites.clear()
                _fields_of_sites[self._access.base_url] = self._known_fields
            except ProviderError as error:
                is_temporary = isinstance(error, RetryLaterError) and not is_broken_there(error)
                if is_temporary or error.kind in {ErrorKind.SIGN_IN_REFUSED, ErrorKind.ADDRESS_REFUSED}:
                    raise
                self._known_fields = SiteFields()
        return self._known_fields

    def _asked_fields(self) -> list[str]:
        return [*FIELDS, *self._fields.points, *([self._fields.sprint] if self._fields.sprint else [])]

    def _reading(self, _issues: list[Any]) -> Reading:
        """What has to be known to read these issues."""
        options = self._access.options
        return Reading(self._access.base_url, means_cancelled(options), named_links(options), self._fields)

    def _page_of(self, answer: dict[str, Any], next_token: str | None = None) -> Page:
        issues = issue_list(answer)
        records, bad = read_issues(issues, self._reading(issues))
        return Page(records, bad, next_token)

    def _limited(self, query: SourceQuery) -> str:
        """The condition that is sent, within what is offered."""
        try:
            if query.kind == SourceKind.EPIC:
                named = jql.projects_named(jql.parent_condition(query.text))
                text = self._epic_condition(query.text)
            else:
                named, text = jql.projects_named(query.text), query.text
            return self._offer.limited(text, named)
        except jql.BadQueryError as error:
            raise RefusedError(str(error), kind=ErrorKind.BAD_QUERY) from None

    def _epic_title(self, key: str) -> str:
        self._limited(SourceQuery(SourceKind.EPIC, key))
        try:
            found = self._page_of(self._search(jql.limited(f"key = {key.strip()}", self._offer.ids), 1)).records
        except RefusedError:
            found = ()
        if not found:
            raise NotFoundError(
                f"There is no {clean_line(key, limit=60)} that this connection may read. Check the key.",
                kind=ErrorKind.BAD_QUERY,
            )
        return found[0].title


def _id_of(issue: Any) -> str:
    return str(issue.get("id") or "") if isinstance(issue, Mapping) else ""


def _project_of(issue: Any) -> str:
    """The id of its project; "" where that can't be read."""
    fields = issue.get("fields") if isinstance(issue, Mapping) else None
    project = fields.get("project") if isinstance(fields, Mapping) else None
    return str(project.get("id") or "") if isinstance(project, Mapping) else ""


def projects_in(rows: Iterable[dict[str, Any]]) -> list[Project]:
    """Those of the rows that are projects."""
    return [project_of(one) for one in rows if str(one.get("id") or "").isdecimal()]
