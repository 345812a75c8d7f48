"""What counts for a milestone, for its pages: the figure and its parts, shared tasks, changes of scope, a preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from integrations.domain.counting import Rules, exact_parts
from integrations.domain.types import ScopeKind, TaskState
from integrations.models import ScopeChange, SourceTask, Task, TaskSource
from integrations.sync.counting import Counted, counted_now
from luna.ui.wording import percent
from milestones.domain.progress import size_words
from milestones.domain.types import State
from milestones.models import Milestone

SHOWN = 50
SCOPE_SPAN = timedelta(days=7)
WHY_WORDS: dict[str, str] = {
    "deleted": "deleted in its tool",
    "moved": "no longer found there",
    "no_access": "no longer shown to Luna",
    "unlinked": "its source was unlinked",
    "": "left out by the rules",
}


@dataclass(frozen=True)
class SourcePart:
    """A source's rules, and what it adds to the milestone's progress."""

    source: TaskSource
    rules: str
    points: int | None
    """Percentage points of the milestone's progress; None where the milestone does not go by its tasks."""


@dataclass(frozen=True)
class SharedTask:
    """A task of several milestones of the launch, and which part of it counts here."""

    task: Task
    percent: int
    others: list[tuple[str, int]]
    """The other milestones' names and their per cent."""


@dataclass(frozen=True)
class Scope:
    """How the scope changed within a span."""

    added: int = 0
    removed: int = 0
    re_estimated: int = 0

    @property
    def words(self) -> str:
        """`+3, −1, 2 estimated anew`, or nothing where nothing changed."""
        said = [
            f"+{self.added}" if self.added else "",
            f"−{self.removed}" if self.removed else "",
            f"{self.re_estimated} estimated anew" if self.re_estimated else "",
        ]
        return ", ".join(part for part in said if part)


@dataclass(frozen=True)
class ScopeLine:
    """One change of scope: `left: deleted in its tool`."""

    task: Task
    at: datetime
    words: str


@dataclass
class Preview:
    """What rules would take of the tasks that a source found, and what there is to choose from."""

    counted: int = 0
    left_out: int = 0
    sample: list[Task] = field(default_factory=list)
    """Some of those left out."""
    kinds: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    subtasks: int = 0


def scope_since(milestone: Milestone, since: datetime) -> Scope:
    """The changes seen since then, in one statement."""
    rows = ScopeChange.objects.filter(milestone=milestone, seen_at__gte=since).order_by()
    found = {row["kind"]: row["n"] for row in rows.values("kind").annotate(n=Count("pk"))}
    return Scope(*(found.get(kind.value, 0) for kind in (ScopeKind.ADDED, ScopeKind.REMOVED, ScopeKind.RE_ESTIMATED)))


def scope_changes(milestone: Milestone) -> list[ScopeLine]:
    """The newest changes of its scope, in words."""
    found = ScopeChange.objects.filter(milestone=milestone).select_related("task")[:SHOWN]
    return [ScopeLine(change.task, change.at, _scope_words(change, milestone.progress_unit)) for change in found]


def _scope_words(change: ScopeChange, unit: str) -> str:
    if change.kind == ScopeKind.ADDED:
        return "came"
    if change.kind == ScopeKind.REMOVED:
        return f"left: {WHY_WORDS.get(change.why, change.why)}"
    before, after = change.before, change.after
    was, now = ("no estimate" if size is None else size_words(size, unit) for size in (before, after))
    return f"estimated anew: {was} → {now}"


def source_parts(milestone: Milestone, count: Counted) -> list[SourcePart]:
    """Per source its rules and what it adds: together exactly the per cent that the page shows."""
    sources = list(TaskSource.objects.filter(milestone=milestone).select_related("connection"))
    done = count.tally.done_by_source()
    shown = int(percent(milestone.progress).split()[0])
    points = exact_parts([done.get(source.pk, 0.0) for source in sources], shown)
    says = milestone.state != State.COMPLETED
    return [
        SourcePart(source, Rules.from_json(source.counting).words, part if says else None)
        for source, part in zip(sources, points, strict=True)
    ]


def shared_tasks(milestone: Milestone, count: Counted) -> list[SharedTask]:
    """Some of the tasks that count for other milestones of the launch, too."""
    ids = sorted(count.shared)[:SHOWN]
    tasks = Task.objects.in_bulk(ids)
    names = dict(Milestone.objects.filter(pk__in=count.shared_with).values_list("pk", "name")) if ids else {}
    return [_shared(tasks[pk], count.shares[count.shared[pk]], milestone.pk, names) for pk in ids]


def _shared(task: Task, shares: Mapping[int, float], own: int, names: Mapping[int, str]) -> SharedTask:
    order = sorted(shares, key=lambda pk: pk != own)
    said = dict(zip(order, exact_parts([shares[pk] for pk in order], 100), strict=True))
    return SharedTask(task, said[own], [(names[pk], said[pk]) for pk in order if pk != own])


def count_of(milestone: Milestone, now: datetime) -> Counted:
    """How its tasks count as the mirror stands."""
    return counted_now(milestone.pk, now)


def preview_of(source: TaskSource, rules: Rules) -> Preview:
    """What the rules take of what the mirror holds of the source; cancelled and removed tasks are left aside."""
    links = SourceTask.objects.filter(source=source, task__removed_at__isnull=True)
    links = links.exclude(task__state=TaskState.CANCELLED).order_by("task_id")
    columns = ("task_id", "task__kind", "task__labels", "task__status_word", "task__is_subtask")
    preview = Preview()
    left_out: list[int] = []
    for pk, kind, labels, status_word, is_subtask in links.values_list(*columns).iterator(chunk_size=2000):
        preview.kinds[kind] += 1
        preview.labels.update(labels)
        preview.statuses[status_word] += 1
        preview.subtasks += is_subtask
        if rules.takes(kind=kind, labels=labels, status_word=status_word, is_subtask=is_subtask):
            preview.counted += 1
        else:
            preview.left_out += 1
            left_out += [pk] if len(left_out) < 5 else []
    preview.sample = list(Task.objects.filter(pk__in=left_out).order_by("pk"))
    return preview


def holders_of(task: Task, milestone: Milestone, now: datetime) -> dict[int, float]:
    """The shares of a task among the milestones of the launch; empty where this one alone counts it, or nobody."""
    count = counted_now(milestone.pk, now)
    return dict(count.shares[count.shared[task.pk]]) if task.pk in count.shared else {}
