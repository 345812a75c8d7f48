"""What the mirror says about a milestone: its counts and its days, handed to the milestones' own action.

What is alike the database adds up (`sums`); what came, left, is shared, there twice or chosen by rules is looked at
task by task, in a stream, so that memory does not grow with their number. The rules: docs/algorithms/progress.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.db.models.query import ValuesIterable

from integrations.domain.counting import Rules, Tally, shares_of, size_of
from integrations.domain.types import ScopeKind, TaskState
from integrations.models import SourceTask, Task, TaskShare, TaskSource
from integrations.suggestions import refresh_suggestions
from integrations.sync.scope import SIZE_COLUMNS, note_tasks
from integrations.sync.sums import AT_ONCE, days_of_arrival, days_of_completion, sizes, streamed, taken_links
from milestones.actions.progress import record_progress
from milestones.domain.progress import DayCount, TaskCounts, size_words
from milestones.models import Milestone
from people.selectors import workspace

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.models import User

_COUNTS = 1_819_636_833
"""Tells this lock of PostgreSQL's from every other one on the same number."""


def one_at_a_time(milestone_ids: Collection[int]) -> None:
    """Until the transaction ends nobody else counts in these milestones' launches, or writes their links.

    Two who count at once would each miss what the other has not yet committed, and the later would write that down.
    Whoever is to count takes it before the first row, lest one wait for the lock and another for the rows. Nobody who
    edits a milestone waits for it. SQLite has one writer anyway.
    """
    if database.vendor == "postgresql":
        launches = "SELECT DISTINCT launch_id FROM milestones_milestone WHERE id = ANY(%s) ORDER BY launch_id"
        with database.cursor() as cursor:
            cursor.execute(
                f"SELECT pg_advisory_xact_lock(%s, launch_id::int) FROM ({launches}) AS touched",  # noqa: S608  own names
                [_COUNTS, list(milestone_ids)],
            )


def count_milestone(
    milestone_id: int, *, synced_at: datetime, actor: User | None = None, just_read: TaskSource | None = None
) -> None:
    """Count the milestone's tasks anew, each once though several sources find it; in the caller's transaction.

    Milestones that share tasks with it are counted, too, when some came or left. What an actor does is no change of
    scope, nor what a source brings that is read for the first time. `just_read`: the source whose end this is, as it
    was before that reading.
    """
    one_at_a_time([milestone_id])
    count = Counted(milestone_id, synced_at, notes_scope=actor is None, just_read=just_read)
    count.read()
    count.mark()
    _write([count, *(_again(pk, synced_at) for pk in sorted(count.shared_with) if count.is_moved)], actor)


def recount(milestone_id: int, *, formerly: Iterable[int] = (), now: datetime, actor: User) -> None:
    """Count it anew after a person changed what counts, and what shares tasks with it now or did `formerly`.

    In the caller's transaction. Their tasks are as fresh as they were.
    """
    one_at_a_time([milestone_id])
    count = _again(milestone_id, now)
    others = count.shared_with.union(formerly) - {milestone_id}
    _write([count, *(_again(pk, now) for pk in sorted(others))], actor)


def sharers_of(milestone_id: int, now: datetime) -> set[int]:
    """The other milestones of its launch for which some of its tasks count, too."""
    return counted_now(milestone_id, now).shared_with


def counted_now(milestone_id: int, now: datetime) -> Counted:
    """How the milestone counts as the mirror stands, for showing: nothing is written."""
    count = Counted(milestone_id, now, notes_scope=False)
    with transaction.atomic():
        count.read()
    return count


def _again(milestone_id: int, now: datetime) -> Counted:
    """One milestone read again, as fresh as it was."""
    count = Counted(milestone_id, now, notes_scope=False)
    count.synced_at = count.milestone.tasks_synced_at or now
    count.read()
    count.mark()
    return count


