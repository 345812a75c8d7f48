"""A run that reads tasks: what changed since the cursor, or all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from integrations.models import SourceTask, TaskSource
from integrations.sources.base import Page, SourceQuery
from integrations.sync import mirror
from integrations.sync.position import Position
from integrations.sync.rules import cursor_after, read_from, refuse_endless_paging
from integrations.sync.slices import Slice, live_sources
from luna import clock
from luna.lib.crashpoint import crashpoint

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ReadingSlice(Slice):
    """Reads page after page."""

    def _sources(self) -> QuerySet[TaskSource]:
        return live_sources(self._run.connection_id)

    def _begin(self, source: TaskSource) -> None:
        """A full read where a person asks for it, and where nothing was read to the end at this address."""
        is_full = self._run.is_full or source.cursor_ms is None or source.full_read_at is None
        position = replace(
            self._position,
            begun=True,
            is_full=is_full,
            since_ms=None if is_full else read_from(source.cursor_ms),
            newest_ms=source.cursor_ms,
        )
        ahead = self._expected(source) if is_full else 0
        self._save(position, expected=(self._run.expected or 0) + ahead)

    def _expected(self, source: TaskSource) -> int:
        """As the tool counts; where it doesn't, as many as there were at last."""
        told = self._client.expected(SourceQuery(source.kind, source.query))
        return SourceTask.objects.filter(source=source).count() if told is None else told

    def _read(self, source: TaskSource) -> None:
        here = self._position
        query = SourceQuery(source.kind, source.query)
        page = self._client.page(query, updated_since_ms=here.since_ms, token=here.token)
        refuse_endless_paging(here.token, page.next_token, here.pages)
        self._commit(source, page)
        crashpoint("sync.after_page")

    def _commit(self, source: TaskSource, page: Page) -> None:
        """The page and where the run is, in one transaction; with the last page its source's end."""
        now = clock.now()
        here = self._position
        newest = cursor_after(here.newest_ms, (record.updated_at for record in page.records), self._started_at)
        with transaction.atomic():
            written = mirror.write_page(source, page, run_id=self._run.pk, marks_seen=here.is_full, now=now)
            reached = replace(
                here,
                token=page.next_token,
                pages=here.pages + 1,
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
        if reached.is_full:
            fields |= {"full_read_at": now, **self._compared(source, reached, now)}
        TaskSource.objects.filter(pk=source.pk).update(**fields)
        self._count(source, reached, synced_at=now, must=reached.is_full or source.synced_at is None)
