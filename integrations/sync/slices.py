"""One claim of a run: step after step through its sources, each committed by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from django.db import connection as database
from django.db import transaction
from django.db.models import Q, QuerySet

from integrations.domain.types import RemovedWhy
from integrations.errors import ErrorKind, RefusedError
from integrations.models import SourceTask, SyncRun, TaskSource
from integrations.sources.base import FETCH_SIZE, Fetched
from integrations.sync import mirror
from integrations.sync.ahead import PagesAhead
from integrations.sync.counting import count_milestone, one_at_a_time
from integrations.sync.freshness import note_oldest_reading
from integrations.sync.position import Position, stored
from integrations.sync.rules import changed_meanwhile, compared_up_to, used_up_until
from luna import clock
from luna.lib import work
from milestones.actions.progress import note_freshness
from milestones.models import Milestone

if TYPE_CHECKING:
    from integrations.sources.base import TaskSourceClient
    from luna.lib.work import Claim


LIVE = Q(
    milestone__deleted_at__isnull=True,
    milestone__launch__deleted_at__isnull=True,
    milestone__launch__archived_at__isnull=True,
)
"""The sources that are read: those of milestones and launches that are neither deleted nor archived."""


def live_sources(connection_id: int) -> QuerySet[TaskSource]:
    """The connection's sources that are read."""
    return TaskSource.objects.filter(LIVE, connection_id=connection_id).order_by("pk")


def count_touched(milestone_ids: list[int]) -> None:
    """Count anew what other sources' pages changed; as fresh as their own sources are."""
    with transaction.atomic():
        one_at_a_time(milestone_ids)
        rows = Milestone.objects.filter(pk__in=milestone_ids).order_by("pk")
        for pk, synced_at in list(rows.values_list("pk", "tasks_synced_at")):
            count_milestone(pk, synced_at=synced_at or clock.now())


class HeldSource:
    """A source between the steps of a slice. Whether it is still there as it was, a statement tells that costs little.

    Building the statement and the source anew for each page would take as long as writing a part of the page.
    """

    def __init__(self, source: TaskSource, sql: str, values: Sequence[Any], row: tuple[Any, ...]) -> None:
        self.source = source
        self._sql, self._values, self._row = sql, values, row

    def is_as_it_was(self, source_id: int) -> bool:
        """Whether it is that source, still read, and nobody changed it."""
        return self.source.pk == source_id and _row(self._sql, self._values) == self._row


def hold(sources: QuerySet[TaskSource]) -> HeldSource | None:
    """The first of them; None without any. Its row is read first: a change in between is noticed at the next step."""
    columns = [field.attname for field in TaskSource._meta.concrete_fields]
    sql, values = sources.values_list(*columns)[:1].query.sql_with_params()
    row, source = _row(sql, values), sources.first()
    return None if row is None or source is None else HeldSource(source, sql, values, row)


