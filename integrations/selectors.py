"""What pages show of connections, sources and runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from integrations.account import FORMERLY
from integrations.domain.types import ConnectionState, RunState, SourceKind
from integrations.models import Connection, Destination, QuarantinedPayload, SyncRun, Task, TaskSource
from integrations.registry import PROVIDERS, ProviderEntry, places, task_tools
from integrations.selectors_progress import Origin, stale_since
from integrations.sync.slices import LIVE, live_sources
from integrations.troubles import Reader, trouble_of
from luna.events.models import Event
from milestones.models import Milestone

OPEN_RUN = (RunState.WAITING, RunState.RUNNING)
STATE_LOOK: dict[str, str] = {
    ConnectionState.OK: "connected",
    ConnectionState.PAUSED: "waiting",
    ConnectionState.NEEDS_ATTENTION: "needs_attention",
    ConnectionState.DISCONNECTED: "disconnected",
}
KIND_NOUNS: dict[str, str] = {
    SourceKind.EPIC: "epic",
    SourceKind.PROJECT: "project",
    SourceKind.SECTION: "section",
    SourceKind.LIST: "list",
}


@dataclass(frozen=True)
class ConnectionLine:
    """A connection as lists show it."""

    connection: Connection
    provider: ProviderEntry
    look: str
    reads: str
    """What goes through it, in words."""
    open_run: SyncRun | None
    sources: int = 0
    """How many milestones' sources read from it."""
    unread_sources: int = 0
    """Those of them that can't be read as they are."""

    @property
    def next_at(self) -> datetime | None:
        """When it is looked after again."""
        return self.connection.due_at


@dataclass(frozen=True)
class SourceLine:
    """A source of a milestone: from where, how many, how fresh."""

    source: TaskSource
    provider: ProviderEntry
    total: int
    done: int
    in_progress: int
    trouble: str
    """What keeps it from being fresh, in words; empty when nothing does."""
    origin: Origin
    """What stands behind the figure."""

    @property
    def noun(self) -> str:
        """What kind of thing was chosen; empty for a query, which speaks for itself."""
        return KIND_NOUNS.get(self.source.kind, "")

    @property
    def key(self) -> str:
        """The query where people know it by heart, or where there is no title: an id says nothing to anyone."""
        is_key = self.source.kind == SourceKind.EPIC
        return self.source.query if is_key or not self.source.title else ""

    @property
    def tool(self) -> str:
        """The connection's name, and the tool's where the name does not say it."""
        name, label = self.source.connection.name, self.provider.label
        says_it = label.split()[0].casefold() in name.casefold()
        return name if says_it else f"{name} ({label})"


def connections() -> QuerySet[Connection]:
    """Every connection, also disconnected ones."""
    return Connection.objects.all()


def task_connections() -> QuerySet[Connection]:
    """Those through which tasks can be linked."""
    return Connection.objects.filter(provider__in=task_tools()).exclude(state=ConnectionState.DISCONNECTED)


def destinations() -> QuerySet[Destination]:
    """Where reports may be sent: the places that admins chose on living connections."""
    living = Destination.objects.filter(removed_at__isnull=True, connection__provider__in=places())
    return living.exclude(connection__state=ConnectionState.DISCONNECTED).select_related("connection")


def connection_lines(rows: Iterable[Connection]) -> list[ConnectionLine]:
    """The connections with what goes through each, in four statements whatever their number."""
    found = list(rows)
    ids = [connection.pk for connection in found]
    sources, unread = _source_counts(ids)
    tasks = _counts(Task.objects.filter(connection_id__in=ids, removed_at__isnull=True))
    places = _counts(Destination.objects.filter(connection_id__in=ids, removed_at__isnull=True), "external_id")
    runs = {run.connection_id: run for run in SyncRun.objects.filter(connection_id__in=ids, state__in=OPEN_RUN)}
    lines = []
    for connection in found:
        provider = PROVIDERS[connection.provider]
        pk = connection.pk
        if not provider.is_task_tool:
            reads = _number(places.get(pk, 0), provider.offers)
        elif sources.get(pk):
            reads = f"{_number(tasks.get(pk, 0), 'task')} in {_number(sources[pk], 'source')}"
        elif provider.is_own_list:
            reads = "nothing linked yet"
        else:
            reads = f"nothing linked yet; {_number(len(connection.offered), provider.offers)} offered"
        counts = sources.get(pk, 0), unread.get(pk, 0)
        lines.append(ConnectionLine(connection, provider, STATE_LOOK[connection.state], reads, runs.get(pk), *counts))
    return lines


