"""What Luna asks of a task tool, and the one shape in which tasks come out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from integrations.account import CheckReport, Project
from integrations.domain.types import RemovedWhy, TaskState
from integrations.errors import ErrorKind, RetryLaterError

FETCH_SIZE = 50
"""How many tasks are asked for by id at once: what Jira reconciles in one search."""
FETCH_SECONDS = 10.0
"""After these a fetch that takes several calls begins no other: one may take 30 s, and whoever works holds a run 60."""


class QuotaUsedUpError(RetryLaterError):
    """What a site allows to all who read it together is used up: every connection to that site has to wait."""

    def __init__(self, sentence: str, *, until: datetime, detail: str = "") -> None:
        super().__init__(sentence, kind=ErrorKind.RATE_LIMITED, until=until, detail=detail)


@dataclass(frozen=True)
class TaskRecord:
    """A task as its tool has it: text cleaned, instants in UTC, ids the tool's own."""

    external_id: str
    key: str
    title: str
    url: str
    state: TaskState
    updated_at: datetime
    status_word: str = ""
    kind: str = ""
    """The type as the team calls it."""
    labels: tuple[str, ...] = field(default=())
    is_subtask: bool = False
    sprint: str = ""
    """The newest sprint that it is in."""
    assignee: str = ""
    estimate_seconds: int | None = None
    points: float | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    parent_id: str = ""
    blocked_by: tuple[str, ...] = field(default=())
    note: str = ""
    """Why the state is not the one that the tool's category suggests."""


@dataclass(frozen=True)
class BadPayload:
    """What could not be read, and why; the rest of its page was."""

    external_id: str
    reason: str
    payload: str


@dataclass(frozen=True)
class Page:
    """One page of tasks; without `next_token` it is the last."""

    records: tuple[TaskRecord, ...]
    quarantined: tuple[BadPayload, ...] = ()
    next_token: str | None = None
    asked_at: datetime | None = None
    """When it was asked for, as who asks notes; what was found gone since then it can't know."""


@dataclass(frozen=True)
class IdPage:
    """One page of a census: ids, without their tasks; without `next_token` it is the last."""

    ids: tuple[str, ...]
    next_token: str | None = None
    updated_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each was last changed, as `TaskRecord.updated_at` has it, where that costs no call more."""


@dataclass(frozen=True)
class Fetched:
    """Tasks asked for by id, as they are now. What was asked and stands nowhere here is simply not told.

    `left` were not reached in time and are to be asked for again: never all that were asked.
    """

    records: tuple[TaskRecord, ...]
    quarantined: tuple[BadPayload, ...] = ()
    gone: Mapping[str, RemovedWhy] = field(default_factory=dict)
    """Ids that the tool does not show any more, by the reason as far as it tells: deleted, or no access."""
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """A page of what became of a query's tasks since a bookmark; `fetched.gone` holds those that moved away, too."""

    fetched: Fetched
    bookmark: str
    """To ask with the next time: kept in the transaction that writes `fetched`."""
    has_more: bool = False
    """Whether there is another page, behind the new bookmark."""
    is_complete: bool = True
    """Otherwise nobody can tell what happened since, and only reading everything brings it."""


@dataclass(frozen=True)
class RateLimits:
    """What the tool last said of its limits; None where it said nothing."""

    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None
    kind: str = ""
    """Which limit it is, where the tool has several, in its own word."""
    is_enforced: bool = True
    """Whether calls beyond it are refused."""


@dataclass(frozen=True)
class SourceQuery:
    """Which tasks: `kind` is one of the provider's ways to choose them, `text` what a person wrote or picked."""

    kind: str
    text: str


@dataclass(frozen=True)
class Choice:
    """A query that a person can pick instead of typing it."""

    query: SourceQuery
    label: str


class TaskSourceClient(Protocol):
    """One connection to a task tool, opened for a few calls and limited to the projects that it offers.

    Every method may raise `integrations.errors.RetryLaterError`, `NeedsAttentionError` or `RefusedError`.
    """

    @property
    def requests(self) -> int:
        """How many calls were made through this client."""
        ...

    def check(self) -> CheckReport:
        """Try the credentials with cheap calls. Raises nothing: what failed stands in the report."""
        ...

    def projects(self) -> list[Project]:
        """What the account may read and the connection could offer."""
        ...

    def choices(self) -> list[Choice]:
        """What can be picked among what is offered; empty where a query has to be typed."""
        ...

    def verify(self, query: SourceQuery) -> str:
        """Refuse (RefusedError) what can't be asked or is not offered; a title for the query, or ""."""
        ...

    def count(self, query: SourceQuery) -> int:
        """About how many tasks the query finds."""
        ...

    def expected(self, query: SourceQuery) -> int | None:
        """About how many a full read brings, by one call at most; None where only reading could tell."""
        ...

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        """The `size` tasks changed last."""
        ...

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        """The tasks changed since that instant (all, when None) in the order of their change, from `token` on."""
        ...

    def ids(self, query: SourceQuery, *, token: str | None) -> IdPage:
        """The ids of all that the query finds, in pages as large as the tool gives them; for the census."""
        ...

    def fetch(self, external_ids: Sequence[str]) -> Fetched:
        """These tasks as they are now, past any search index; at most `FETCH_SIZE` at a time.

        No call is begun `FETCH_SECONDS` after the first, but for what tells of at least one of them.
        """
        ...

    @property
    def rate_limits(self) -> RateLimits:
        """As the last answer told them."""
        ...

    def close(self) -> None:
        """Let the kept connections go."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """What a TaskSourceClient has besides, where another thread may ask it for a page while it is not used itself."""

    @property
    def may_read_ahead(self) -> bool:
        """Not where a call may touch the database, as for a token that has to be renewed."""
        ...


@runtime_checkable
class ListsInPart(Protocol):
    """What a TaskSourceClient has besides, where an account may see more projects than Luna lists."""

    @property
    def has_more_projects(self) -> bool:
        """Whether the last `projects` stopped before the end."""
        ...


@runtime_checkable
class FindsProjects(ListsInPart, Protocol):
    """What a TaskSourceClient has besides, where the tool itself looks for projects by words."""

    def projects_with(self, words: str) -> list[Project]:
        """Some of those that have the words in their name or key. Raises as every method does."""
        ...

    def project(self, text: str) -> Project:
        """One by its id. Raises RefusedError where there is none."""
        ...


@runtime_checkable
class FollowsNames(Protocol):
    """What a TaskSourceClient has besides, where people rename things whose ids stay."""

    def project(self, text: str) -> Project:
        """Something that is offered, by its id, as the tool calls it now."""
        ...

    def named(self, query: SourceQuery) -> tuple[SourceQuery, str]:
        """The query by the key that its object has now, and its title or ""."""
        ...


@runtime_checkable
class RecordsChanges(Protocol):
    """What a TaskSourceClient has besides, where its tool keeps a record of changes.

    A record tells at once what no instant of change does: moves and deletions. It may lose some, so that it replaces
    neither the reading of changes nor the census.
    """

    def changes(self, query: SourceQuery, bookmark: str) -> Changes:
        """The next page since the bookmark; "" only begins: nothing is told but where the record stands now.

        RefusedError says that this query has no record, not that its tasks can't be read.
        """
        ...