def _write(counts: Sequence[Counted], actor: User | None) -> None:
    """Lock them in one order, so that two runs which share tasks do not wait for each other for ever."""
    ids = sorted(count.milestone.pk for count in counts)
    if len(ids) > 1:
        list(Milestone.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").only("pk"))
    for count in counts:
        count.write(actor=actor)
    refresh_suggestions(ids)


def _others_of(milestone: Milestone, found: Q) -> Any:
    """Links by which other milestones of the launch count tasks."""
    links = SourceTask.objects.filter(
        found, source__milestone__launch_id=milestone.launch_id, source__milestone__deleted_at=None, is_counted=True
    )
    return links.exclude(source__milestone_id=milestone.pk)


@dataclass
class _Days:
    """Per day what arrived and what was completed, in the workspace's zone."""

    zone: ZoneInfo
    arrived: Counter[date] = field(default_factory=Counter)
    completed: Counter[date] = field(default_factory=Counter)

    def add(self, created_at: datetime | None, done_at: datetime | None) -> None:
        """One task; what was done before it was made, as imported ones are, arrived when it was done."""
        came_at = created_at
        if created_at is None or (done_at is not None and done_at < created_at):
            came_at = done_at
        if came_at is not None:
            self.arrived[came_at.astimezone(self.zone).date()] += 1
        if done_at is not None:
            self.completed[done_at.astimezone(self.zone).date()] += 1

    def counts(self) -> list[DayCount]:
        """The days on which something happened, with the scope at the end of each."""
        scope, days = 0, []
        for day in sorted(self.arrived | self.completed):
            scope += self.arrived[day]
            days.append(DayCount(day, self.arrived[day], self.completed[day], scope))
        return days


class Counted:
    """One milestone, read once and written once."""

    def __init__(
        self, milestone_id: int, synced_at: datetime, *, notes_scope: bool, just_read: TaskSource | None = None
    ) -> None:
        columns = ("launch_id", "progress_unit", "tasks_synced_at")
        self.milestone: Milestone = Milestone.objects.only(*columns).get(pk=milestone_id)
        self.synced_at = synced_at
        self.shared_with: set[int] = set()
        self.shares: dict[str, dict[int, float]] = {}
        """By the key of a task that other milestones of the launch hold, too: the part that counts for each."""
        self.shared: dict[int, str] = {}
        """Those of them that count here: task id to key."""
        self.tally = Tally()
        self._seen_at = synced_at
        self._notes_scope = notes_scope
        rows = TaskSource.objects.filter(
            milestone__launch_id=self.milestone.launch_id, milestone__deleted_at__isnull=True
        )
        own = [row for row in rows if row.milestone_id == milestone_id]
        self._rules = {row.pk: Rules.from_json(row.counting) for row in own}
        self._without_rules = {pk for pk, rules in self._rules.items() if rules.takes_all}
        before = {row.pk: row for row in own} | ({just_read.pk: just_read} if just_read else {})
        # By each source itself: the milestone is as fresh as the oldest, and one that can't be read says nothing here.
        self._new_sources = {pk for pk, row in before.items() if row.full_read_at is None}
        self._read_before = {pk: row.synced_at for pk, row in before.items()}
        self._has_neighbours = len(own) < len(rows)
        self._tells_copies = len({row.connection_id for row in rows}) > 1
        """Whether one task may be there twice, through two connections: then its address says so."""
        self._days = _Days(ZoneInfo(workspace().time_zone))
        self._in_progress = 0
        self._flips: dict[bool, list[int]] = {True: [], False: []}
        self._came: list[tuple[int, datetime, str]] = []
        self._left: list[tuple[int, datetime, str]] = []

    @property
    def size_words(self) -> str:
        """What a task without a size counts as: `3 points`."""
        if not self.tally.is_sized:
            return "1"
        return size_words(self.tally.stand_in, self.milestone.progress_unit)

    @property
    def is_moved(self) -> bool:
        """Whether tasks came or left, so that the shares of others are no longer what they were."""
        return bool(self._new_sources or self._flips[True] or self._flips[False])

    def read(self) -> None:
        """Look at every task once; what is alike in all that counts, the database adds up."""
        shares = self._shares()
        adds_up = not self._tells_copies and len(self._without_rules) == len(self._rules)
        if adds_up:
            self._add_up(taken_links(self._rules, _others_of(self.milestone, Q()) if shares else None))
        for task in self._counted(self._apart(is_any_shared=bool(shares)) if adds_up else Q()):
            key = self._key(task)
            if key in shares:
                self.shared[task["task_id"]] = key
            if key in shares or not adds_up:
                self._add(task, shares.get(key, 1.0))

    def _apart(self, *, is_any_shared: bool) -> Q:
        """The links of tasks that came, left, or are shared with other milestones."""
        is_there = Q(task__removed_at=None)
        moved = SourceTask.objects.filter(Q(is_counted=True) & ~is_there | Q(is_counted=False) & is_there)
        apart = Q(task_id__in=moved.filter(source_id__in=list(self._rules)).values("task_id"))
        return apart | Q(task_id__in=_others_of(self.milestone, Q()).values("task_id")) if is_any_shared else apart

    def _add_up(self, links: QuerySet[SourceTask]) -> None:
        for source_id, state, size, number in sizes(links, SIZE_COLUMNS.get(self.milestone.progress_unit, "")):
            self.tally.add(is_done=state == TaskState.DONE, size=size_of(size), came_by=source_id, times=number)
            self._in_progress += number * (state == TaskState.IN_PROGRESS)
        for day, number in days_of_arrival(links, self._days.zone):
            self._days.arrived[day] += number
        for day, number in days_of_completion(links, self._days.zone):
            self._days.completed[day] += number

    def _add(self, task: dict[str, Any], share: float) -> None:
        is_done = task["task__state"] == TaskState.DONE
        self.tally.add(is_done=is_done, size=self._size(task), share=share, came_by=task["source_id"])
        if share:
            self._in_progress += task["task__state"] == TaskState.IN_PROGRESS
            self._days.add(task["task__remote_created_at"], task["task__completed_at"] if is_done else None)

    def mark(self) -> None:
        """On the links, at once: milestones that share tasks with this one go by them."""
        for is_counted, links in self._flips.items():
            for start in range(0, len(links), AT_ONCE):
                SourceTask.objects.filter(pk__in=links[start : start + AT_ONCE]).update(is_counted=is_counted)

    def write(self, *, actor: User | None = None) -> None:
        """The changes of scope, and the milestone's own columns."""
        note_tasks(self.milestone.pk, ScopeKind.ADDED, self._came, seen_at=self._seen_at)
        note_tasks(self.milestone.pk, ScopeKind.REMOVED, self._left, seen_at=self._seen_at)
        days = self._days.counts()
        says_work = self.tally.is_sized or self.tally.is_shared
        work_done, work_total = self.tally.work() if says_work else (None, None)
        record_progress(
            milestone_id=self.milestone.pk,
            counts=TaskCounts(
                total=self.tally.total,
                done=self.tally.done,
                in_progress=self._in_progress,
                last_completed_on=max((day.day for day in days if day.completed), default=None),
                synced_at=self.synced_at,
                work_total=work_total,
                work_done=work_done,
            ),
            work_days=days,
            sources_linked=len(self._rules),
            actor=actor,
        )

    def _key(self, link: Mapping[str, Any]) -> str:
        """What tells one task from another: its address where it may be there twice."""
        return (self._tells_copies and link["task__url"]) or f"#{link['task_id']}"

    def _size(self, task: dict[str, Any]) -> float | None:
        column = SIZE_COLUMNS.get(self.milestone.progress_unit)
        return size_of(task[f"task__{column}"]) if column else None

    def _counted(self, looked_at: Q) -> Iterator[dict[str, Any]]:
        """Each task that counts, once, and of its copies the one that was changed last; cancelled ones are left out."""
        for _, found in groupby(self._links(looked_at), key=self._key):
            links = list(found)
            taken = [link for link in links if link["task__removed_at"] is None and self._takes(link)]
            if len(taken) < len(links) or not all(link["is_counted"] for link in taken):
                self._flip(links, taken)
            if taken:
                newest = taken[0]
                if self._tells_copies and len(taken) > 1:
                    newest = max(taken, key=lambda link: (link["task__remote_updated_at"], -link["task_id"]))
                if newest["task__state"] != TaskState.CANCELLED:
                    yield newest

    def _flip(self, links: list[dict[str, Any]], taken: list[dict[str, Any]]) -> None:
        """Note of a task's links which of them counts now and did not before, or the other way round."""
        for link in links:
            if link["is_counted"] != (is_taken := link in taken):
                self._flips[is_taken].append(link["pk"])
        if self._notes_scope:
            self._note([link for link in links if link["is_counted"]], taken)

    def _note(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
        """Whether the task came or left. What the rules take out of a source that is new was never in."""
        if bool(before) == bool(after):
            return
        link = (before or after)[0]
        if before:
            at = link["task__removed_at"] or self._seen_at
            if link["task__removed_at"] or any(one["source_id"] not in self._new_sources for one in before):
                self._left.append((link["task_id"], at, link["task__removed_why"]))
            return
        made_at, looked_at = link["task__remote_created_at"], self._read_before[link["source_id"]]
        is_new = made_at is not None and looked_at is not None and made_at > looked_at
        self._came.append((link["task_id"], made_at if is_new else self._seen_at, ""))

    def _takes(self, link: dict[str, Any]) -> bool:
        if link["source_id"] in self._without_rules:
            return True
        return self._rules[link["source_id"]].takes(
            kind=link["task__kind"],
            labels=link["task__labels"],
            status_word=link["task__status_word"],
            is_subtask=link["task__is_subtask"],
        )

    def _links(self, looked_at: Q) -> Iterator[dict[str, Any]]:
        """Those of all the milestone's sources, with those of one task next to each other."""
        columns = [
            "pk", "source_id", "task_id", "is_counted", "task__state", "task__removed_at", "task__removed_why",
            "task__remote_created_at", "task__completed_at",
        ]  # fmt: skip
        if len(self._without_rules) < len(self._rules):
            columns += ["task__kind", "task__labels", "task__status_word", "task__is_subtask"]
        if column := SIZE_COLUMNS.get(self.milestone.progress_unit):
            columns.append(f"task__{column}")
        order = ["task_id"]
        if self._tells_copies:
            columns += ["task__url", "task__remote_updated_at"]
            order = ["task__url", "task_id"]
        links = SourceTask.objects.filter(looked_at, source_id__in=list(self._rules)).order_by(*order, "pk")
        return streamed(links.values(*columns), ValuesIterable)

    def _shares(self) -> dict[str, float]:
        """Which part of a task counts here, by its key, where another milestone of the launch holds it, too."""
        if not self._has_neighbours:
            return {}
        mine = Task.objects.filter(links__source__milestone_id=self.milestone.pk)
        same = Q(task_id__in=mine.values("pk"))
        if self._tells_copies:
            same |= Q(task__url__in=mine.exclude(url="").values("url"))
        held: defaultdict[str, set[int]] = defaultdict(set)
        for link in _others_of(self.milestone, same).values("task_id", "task__url", "source__milestone_id"):
            held[self._key(link)].add(link["source__milestone_id"])
        self.shared_with = set[int]().union(*held.values())
        said = self._said() if held else {}
        own = self.milestone.pk
        self.shares = {key: shares_of(sorted({own, *others}), said.get(key, {})) for key, others in held.items()}
        return {key: shares[own] for key, shares in self.shares.items()}

    def _said(self) -> dict[str, dict[int, float]]:
        """What people said of the shares: by task, per milestone."""
        rows = TaskShare.objects.filter(milestone__launch_id=self.milestone.launch_id)
        said: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for row in rows.values("task_id", "task__url", "milestone_id", "share").order_by("pk"):
            said[self._key(row)][row["milestone_id"]] = row["share"]
        return said
