"""What the pages of one connection say of it: how it does, what is left of its limits, its runs, what was set aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q
from django.utils.dateparse import parse_datetime

from integrations.domain.types import ConnectionState, RunState, RunTrigger
from integrations.errors import ErrorKind
from integrations.models import ListedTask, QuarantinedPayload, SyncRun, Task, TaskSource
from integrations.selectors import OPEN_RUN
from integrations.sync.condition import ASKED_FOR
from integrations.troubles import REVOKED
from luna.lib.redaction import redact
from luna.ui.wording import counted

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from integrations.models import Connection
    from integrations.selectors import ConnectionLine

EXPIRY_WARNING = timedelta(days=14)
SLOW_AFTER_POLLS = 3
"""So many intervals without a reading to the end, and a connection that has no error is called slow."""
SLOW_AFTER = timedelta(minutes=30)
"""But not before this, however short the interval is."""
LONG_SILENCE = timedelta(hours=1)
"""After these it is said where to look when a service can't be reached."""
WHY: dict[str, str] = {
    RunTrigger.SCHEDULE: "on schedule",
    RunTrigger.NEW_SOURCE: "tasks were linked",
    RunTrigger.WEBHOOK: "the tool called",
    RunTrigger.CENSUS: "on schedule",
    RunTrigger.PERSON: "asked by someone",
}


@dataclass(frozen=True)
class Condition:
    """How a connection does: the look and word of its state, and what stands over its error where it has one."""

    look: str
    word: str
    title: str = ""
    sentence: str = ""
    """What happened and what to do."""
    tone: str = "warn"
    rests_until: datetime | None = None
    """When Luna goes on by itself, where it waits for that."""


@dataclass(frozen=True)
class Budget:
    """What the tool last said of its limits."""

    remaining: int
    limit: int | None
    resets_at: datetime | None
    kind: str
    is_over: bool = False
    """Whether the span that it was said of has ended: as many calls as at first are allowed again."""


@dataclass(frozen=True)
class GivenList:
    """What a list of one's own holds, whether or not a milestone reads it."""

    tasks: int
    faults: int
    """Rows whose last giving could not be read."""
    last_at: datetime | None

    @property
    def words(self) -> str:
        """`12 tasks`, or that nothing was given."""
        return counted(self.tasks, "task") if self.tasks or self.faults else "nothing yet: give it tasks"

    @property
    def fault_words(self) -> str:
        """`1 row that could not be read`."""
        return f"{counted(self.faults, 'row')} that could not be read"


@dataclass(frozen=True)
class RunProgress:
    """How far a connection's newest run is, for a page that asks again while it goes on."""

    is_open: bool
    rests_until: datetime | None
    """Until when an open run waits before it tries once more."""
    why_then: str
    """Why not sooner, or how sooner; empty where it does not rest."""
    stage: str
    """Changes whenever more of the connection's page than the bar has something else to say."""


@dataclass(frozen=True)
class RunLine:
    """A run in words."""

    run: SyncRun
    what: str
    why: str
    lasted: str


def condition_of(line: ConnectionLine, now: datetime) -> Condition:
    """The state in words. A revoked token, a limit and a service that does not answer are told apart."""
    connection, service = line.connection, line.provider.label
    said, until = connection.error_sentence, connection.paused_until
    rests_until = until if until is not None and until > now else None
    match connection.state:
        case ConnectionState.DISCONNECTED:
            return Condition("disconnected", "Disconnected")
        case ConnectionState.NEEDS_ATTENTION if connection.error_kind in REVOKED:
            return Condition("revoked", "Signed out", f"{service} no longer lets Luna in", said, "bad")
        case ConnectionState.NEEDS_ATTENTION:
            return Condition("needs_attention", "Needs someone", "It needs someone", said, "bad")
        case ConnectionState.PAUSED:
            title, more = f"{service} does not answer as it should", _long_words(line, now)
            if connection.error_kind == ErrorKind.RATE_LIMITED:
                title, more = f"{service} asked Luna to slow down", ""
            return Condition("waiting", "Paused", title, said + more, rests_until=rests_until)
    if line.unread_sources:
        return _partly(line)
    late = _slow_words(line, now)
    return Condition("slow", "Slow", "It reads more slowly than planned", late) if late else Condition("connected", "")


def _partly(line: ConnectionLine) -> Condition:
    """The connection works, and some or all of its sources don't: a project was renamed, deleted or closed to it."""
    unread, of_them = line.unread_sources, counted(line.sources, "source")
    title = f"{unread} of its {of_them} can’t be read"
    sentence = (
        "Their milestones keep the tasks as they were last seen. Most often a project was renamed, deleted or closed "
        "to the account. Each says below what to do."
    )
    return Condition("partly", "Partly", title, sentence)


def _long_words(line: ConnectionLine, now: datetime) -> str:
    """What to look at when a silence lasts: at first it passes by itself."""
    last = line.connection.last_synced_at
    if last is None or now - last <= LONG_SILENCE:
        return ""
    return (
        f" It was last read {span_words(now - last)} ago. If it works in your browser, the network between Luna’s "
        "server and the service is broken: ask who runs it to see that the server may call that address."
    )


