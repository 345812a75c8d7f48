"""A census: the ids and versions of all that a source finds, compared with the mirror."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from integrations.domain.types import RunState
from integrations.models import Connection, QuarantinedPayload, SourceTask, SyncRun, TaskSource
from integrations.sources.base import FETCH_SIZE, BadPayload, IdPage, Page, SourceQuery
from integrations.sync import mirror
from integrations.sync.position import Position
from integrations.sync.rules import (
    CENSUS_EVERY,
    LONGEST_ID,
    census_every,
    readable_ids,
    refuse_endless_paging,
    up_to_date,
)
from integrations.sync.slices import Slice, live_sources
from luna import clock
from luna.lib.text import clean_line

if TYPE_CHECKING:
    from django.db.models import QuerySet

TRY_AGAIN_AFTER = timedelta(hours=1)
LATELY = CENSUS_EVERY / 2


def census_is_due(connection: Connection) -> bool:
    """Whether a source that was once read in full was not compared for a day, and no census was started meanwhile."""
    now = clock.now()
    long_ago = Q(censused_at__isnull=True) | Q(censused_at__lte=now - census_every(connection.pk))
    if not countable(connection.pk).filter(long_ago).exists():
        return False
    # One that is done says in its sentence that sources could not be read.
    left_out = Q(state=RunState.FAILED) | (Q(state=RunState.DONE) & ~Q(error_sentence=""))
    failed = left_out & Q(created_at__lte=now - TRY_AGAIN_AFTER)
    runs = SyncRun.objects.filter(connection=connection, is_census=True, created_at__gt=now - CENSUS_EVERY)
    return not runs.exclude(failed).exists()


def left_some_out(connection: Connection) -> bool:
    """Whether a census that is due is one that is tried again: another one began lately, and left sources out."""
    return SyncRun.objects.filter(connection=connection, is_census=True, created_at__gt=clock.now() - LATELY).exists()


def countable(connection_id: int) -> QuerySet[TaskSource]:
    """The sources that a census compares. What was never read in full is read so, by a run."""
    return live_sources(connection_id).filter(full_read_at__isnull=False)


def forget_quarantine(run: SyncRun) -> None:
    """After a census of every source: a payload that it did not meet is at none of them any more."""
    live = live_sources(run.connection_id)
    if run.started_at is None:
        return
    left_out = Q(full_read_at__isnull=True) | ~Q(error_sentence="") | Q(censused_at__lt=run.started_at)
    if not live.filter(left_out).exists():
        rows = QuarantinedPayload.objects.filter(connection_id=run.connection_id, last_seen_at__lt=run.started_at)
        rows.delete()


class CensusSlice(Slice):
    """Reads ids page after page, fetches what the mirror lacks, and asks for what the source no longer finds."""

    def _sources(self) -> QuerySet[TaskSource]:
        """All; where an earlier one left some out, those alone, so that trying again each hour costs little."""
        sources = countable(self._run.connection_id)
        return sources.exclude(censused_at__gt=self._run.created_at - LATELY) if self._position.is_retry else sources

    def _begin(self, source: TaskSource) -> None:
        ahead = SourceTask.objects.filter(source=source).count()
        position = replace(self._position, begun=True, is_full=True)
        self._save(position, expected=(self._run.expected or 0) + ahead)

    def _read(self, source: TaskSource) -> None:
        if self._position.lacking:
            self._fetch_lacking(source)
            return
        here = self._position
        page = self._client.ids(SourceQuery(source.kind, source.query), token=here.token)
        mark = refuse_endless_paging(here.token, page.next_token, here.pages, here.mark)
        self._compare_ids(source, page, mark)

    def _compare_ids(self, source: TaskSource, page: IdPage, mark: str) -> None:
        """Note what the mirror holds of the page; what it lacks, has older or could not read is to be fetched."""
        found, unreadable = readable_ids(page.ids)
        bad = [_unreadable(one) for one in unreadable]
        here, now = self._position, clock.now()
        with self._writing(source):
            linked = mirror.mark_seen(source, found, run_id=self._run.pk)
            if bad:
                mirror.write_tasks(source.connection_id, (), bad, asked_at=now, now=now)
            known = up_to_date(linked, page.updated_at) - mirror.set_aside(source.connection_id)
            reached = replace(
                here,
                token=page.next_token,
                pages=here.pages + 1,
                mark=mark,
                lacking=[one for one in found if one not in known],
                unmirrored=here.unmirrored + len(bad),
            )
            self._go_behind(
                source,
                reached,
                read=self._run.read + len(found),
                quarantined=self._run.quarantined + len(bad),
                tries=0,
            )

    def _fetch_lacking(self, source: TaskSource) -> None:
        asked, left = self._position.lacking[:FETCH_SIZE], self._position.lacking[FETCH_SIZE:]
        asked_at = clock.now()
        fetched = self._client.fetch(asked)
        untold = set(asked) - {record.external_id for record in fetched.records} - set(fetched.gone)
        untold -= {one.external_id for one in fetched.quarantined} | set(fetched.left)
        now = clock.now()
        page = Page(fetched.records, fetched.quarantined, asked_at=asked_at)
        with self._writing(source):
            written = mirror.write_page(source, page, run_id=self._run.pk, marks_seen=True, now=now)
            reached = replace(
                self._position,
                lacking=[*fetched.left, *left],
                unmirrored=self._position.unmirrored + written.unmirrored + len(untold),
                touched=self._position.touching(set(written.milestones)),
            )
            self._go_behind(
                source,
                reached,
                changed=self._run.changed + written.changed,
                quarantined=self._run.quarantined + len(fetched.quarantined),
                tries=0,
            )

    def _go_behind(self, source: TaskSource, reached: Position, **counters: int) -> None:
        """Save; and where all ids were read and nothing is left to fetch or to ask for, end the source."""
        reached = replace(reached, is_read=reached.token is None and not reached.lacking)
        if reached.is_read and not self._unseen(source).exists():
            self._finish_source(source, reached, clock.now(), **counters)
        else:
            self._save(reached, **counters)

    def _end(self, source: TaskSource, reached: Position, now: datetime) -> None:
        """The milestone is counted in any case, once a day; its tasks are as fresh as the last reading left them."""
        TaskSource.objects.filter(pk=source.pk).update(error_sentence="", **self._compared(source, reached, now))
        known = source.milestone.tasks_synced_at
        self._count(source, reached, synced_at=known or now, must=True)


def _unreadable(external_id: str) -> BadPayload:
    """An id that can't be asked for, as it is set aside."""
    return BadPayload(
        clean_line(external_id, limit=LONGEST_ID) or "?", "its id is not readable", ascii(external_id)[:500]
    )
