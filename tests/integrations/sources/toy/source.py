"""The toy's tasks, kept in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from integrations.account import Access, AccountInfo, CheckReport, Project, Step
from integrations.domain.types import TaskState
from integrations.errors import ErrorKind, NeedsAttentionError, RefusedError
from integrations.sources.base import Choice, Fetched, IdPage, Page, RateLimits, SourceQuery, TaskRecord

STATES = (TaskState.DONE, TaskState.DONE, TaskState.IN_PROGRESS, TaskState.CANCELLED)


def _task(number: int, state: TaskState) -> TaskRecord:
    at = datetime(2026, 11, 2 + number, 12, tzinfo=UTC)
    done_at = at if state is TaskState.DONE else None
    return TaskRecord(str(number), f"TOY-{number}", f"Toy {number}", "", state, at, created_at=at, completed_at=done_at)


class ToySource:
    """One page a task."""

    def __init__(self, access: Access, offered: Iterable[Mapping[str, str]] | None) -> None:
        self.requests = 0
        self._access = access
        self._offered = {one["key"] for one in offered or ()}

    def check(self) -> CheckReport:
        if self._access.secret.reveal() != "toy-token":
            error = NeedsAttentionError(
                "The toy refuses this token. Use the other one.", kind=ErrorKind.SIGN_IN_REFUSED
            )
            return CheckReport((Step("Sign-in refused", "bad"),), error=error)
        info = AccountInfo("toy@luna.test", "Toys")
        return CheckReport((Step("Signed in", "ok"),), info, projects=tuple(self.projects()))

    def projects(self) -> list[Project]:
        return [Project("1", "BOX", "Toy box")]

    def choices(self) -> list[Choice]:
        if not self._offered:
            raise RefusedError("The toy offers no box yet. Ask an admin.", kind=ErrorKind.NOT_OFFERED)
        return [Choice(SourceQuery("box", key), f"Toys / {key}") for key in sorted(self._offered)]

    def verify(self, query: SourceQuery) -> str:
        if query.text not in self._offered:
            raise RefusedError("The toy offers no such box. Choose another.", kind=ErrorKind.NOT_OFFERED)
        return "Toy box"

    def count(self, query: SourceQuery) -> int:
        self.verify(query)
        return len(STATES)

    def expected(self, _query: SourceQuery) -> int | None:
        return None

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        self.verify(query)
        return [_task(number, state) for number, state in enumerate(STATES)][:size]

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        self.verify(query)
        self.requests += 1
        assert updated_since_ms is None, "the first read is a full one"
        at = int(token or 0)
        return Page((_task(at, STATES[at]),), next_token=str(at + 1) if at + 1 < len(STATES) else None)

    def ids(self, query: SourceQuery, *, token: str | None) -> IdPage:
        self.verify(query)
        assert token is None
        return IdPage(tuple(str(number) for number in range(len(STATES))))

    def fetch(self, external_ids: Sequence[str]) -> Fetched:
        return Fetched(tuple(_task(int(pk), STATES[int(pk)]) for pk in external_ids))

    @property
    def rate_limits(self) -> RateLimits:
        return RateLimits()

    def close(self) -> None:
        """Nothing is open."""


def open_source(access: Access, offered: Iterable[Mapping[str, str]] | None) -> ToySource:
    """What the registry calls."""
    return ToySource(access, offered)