def _slow_words(line: ConnectionLine, now: datetime) -> str:
    """Why a connection without an error is behind its plan; empty where it is not."""
    connection = line.connection
    last = connection.last_synced_at
    planned = max(SLOW_AFTER, timedelta(minutes=connection.poll_minutes * SLOW_AFTER_POLLS))
    if not line.provider.is_task_tool or last is None or now - last <= planned:
        return ""
    if not TaskSource.objects.filter(connection=connection).exists():
        return ""
    told = (
        f"Luna last read it to the end {span_words(now - last)} ago; the plan is every {connection.poll_minutes} min."
    )
    if line.open_run is None:
        return f"{told} Nothing is being read now: see that the worker runs."
    return f"{told} It is reading: {line.open_run.read:,} tasks so far."


def budget_of(connection: Connection, now: datetime) -> Budget | None:
    """Calls that are left; None where the tool says nothing."""
    said = connection.limits
    remaining, limit = said.get("remaining"), said.get("limit")
    if not isinstance(remaining, int):
        return None
    resets_at = parse_datetime(str(said.get("resets_at") or ""))
    is_over = resets_at is not None and resets_at <= now
    return Budget(remaining, limit if isinstance(limit, int) else None, resets_at, str(said.get("kind") or ""), is_over)


def given_list(connection: Connection) -> GivenList:
    """What a list of one's own holds, in one statement."""
    rows = ListedTask.objects.filter(connection=connection)
    good, bad = Count("pk", filter=~Q(fields={})), Count("pk", filter=~Q(fault=""))
    found = rows.aggregate(tasks=good, faults=bad, last_at=Max("taken_at"))
    return GivenList(**found)


def listed_faults(connection: Connection, size: int) -> list[ListedTask]:
    """The rows of a list of one's own that could not be read when they were given last."""
    return list(ListedTask.objects.filter(connection=connection).exclude(fault="").order_by("pk")[:size])


def ends_soon(connection: Connection, now: datetime) -> bool:
    """Whether its token ends within two weeks, or has ended."""
    ends_at = connection.access_expires_at
    return ends_at is not None and ends_at - now <= EXPIRY_WARNING


def run_progress(connection: Connection, run: SyncRun | None, now: datetime) -> RunProgress:
    """The newest run's, as the connection stands."""
    is_open = run is not None and run.state in OPEN_RUN
    until = run.due_at if run is not None and run.state == RunState.WAITING else None
    rests_until = until if until is not None and until > now else None
    why_then = _why_then(connection) if rests_until else ""
    stage = f"{connection.state}.{run.pk if run else 0}.{'rests' if rests_until else 'open' if is_open else 'over'}"
    return RunProgress(is_open, rests_until, why_then, stage)


def _why_then(connection: Connection) -> str:
    """Of a run that waits for its connection's rest to end."""
    if connection.state != ConnectionState.PAUSED:
        return ""
    if connection.error_kind in ASKED_FOR:
        return "The service asked to be left alone until then and would refuse what comes sooner."
    return "If what stops it is mended, press Sync now: Luna tries at once."


def run_lines(runs: list[SyncRun]) -> list[RunLine]:
    """The runs in words: what was read, why, and how long it took."""
    return [RunLine(run, _what(run), _why(run), _lasted(run)) for run in runs]


def runs_of(connection: Connection) -> QuerySet[SyncRun]:
    """All runs that are kept, the newest first."""
    return SyncRun.objects.filter(connection=connection).select_related("requested_by")


def set_aside(connection: Connection) -> QuerySet[QuarantinedPayload]:
    """What could not be read, the newest first."""
    return QuarantinedPayload.objects.filter(connection=connection)


def known_names(connection: Connection, payloads: Iterable[QuarantinedPayload]) -> dict[str, str]:
    """What people call those of the tasks that were read before: by their external ids, in one statement."""
    tasks = Task.objects.filter(connection=connection, external_id__in=[bad.external_id for bad in payloads])
    rows = tasks.values_list("external_id", "key", "title")
    return {external_id: f"{key} {title}".strip() for external_id, key, title in rows}


def shown_payload(bad: QuarantinedPayload) -> str:
    """The payload as it came, without what looks like a credential."""
    return redact(bad.payload)


def span_words(span: timedelta) -> str:
    """`4 s`, `12 min`, `3 hours`, `2 days`: one figure is enough."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    if seconds < 48 * 3600:
        return counted(round(seconds / 3600), "hour")
    return counted(seconds // 86400, "day")


def _what(run: SyncRun) -> str:
    if run.is_census:
        return "comparison"
    return "everything" if run.is_full else "changes"


def _why(run: SyncRun) -> str:
    if run.requested_by is not None and run.trigger != RunTrigger.NEW_SOURCE:
        return f"asked by {run.requested_by.name}"
    return WHY[run.trigger]


def _lasted(run: SyncRun) -> str:
    if run.started_at is None:
        return ""
    if run.finished_at is None:
        return "goes on" if run.state == RunState.RUNNING else ""
    return span_words(run.finished_at - run.started_at)
