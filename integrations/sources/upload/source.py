"""A list of one's own as a source of tasks: what people gave Luna is read like any other tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from integrations.account import AccountInfo, CheckReport, Project, Step
from integrations.domain.types import RemovedWhy, SourceKind
from integrations.errors import ErrorKind, RefusedError
from integrations.sources.base import BadPayload, Choice, Fetched, IdPage, Page, RateLimits, SourceQuery, TaskRecord
from integrations.sources.upload.shape import record_of

PAGE_SIZE = 500
ALL = "all"
EVERYTHING = "Everything in the list"


@dataclass(frozen=True)
class GivenRow:
    """One row of the list as it is kept: its fields, or why they can't be read."""

    external_id: str
    fields: Mapping[str, Any]
    fault: str
    given: str
    """What could not be read, as it came."""
    taken_at: datetime


class GivenRows(Protocol):
    """The kept list of one connection, handed in by whoever knows the database."""

    def after(self, token: str | None, *, taken_since: datetime | None, size: int) -> tuple[list[GivenRow], str | None]:
        """Up to `size` rows in the order in which they were taken, from `token` on; the next token, if there is more.

        The order does not move while it is read but forwards: a row that is given anew comes again at the end.
        """
        ...

    def ids(self) -> tuple[str, ...]:
        """All ids."""
        ...

    def of(self, external_ids: Sequence[str]) -> list[GivenRow]:
        """Those rows."""
        ...

    def newest(self, size: int) -> list[GivenRow]:
        """The rows that were taken last and can be read."""
        ...

    def count(self) -> int:
        """How many rows there are."""
        ...


class OwnListSource:
    """Reads the kept list. Nothing is called, so nothing can be slow, limited or refused."""

    requests = 0
    rate_limits = RateLimits()

    def __init__(self, rows: GivenRows) -> None:
        self._rows = rows

    def check(self) -> CheckReport:
        """There is nothing to sign in to."""
        info = AccountInfo("", "Your own list")
        return CheckReport((Step("Kept in Luna", "ok"),), info, projects=tuple(self.projects()))

    def projects(self) -> list[Project]:
        """The list."""
        return [Project(ALL, ALL, EVERYTHING)]

    def choices(self) -> list[Choice]:
        """The whole list; the rules of counting choose among its tasks."""
        return [Choice(SourceQuery(SourceKind.LIST, ALL), EVERYTHING)]

    def verify(self, query: SourceQuery) -> str:
        """Refuse all but the whole list."""
        if query.text != ALL:
            raise RefusedError(f"Enter “{ALL}”: a list of your own is read as a whole.", kind=ErrorKind.NOT_OFFERED)
        return EVERYTHING

    def count(self, query: SourceQuery) -> int:
        """Exactly how many rows there are."""
        self.verify(query)
        return self._rows.count()

    def expected(self, query: SourceQuery) -> int | None:
        """The same."""
        return self.count(query)

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        """Those taken last."""
        self.verify(query)
        return [record_of(row.fields, taken_at=row.taken_at) for row in self._rows.newest(size)]

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        """The rows taken since then, in that order."""
        self.verify(query)
        since = None if updated_since_ms is None else datetime.fromtimestamp(updated_since_ms / 1000, tz=UTC)
        rows, next_token = self._rows.after(token, taken_since=since, size=PAGE_SIZE)
        return Page(_readable(rows), _faulty(rows), next_token)

    def ids(self, query: SourceQuery, *, token: str | None) -> IdPage:  # noqa: ARG002  all at once: they are here
        """Every id."""
        self.verify(query)
        return IdPage(self._rows.ids())

    def fetch(self, external_ids: Sequence[str]) -> Fetched:
        """These rows; what is no longer in the list was deleted from it."""
        rows = self._rows.of(external_ids)
        known = {row.external_id for row in rows}
        gone = {pk: RemovedWhy.DELETED for pk in external_ids if pk not in known}
        return Fetched(_readable(rows), _faulty(rows), gone)

    def close(self) -> None:
        """Nothing is open."""


def _readable(rows: Sequence[GivenRow]) -> tuple[TaskRecord, ...]:
    return tuple(record_of(row.fields, taken_at=row.taken_at) for row in rows if not row.fault)


def _faulty(rows: Sequence[GivenRow]) -> tuple[BadPayload, ...]:
    return tuple(BadPayload(row.external_id, row.fault, row.given) for row in rows if row.fault)


def open_source(rows: GivenRows) -> OwnListSource:
    """What the registry calls, with the rows of the connection."""
    return OwnListSource(rows)
