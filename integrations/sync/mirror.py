"""Writing one page into the mirror: a few statements for its tasks and their links, whatever the page's size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from operator import attrgetter

from django.db.models import Exists, OuterRef

from integrations.domain.types import RemovedWhy
from integrations.models import QuarantinedPayload, SourceTask, Task, TaskBlocker, TaskSource
from integrations.sources.base import BadPayload, Page, TaskRecord
from integrations.sync import statements
from integrations.sync.scope import note_estimates, note_leaving
from integrations.sync.statements import Known, Link


@dataclass(frozen=True)
class Written:
    """What a page changed in the mirror."""

    changed: int = 0
    """Tasks that were new, or newer, or read otherwise than before."""
    milestones: frozenset[int] = frozenset()
    """Those that its changed rows and new links count for."""
    unmirrored: int = 0
    """Tasks that could not be read and never could."""


def as_one(pages: Sequence[Page]) -> Page:
    """Pages that followed each other, as if one had brought it all: a later one knows better what can be read."""
    if len(pages) == 1:
        return pages[0]
    bad: dict[str, BadPayload] = {}
    for page in pages:
        for record in page.records if bad else ():
            bad.pop(record.external_id, None)
        bad |= {one.external_id: one for one in page.quarantined}
    records = tuple(chain.from_iterable(page.records for page in pages))
    asked_at = min((page.asked_at for page in pages if page.asked_at is not None), default=None)
    return Page(records, tuple(bad.values()), pages[-1].next_token, asked_at)


def write_page(source: TaskSource, page: Page, *, run_id: int, marks_seen: bool, now: datetime) -> Written:
    """Write the page's tasks, links and quarantine, in the caller's transaction.

    `marks_seen`: note of each link that the run saw it, for the comparison at the source's end.
    """
    statements.wait_for_no_disk()
    # In one order, so that a run and a webhook's fetch wait for each other's rows instead of colliding.
    newest = {one.external_id: one for one in sorted(page.records, key=attrgetter("updated_at"))}
    records = [newest[external_id] for external_id in sorted(newest)]
    asked_at = page.asked_at or now
    tasks = _write_tasks(source.connection_id, records, page.quarantined, asked_at=asked_at, now=now)
    # A task whose payload can't be read just now stays linked, too.
    bad = {one.external_id for one in page.quarantined} - set(tasks.ids)
    unreadable = {known.pk for known in statements.known_tasks(source.connection_id, bad).values()} if bad else set()
    linked = _link(source, tasks, unreadable, run_id=run_id, marks_seen=marks_seen)
    milestones = milestones_of([pk for pk in tasks.changed | linked if pk not in tasks.new])
    if linked:
        milestones.add(source.milestone_id)
    unmirrored = len(bad) - len(unreadable) if marks_seen else 0
    return Written(len(tasks.changed), frozenset(milestones), unmirrored)


def write_tasks(
    connection_id: int,
    records: Sequence[TaskRecord],
    quarantined: Sequence[BadPayload],
    *,
    asked_at: datetime,
    now: datetime,
) -> list[int]:
    """Write tasks, what they wait for, and the quarantine, in the caller's transaction; the ids of the rows written."""
    return sorted(_write_tasks(connection_id, records, quarantined, asked_at=asked_at, now=now).changed)


@dataclass(frozen=True)
class _Tasks:
    """A page's tasks after they were written."""

    ids: dict[str, int] = field(default_factory=dict)
    """By external id those that are there: without what was found gone after the page was asked for."""
    changed: frozenset[int] = frozenset()
    new: frozenset[int] = frozenset()
    """Those of the changed that the mirror did not have: no source links them yet."""


def _write_tasks(
    connection_id: int,
    records: Sequence[TaskRecord],
    quarantined: Sequence[BadPayload],
    *,
    asked_at: datetime,
    now: datetime,
) -> _Tasks:
    tasks = _write_readable(connection_id, records, asked_at, now) if records else _Tasks()
    _quarantine(connection_id, quarantined, now)
    return tasks


def _write_readable(connection_id: int, records: Sequence[TaskRecord], asked_at: datetime, now: datetime) -> _Tasks:
    readable = [record.external_id for record in records]
    known = statements.known_tasks(connection_id, readable)
    sizes = {external_id: (task.estimate_seconds, task.points) for external_id, task in known.items()}
    there = [one for one in records if one.external_id in sizes]
    if resized := [one for one in there if sizes[one.external_id] != (one.estimate_seconds, one.points)]:
        note_estimates(connection_id, resized, now)
    written = statements.upsert_tasks(connection_id, records, asked_at=asked_at)
    ids = {external_id: task.pk for external_id, task in known.items() if not task.is_removed} | written
    if missing := [one for one in readable if one not in ids and one not in known]:
        # Somebody else wrote the same at the same moment.
        ids |= {one: task.pk for one, task in statements.known_tasks(connection_id, missing).items()}
    new = {external_id: pk for external_id, pk in written.items() if external_id not in known}
    _write_blockers(records, known, written)
    statements.let_out_of_quarantine(connection_id, readable)
    return _Tasks(ids, frozenset(written.values()), frozenset(new.values()))


