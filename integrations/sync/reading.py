"""A run that reads tasks: what changed since the cursor, or all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from integrations.domain.types import RemovedWhy
from integrations.errors import RefusedError
from integrations.models import SourceTask, TaskSource
from integrations.sources.base import Changes, Page, RecordsChanges, SourceQuery
from integrations.sync import mirror
from integrations.sync.position import Position
from integrations.sync.rules import (
    MOST_RECORD_PAGES,
    cursor_after,
    kept_bookmark,
    may_read_again,
    read_from,
    refuse_endless_paging,
)
from integrations.sync.slices import Slice, live_sources
from luna import clock
from luna.lib.crashpoint import crashpoint

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ReadingSlice(Slice):
    """Reads page after page, the next ones while those before are written."""

    def _sources(self) -> QuerySet[TaskSource]:
        return live_sources(self._run.connection_id)

    def _begin(self, source: TaskSource) -> None:
        """A full read where a person asks for it, and where nothing was read to the end at this address."""
        is_full = self._run.is_full or source.cursor_ms is None or source.full_read_at is None
        begun = replace(self._position, begun=True, newest_ms=source.cursor_ms)
        if is_full:
            self._begin_in_full(source, begun, self._end_of_record(source))
            return
        bookmark = source.bookmark or self._end_of_record(source)
        position = replace(
            begun, since_ms=read_from(source.cursor_ms), bookmark=bookmark, asks_record=bool(source.bookmark)
        )
        self._save(position, expected=self._run.expected or 0)

    def _begin_in_full(self, source: TaskSource, begun: Position, bookmark: str) -> None:
        """What happens while all is read, the next run finds behind the bookmark."""
        position = replace(begun, is_full=True, since_ms=None, asks_record=False, bookmark=bookmark)
        self._save(position, expected=(self._run.expected or 0) + self._expected(source))

    def _end_of_record(self, source: TaskSource) -> str:
        """Where the tool's record of changes stands now; "" where there is none."""
        if not isinstance(self._client, RecordsChanges):
            return ""
        try:
            return self._client.changes(SourceQuery(source.kind, source.query), "").bookmark
        except RefusedError:
            return ""

    def _expected(self, source: TaskSource) -> int:
        """As the tool counts; where it doesn't, as many as there were at last."""
        told = self._client.expected(SourceQuery(source.kind, source.query))
        return SourceTask.objects.filter(source=source).count() if told is None else told

    def _read(self, source: TaskSource) -> None:
        here = self._position
        query = SourceQuery(source.kind, source.query)
        if here.asks_record and isinstance(self._client, RecordsChanges):
            self._read_record(source, self._client, query)
            return
        pages = self._ahead.pages(query, here.since_ms, here.token)
        token, mark = here.token, here.mark
        for before, page in enumerate(pages, here.pages):
            mark = refuse_endless_paging(token, page.next_token, before, mark)
            token = page.next_token
        if token is not None:
            self._ahead.ask(query, here.since_ms, token)
        self._commit(source, pages, mark)
        crashpoint("sync.after_page")

    def _read_record(self, source: TaskSource, client: RecordsChanges, query: SourceQuery) -> None:
        """The next page of the tool's own record; afterwards come the pages, which know better than it."""
        here = self._position
        asked_at = clock.now()
        try:
            told = client.changes(query, here.bookmark)
        except RefusedError:
            # The pages tell whether the source can be read at all.
            self._save(replace(here, asks_record=False))
            return
        if told.is_complete:
            self._commit_record(source, told, asked_at)
            here = self._position
            if not told.has_more or here.pages < MOST_RECORD_PAGES:
                return
        if not may_read_again(source.censused_at, clock.now()):
            self._save(replace(here, asks_record=False))
            return
        self._begin_in_full(source, here, self._end_of_record(source) if told.is_complete else told.bookmark)

    def _commit_record(self, source: TaskSource, told: Changes, asked_at: datetime) -> None:
        """What the record tells and the bookmark behind it, in one transaction."""
        now = clock.now()
        here = self._position
        fetched = told.fetched
        with self._writing(source):
            page = Page(fetched.records, fetched.quarantined, asked_at=asked_at)
            written = mirror.write_page(source, page, run_id=self._run.pk, marks_seen=False, now=now)
            leaving = _linked_to(source, fetched.gone)
            touched = self._let_go(source, fetched.gone, leaving, now)
            bookmark = kept_bookmark(told.bookmark)
            TaskSource.objects.filter(pk=source.pk).update(bookmark=bookmark)
            reached = replace(
                here,
                bookmark=bookmark,
                asks_record=told.has_more and bool(bookmark),
                pages=here.pages + 1,
                touched=here.touching({*written.milestones, *touched}),
            )
            self._save(
                reached,
                read=self._run.read + len(fetched.records),
                changed=self._run.changed + written.changed,
                removed=self._run.removed + len(leaving),
                quarantined=self._run.quarantined + len(fetched.quarantined),
                tries=0,
            )
        crashpoint("sync.after_page")

    def _commit(self, source: TaskSource, pages: Sequence[Page], mark: str) -> None:
        """The pages and where the run is, in one transaction; with the last page its source's end."""
        now = clock.now()
        here = self._position
        page = mirror.as_one(pages)
        newest = cursor_after(here.newest_ms, (record.updated_at for record in page.records), self._started_at)
        with self._writing(source):
            written = mirror.write_page(source, page, run_id=self._run.pk, marks_seen=here.is_full, now=now)
            reached = replace(
                here,
                token=page.next_token,
                pages=here.pages + len(pages),
                mark=mark,
                newest_ms=newest,
                unmirrored=here.unmirrored + written.unmirrored,
                is_read=page.next_token is None,
                touched=here.touching(set(written.milestones)),
            )
            counters = {
                "read": self._run.read + len(page.records),
                "changed": self._run.changed + written.changed,
                "quarantined": self._run.quarantined + len(page.quarantined),
                "tries": 0,
            }
            if reached.is_read and not (reached.is_full and self._unseen(source).exists()):
                self._finish_source(source, reached, now, **counters)
            else:
                self._save(reached, **counters)

    def _end(self, source: TaskSource, reached: Position, now: datetime) -> None:
        """The cursor moves here and nowhere else: it never passes a page that is not committed."""
        fields: dict[str, Any] = {"cursor_ms": reached.newest_ms, "synced_at": now, "error_sentence": ""}
        fields["bookmark"] = kept_bookmark(reached.bookmark)
        if reached.is_full:
            fields |= {"full_read_at": now, **self._compared(source, reached, now)}
        TaskSource.objects.filter(pk=source.pk).update(**fields)
        self._count(source, reached, synced_at=now, must=reached.is_full or source.synced_at is None)


def _linked_to(source: TaskSource, verdicts: Mapping[str, RemovedWhy]) -> dict[str, int]:
    """By external id those of the tasks that a verdict is about: what moved, where the source links it; else, any."""
    rows = SourceTask.objects.filter(task__connection_id=source.connection_id, task__external_id__in=list(verdicts))
    return {
        external_id: task_id
        for source_id, external_id, task_id in rows.values_list("source_id", "task__external_id", "task_id")
        if source_id == source.pk or verdicts[external_id] is not RemovedWhy.MOVED
    }