def _row(sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return cast("tuple[Any, ...] | None", cursor.fetchone())


class Slice(ABC):
    """Works one run's claim. What a source's end is, the kind of run says."""

    def __init__(self, claim: Claim[SyncRun], client: TaskSourceClient, *, seconds: float) -> None:
        self._claim = claim
        self._run = claim.row
        self._client = client
        self._requests_before = self._run.requests
        self._position = Position(**self._run.position)
        self._ends = monotonic() + seconds
        self._ahead = PagesAhead(client, until=self._ends)
        self._held: HeldSource | None = None

    def go_on(self) -> bool:
        """Take the next step, or say that there is none in any source."""
        source = self._current_source()
        if source is None:
            return False
        try:
            if not self._position.begun:
                # Another source's pages may still be under way, where that one was refused or is gone.
                self._ahead.forget()
                self._begin(source)
            if self._position.is_read:
                self._compare(source)
            else:
                self._read(source)
        except RefusedError as error:
            self._skip(source, error)
        return True

    @property
    def is_over(self) -> bool:
        """Whether its time is. Pages that were asked for are written first."""
        return monotonic() > self._ends and not self._ahead.is_asked

    @property
    def rests_until(self) -> datetime | None:
        """Until when no call is left for what is still to be read; None where none is needed, or one may be left."""
        until = None if self._ahead.is_asked else used_up_until(self._client.rate_limits, clock.now())
        rest = Q(pk__gte=self._position.source) if self._position.begun else Q(pk__gt=self._position.source)
        return until if until is not None and self._sources().filter(rest).exists() else None

    def close(self) -> None:
        """Wait for what still uses the client."""
        self._ahead.close()

    @property
    def _started_at(self) -> datetime:
        return self._run.started_at or clock.now()

    @abstractmethod
    def _sources(self) -> QuerySet[TaskSource]:
        """Which are worked, in the order of their ids."""

    @abstractmethod
    def _begin(self, source: TaskSource) -> None:
        """Decide how the source is read, and count what is ahead."""

    @abstractmethod
    def _read(self, source: TaskSource) -> None:
        """The source's next page."""

    @abstractmethod
    def _end(self, source: TaskSource, reached: Position, now: datetime) -> None:
        """Write what the source's end means, in the caller's transaction."""

    def _current_source(self) -> TaskSource | None:
        if self._position.begun and self._held is not None and self._held.is_as_it_was(self._position.source):
            return self._held.source
        sources = self._sources()
        if self._position.begun:
            self._held = hold(sources.filter(pk=self._position.source))
            if self._held is not None:
                return self._held.source
        self._held = hold(sources.filter(pk__gt=self._position.source))
        if self._held is None:
            return None
        self._position = self._position.behind(self._held.source.pk)
        return self._held.source

    def _unseen(self, source: TaskSource) -> QuerySet[SourceTask]:
        """The links that the run did not see, behind those that were compared."""
        links = SourceTask.objects.filter(source=source, pk__gt=self._position.compared)
        return links.exclude(seen_by=self._run.pk).order_by("pk")

    def _compare(self, source: TaskSource) -> None:
        """Ask for the next tasks that the source should have found; census safety: only after its last page."""
        unseen = list(self._unseen(source).values_list("pk", "task_id", "task__external_id")[:FETCH_SIZE])
        task_of = {external_id: task_id for _, task_id, external_id in unseen}
        verdicts, left = self._verdicts(list(task_of))
        reached_to = compared_up_to(self._position.compared, [(pk, one) for pk, _, one in unseen], left)
        now = clock.now()
        with self._writing(source):
            touched = self._let_go(source, verdicts, task_of, now)
            reached = replace(
                self._position,
                compared=reached_to,
                touched=self._position.touching(touched),
            )
            removed = self._run.removed + len(verdicts)
            if len(unseen) < FETCH_SIZE and not left:
                self._finish_source(source, reached, now, removed=removed)
            else:
                self._save(reached, removed=removed)

    @contextmanager
    def _writing(self, source: TaskSource) -> Iterator[None]:
        """A transaction that writes links of the source, and may count them."""
        with transaction.atomic():
            one_at_a_time([source.milestone_id])
            yield

    def _let_go(
        self, source: TaskSource, verdicts: Mapping[str, RemovedWhy], task_of: Mapping[str, int], now: datetime
    ) -> set[int]:
        """Take those of the tasks out for which there is a verdict; the milestones that they counted for."""
        touched: set[int] = set()
        for why in RemovedWhy:
            leaving = [task_of[one] for one, verdict in verdicts.items() if verdict is why and one in task_of]
            if leaving:
                stays_with_others = why is RemovedWhy.MOVED
                touched |= mirror.let_go(leaving, why, source=source if stays_with_others else None, now=now)
        return touched

    def _verdicts(self, external_ids: list[str]) -> tuple[dict[str, RemovedWhy], tuple[str, ...]]:
        """What became of each, as far as the tool tells, and the ids that are still to be asked for."""
        if not external_ids:
            return {}, ()
        fetched: Fetched = self._client.fetch(external_ids)
        records = () if self._position.refused else fetched.records
        moved = [one.external_id for one in records if not changed_meanwhile(one.updated_at, self._started_at)]
        return {**dict.fromkeys(moved, RemovedWhy.MOVED), **fetched.gone}, fetched.left

    def _finish_source(self, source: TaskSource, reached: Position, now: datetime, **counters: int) -> None:
        if reached.refused:
            self._end_refused(source, reached, now)
        else:
            self._end(source, reached, now)
        touched = [pk for pk in reached.touched if pk != source.milestone_id]
        self._save(replace(reached, touched=touched).behind(source.pk), **counters)

    def _end_refused(self, source: TaskSource, reached: Position, now: datetime) -> None:
        """Nothing was read: its milestone is as fresh as it was, and counted where tasks are out of reach."""
        TaskSource.objects.filter(pk=source.pk).update(error_sentence=reached.refused)
        if source.milestone_id in reached.touched:
            count_milestone(source.milestone_id, synced_at=source.milestone.tasks_synced_at or now)

    def _count(self, source: TaskSource, reached: Position, *, synced_at: datetime, must: bool) -> None:
        """The milestone's numbers, where anything of its tasks changed; else only that they were read."""
        if must or source.milestone_id in reached.touched:
            count_milestone(source.milestone_id, synced_at=synced_at, just_read=source)
        else:
            note_freshness(milestone_id=source.milestone_id, synced_at=synced_at)
        note_oldest_reading(source.milestone_id)

    def _compared(self, source: TaskSource, reached: Position, now: datetime) -> dict[str, Any]:
        """What a comparison to the end says of the source."""
        mirrored = SourceTask.objects.filter(source=source, seen_by=self._run.pk).count()
        return {"censused_at": now, "at_source": mirrored + reached.unmirrored, "mirrored": mirrored}

    def _skip(self, source: TaskSource, error: RefusedError) -> None:
        """This source can't be read as it is; the others go on, and nothing of it is removed.

        But where the connection does not offer what it asks for, a run that compares asks for its tasks by id: those of
        a project that an admin took out must not be shown any more; those of one that was renamed stay.
        """
        if error.kind == ErrorKind.NOT_OFFERED and not self._position.refused and self._asks_by_id():
            self._save(replace(self._position, begun=True, is_read=True, refused=error.sentence[:500]))
            return
        with transaction.atomic():
            TaskSource.objects.filter(pk=source.pk).update(error_sentence=error.sentence[:500])
            self._save(self._position.behind(source.pk))

    def _asks_by_id(self) -> bool:
        """Whether the run compares: one of all tasks, or a census that is not tried again each hour."""
        return self._run.is_full or (self._run.is_census and not self._position.is_retry)

    def _save(self, position: Position, **counters: int) -> None:
        self._claim.save(
            position=stored(position),
            requests=self._requests_before + self._client.requests,
            lease_until=clock.now() + work.LEASE,
            **counters,
        )
        self._position = position