def milestones_of(task_ids: Collection[int]) -> set[int]:
    """The milestones whose sources hold any of the tasks."""
    if not task_ids:
        return set()
    return set(
        SourceTask.objects.filter(task_id__in=task_ids).values_list("source__milestone_id", flat=True).distinct()
    )


def mark_seen(source: TaskSource, external_ids: Sequence[str], *, run_id: int) -> dict[str, datetime]:
    """Note of the source's links to these that the run saw them.

    The ids that are linked, and not removed, each with the instant of change that the mirror knows.
    """
    tasks = statements.known_tasks(source.connection_id, external_ids)
    there = {external_id: task for external_id, task in tasks.items() if not task.is_removed}
    links = statements.linked_tasks(source.pk, [task.pk for task in there.values()]) if there else {}
    _mark(links.values(), run_id)
    return {external_id: task.updated_at for external_id, task in there.items() if task.pk in links}


def _mark(links: Iterable[Link], run_id: int) -> None:
    unmarked = sorted(link.pk for link in links if link.seen_by != run_id)
    if unmarked:
        statements.mark_links(unmarked, run_id=run_id)


def set_aside(connection_id: int) -> set[str]:
    """The ids of payloads in quarantine."""
    return set(QuarantinedPayload.objects.filter(connection_id=connection_id).values_list("external_id", flat=True))


def let_go(task_ids: Collection[int], why: RemovedWhy, *, source: TaskSource | None, now: datetime) -> set[int]:
    """Unlink the tasks, from that source or, where they are gone, from all; the milestones that they counted for."""
    milestones = milestones_of(task_ids)
    note_leaving(task_ids, why, now, source_id=source.pk if source else None)
    links = SourceTask.objects.filter(task_id__in=task_ids)
    (links if source is None else links.filter(source=source)).delete()
    mark_removed(task_ids, now, why)
    return milestones


def mark_removed(task_ids: Iterable[int], now: datetime, why: RemovedWhy = RemovedWhy.UNLINKED) -> None:
    """Those of the tasks that no source holds any more are removed, as of now; they stay as they were last seen."""
    linked = SourceTask.objects.filter(task_id=OuterRef("pk"))
    gone = Task.objects.filter(~Exists(linked), pk__in=list(task_ids), removed_at__isnull=True)
    gone.update(removed_at=now, removed_why=why)


def _write_blockers(records: Sequence[TaskRecord], known: Mapping[str, Known], written: Mapping[str, int]) -> None:
    """What each task waits for, as its newest payload says; only what differs is written."""
    wanted: set[tuple[int, str]] = set()
    looked_at: list[int] = []
    for record in records:
        before = known.get(record.external_id)
        is_same = before is not None and before.updated_at == record.updated_at
        pk = before.pk if before is not None and is_same else written.get(record.external_id)
        if pk is not None:
            wanted.update((pk, blocker) for blocker in record.blocked_by)
            if before is not None:
                looked_at.append(pk)
    rows = TaskBlocker.objects.filter(task__in=looked_at) if looked_at else ()
    there = {(row.task_id, row.blocker_id_there): row.pk for row in rows}
    gone = [pk for link, pk in there.items() if link not in wanted]
    if gone:
        TaskBlocker.objects.filter(pk__in=gone).delete()
    if new := sorted(wanted - set(there)):
        statements.add_blockers(new)


def _link(
    source: TaskSource, tasks: _Tasks, unreadable: Collection[int], *, run_id: int, marks_seen: bool
) -> frozenset[int]:
    """Link what the mirror holds of a page; the ids of the tasks that were not linked before.

    They count at once where all is new; else the next count says that they came.
    """
    found = {*tasks.ids.values(), *unreadable}
    linked = statements.linked_tasks(source.pk, found - tasks.new) if found - tasks.new else {}
    if marks_seen:
        _mark(linked.values(), run_id)
    unlinked = sorted(found - set(linked))
    is_counted = source.full_read_at is None
    return frozenset(
        statements.link_tasks(source.pk, unlinked, run_id=run_id, is_counted=is_counted) if unlinked else ()
    )


def _quarantine(connection_id: int, bad: Iterable[BadPayload], now: datetime) -> None:
    rows = {
        one.external_id: QuarantinedPayload(
            connection_id=connection_id,
            external_id=one.external_id,
            reason=one.reason[:300],
            payload=one.payload,
            first_seen_at=now,
            last_seen_at=now,
        )
        for one in bad
    }
    if rows:
        QuarantinedPayload.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["connection", "external_id"],
            update_fields=["reason", "payload", "last_seen_at"],
        )