def _source_counts(ids: list[int]) -> tuple[dict[int, int], dict[int, int]]:
    """How many sources read from each connection, and how many of them can't be read as they are."""
    found = TaskSource.objects.filter(connection_id__in=ids).order_by().values("connection_id")
    rows = list(found.annotate(n=Count("pk"), unread=Count("pk", filter=LIVE & ~Q(error_sentence=""))))
    return {row["connection_id"]: row["n"] for row in rows}, {row["connection_id"]: row["unread"] for row in rows}


def _counts(rows: QuerySet[Task] | QuerySet[Destination], counted: str = "pk") -> dict[int, int]:
    """How many of each connection; one folder that is several places counts once by its `external_id`."""
    found = rows.order_by().values("connection_id").annotate(n=Count(counted, distinct=counted != "pk"))
    return {row["connection_id"]: row["n"] for row in found}


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def last_change(connection: Connection) -> Event | None:
    """What a person did with the connection last."""
    done = Event.objects.filter(subject_kind="connection", subject_id=connection.pk, actor__isnull=False)
    return done.select_related("actor").order_by("-recorded_at", "-pk").first()


def sources_in_trouble(connection: Connection) -> list[TaskSource]:
    """Sources of the connection that can't be read as they are, those with one reason together.

    What is read no more keeps its last error for ever.
    """
    troubled = live_sources(connection.pk).exclude(error_sentence="").order_by("error_sentence", "pk")
    return list(troubled.select_related("milestone__launch")[:50])


def offered_words(connection: Connection) -> list[str]:
    """What is offered, by its key where it has one: `CLD (once CAL)` after it got another."""
    words = []
    for one in connection.offered:
        before = one.get(FORMERLY, "").partition("\n")[0]
        words.append((one["key"] or one["name"]) + (f" (once {before})" if before else ""))
    return words


def source_lines(milestone: Milestone, now: datetime, reader: Reader) -> list[SourceLine]:
    """The milestone's sources with their counts and what stands behind them, in one statement."""
    held = Q(links__task__removed_at__isnull=True)
    cancelled = held & Q(links__task__state="cancelled")
    linked = held & Q(links__is_counted=True) & ~Q(links__task__state="cancelled")
    bad = QuarantinedPayload.objects.filter(connection=OuterRef("connection")).order_by().values("connection")
    rows = (
        TaskSource.objects.filter(milestone=milestone)
        .select_related("connection", "created_by")
        .annotate(
            total=Count("links", filter=linked),
            done=Count("links", filter=linked & Q(links__task__state="done")),
            in_progress=Count("links", filter=linked & Q(links__task__state="in_progress")),
            held=Count("links", filter=held),
            cancelled=Count("links", filter=cancelled),
            set_aside=Coalesce(Subquery(bad.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("pk")
    )
    return [
        SourceLine(
            row,
            PROVIDERS[row.connection.provider],
            row.total,
            row.done,
            row.in_progress,
            trouble_of(row, PROVIDERS[row.connection.provider].label, now, reader),
            Origin(row.held, row.total, row.cancelled, row.set_aside, stale_since(row.synced_at, now)),
        )
        for row in rows
    ]


def open_runs_of(milestone: Milestone) -> list[SyncRun]:
    """Runs that go on over connections that the milestone reads from."""
    ids = TaskSource.objects.filter(milestone=milestone).values("connection_id")
    return list(SyncRun.objects.filter(connection_id__in=ids, state__in=OPEN_RUN).select_related("connection"))
