"""What has to hold after every step, and in the end: the mirror held against the tool, past all faults."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Min

from integrations.domain.types import TaskState
from integrations.models import QuarantinedPayload, SourceTask, SyncRun, Task, TaskSource
from integrations.registry import open_source
from integrations.sources.base import SourceQuery
from integrations.sync.rules import OVERLAP, epoch_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.convergence_tool import Outline, Tool

Row = tuple[str, str, str, object, object]
OVERLAP_MS = int(OVERLAP.total_seconds() * 1000)


class Truth:
    """Knows what the tool showed to nobody who asks for changes, and how late its index was at worst."""

    def __init__(self, tool: Tool, sources: list[TaskSource]) -> None:
        self._tool = tool
        self._sources = sources
        self._before: dict[str, Outline] = tool.outlines()
        self._unseen: set[str] = set()
        self._versions: dict[str, datetime] = {}
        self._read_from: dict[int, tuple[int | None, int]] = {}
        """By source its cursor, and when the run that set it began (epoch milliseconds)."""
        self._runs_before = 0
        self.lag_seconds = 0.0

    def unseen(self) -> set[str]:
        """Tasks that came to a query, or changed, without being shown as changed: a comparison finds them."""
        return set(self._unseen)

    def was_compared(self, known: set[str]) -> None:
        """A comparison of all sources went to its end: it saw what was `known` before it began."""
        self._unseen -= known

    def check(self, step: str) -> int:
        """No cursor passed what the mirror does not hold, and no task went back to an older version.

        How many tasks are not in the mirror as they stand there, without an excuse.
        """
        there = self.note()
        self._check_versions(step)
        began_at = self._oldest_open_run()
        excused = self._unseen | set(QuarantinedPayload.objects.values_list("external_id", flat=True))
        missed = 0
        for source in self._sources:
            source.refresh_from_db()
            if source.cursor_ms != self._read_from.get(source.pk, (None, 0))[0]:
                self._read_from[source.pk] = (source.cursor_ms, began_at)
            behind = self._behind(source, there, excused)
            missed += len(behind)
            passed = {pk: ms for pk, ms in behind.items() if self._is_passed(source, ms)}
            assert not passed, f"{step}: the cursor of {source.query} is {source.cursor_ms} and passed {passed}"
        return missed

    def read_of(self, ids: list[str]) -> list[str]:
        """Those of them that the mirror holds as they stand, and that the tool shows by their change."""
        there = self._tool.outlines()
        held = dict(Task.objects.filter(external_id__in=ids).values_list("external_id", "remote_updated_at"))
        shown = [one for one in ids if not there[one].is_quiet]
        return [one for one in shown if one in held and epoch_ms(held[one]) == there[one].updated_ms]

    def note(self) -> dict[str, Outline]:
        """Every task as it stands, after noting what changed without being shown. To be called after each change.

        A task that was edited elsewhere, and then came to a source without being changed by that, would else look like
        one that was edited where it is.
        """
        there = self._tool.outlines()
        for pk, outline in there.items():
            before = self._before.get(pk)
            is_new_there = bool(outline.places - before.places) if before else bool(outline.places)
            is_silent = before is not None and before.updated_ms == outline.updated_ms
            if (is_new_there and is_silent) or (outline.is_quiet and outline != before):
                self._unseen.add(pk)
            elif outline.places and not is_silent:
                self._unseen.discard(pk)
        self._before = there
        return there

    def _check_versions(self, step: str) -> None:
        found = dict(Task.objects.values_list("external_id", "remote_updated_at"))
        older = {pk: (self._versions[pk], at) for pk, at in found.items() if at < self._versions.get(pk, at)}
        assert not older, f"{step}: {older} went back"
        self._versions = found

    def _oldest_open_run(self) -> int:
        """When the oldest of the runs began that may have moved a cursor since the last step, epoch milliseconds."""
        worked = SyncRun.objects.filter(pk__gt=self._runs_before, is_census=False)
        began = worked.aggregate(at=Min("started_at"))["at"]
        newest = SyncRun.objects.filter(finished_at__isnull=False).order_by("-pk").values_list("pk", flat=True).first()
        self._runs_before = newest or 0
        return epoch_ms(began) if began else 0

    def _behind(self, source: TaskSource, there: dict[str, Outline], excused: set[str]) -> dict[str, int]:
        """By id when those tasks changed that the mirror lacks, or holds as they were before."""
        if source.full_read_at is None:
            return {}
        links = SourceTask.objects.filter(source=source)
        held = {pk: epoch_ms(at) for pk, at in links.values_list("task__external_id", "task__remote_updated_at")}
        return {
            pk: one.updated_ms
            for pk, one in there.items()
            if source.query in one.places and pk not in excused and held.get(pk, -1) < one.updated_ms
        }

    def _is_passed(self, source: TaskSource, updated_ms: int) -> bool:
        """Whether nobody will ask for that change again: what an index hid is asked for once more by the overlap."""
        cursor_ms = source.cursor_ms
        if cursor_ms is None:
            return False
        began_ms = self._read_from[source.pk][1]
        was_hidden = updated_ms + self.lag_seconds * 1000 > began_ms
        return updated_ms < (cursor_ms - OVERLAP_MS if was_hidden and self.lag_seconds else cursor_ms)

    def check_equality(self, seed: str) -> None:
        """The mirror holds what the tool holds, nothing else, and counts it."""
        there = self._tool.outlines()
        for source in self._sources:
            source.refresh_from_db()
            source.milestone.refresh_from_db()
            rows = sorted(set(_by_a_client_of_its_own(source)))
            where = f"{seed}, {source.query}"
            differing = sorted({*_in_the_mirror(source)} ^ {*rows})
            assert not differing, f"{where}: {differing}"
            shown = {pk: _instant(one.updated_ms) for pk, one in there.items() if source.query in one.places}
            assert {row[0]: row[4] for row in rows} == shown, where
            assert source.at_source == len(rows), where
            assert source.milestone.tasks_total == sum(row[3] != TaskState.CANCELLED for row in rows), where
            assert source.milestone.tasks_done == sum(row[3] == TaskState.DONE for row in rows), where
        assert not QuarantinedPayload.objects.exists()
        assert not Task.objects.filter(links__isnull=True, removed_at__isnull=True).exists()
        assert not Task.objects.filter(removed_at__isnull=False, removed_why="").exists()


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)


def _by_a_client_of_its_own(source: TaskSource) -> Iterator[Row]:
    """From the first page to the last."""
    token: str | None = None
    with closing(open_source(source.connection)) as client:
        while True:
            page = client.page(SourceQuery(source.kind, source.query), updated_since_ms=None, token=token)
            yield from ((one.external_id, one.key, one.title, one.state.value, one.updated_at) for one in page.records)
            token = page.next_token
            if token is None:
                return


def _in_the_mirror(source: TaskSource) -> Iterator[Any]:
    rows = Task.objects.filter(links__source=source, removed_at__isnull=True)
    yield from rows.values_list("external_id", "key", "title", "state", "remote_updated_at")
