"""A launch's front page: its milestones in short, what needs attention, the latest word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from launches.models import Launch, Update
from luna.lib.prepared import Prepared
from milestones.domain.progress import done_of
from milestones.domain.rollup import progress_of
from milestones.domain.signals import not_named, told
from milestones.domain.thresholds import FRESH_HOURS
from milestones.domain.types import State
from milestones.models import PRIORITY_WORDS, Milestone
from milestones.selectors import known_names
from reports.collect.attention import attention_of
from reports.content.attention import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.collect.attention import Attention, Reader

_OVER = {State.COMPLETED, State.CANCELLED}


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone on the overview, hashable: its rendered row is kept under all but the last three."""

    pk: int
    key: str
    path: str
    name: str
    state: str
    health: str
    owner: str
    unblocker: str
    priority: str
    progress: float
    tasks_done: int
    tasks_total: int
    counted: str
    """`13 of 25 points`: the figures behind the per cent, where tasks are linked."""
    sources_linked: int
    due_date: date | None
    completed_date: date | None
    p50: date | None
    p85: date | None
    is_out_of_sight: bool
    """Whether there is a forecast, and no day that is 85 % sure in sight."""
    owner_id: int | None = field(default=None, compare=False)
    synced_at: datetime | None = field(default=None, compare=False)
    """When its oldest source was read."""
    reasons: tuple[Reason, ...] = field(default=(), compare=False)
    """Why an open one stands as it does, worst first."""

    @property
    def is_open(self) -> bool:
        """Neither completed nor cancelled."""
        return self.state not in _OVER

    @property
    def tasks_label(self) -> str:
        """For the moon: the figures behind it."""
        part = f"{self.progress:.0%}".replace("%", " % complete")
        return f"{part}, {self.counted}" if self.sources_linked else part


@dataclass(frozen=True, slots=True)
class LatestUpdate:
    """The launch's newest word."""

    headline: str
    highlights: str
    learnings: str
    next_steps: str
    created_at: datetime
    author: str


@dataclass(frozen=True)
class Overview:
    """Everything of the page, in four statements, in up to two more for what waits for what."""

    rows: list[MilestoneRow]
    attention: list[Attention]
    update: LatestUpdate | None
    signals: list[dict[str, Any]]
    """The worst one of each milestone and of each risk of the launch, worst first."""

    def stale_since(self, now: datetime) -> datetime | None:
        """When the first of its open milestones passed the freshness limit; None while all are fresh."""
        read = [row.synced_at for row in self.rows if row.is_open and row.sources_linked and row.synced_at]
        limit = min(read, default=now) + timedelta(hours=FRESH_HOURS)
        return limit if limit < now else None


def overview(launch: Launch, reader: Reader, today: date) -> Overview:
    """The launch as it stands; milestones of other launches are named as far as its reader may know them."""
    found = _MILESTONES.rows(launch_id=launch.pk)
    spoken = (signal for values in found for signal in values[13])
    names = known_names(not_named([*launch.summary.signals, *spoken]), reader.user)
    rows = [_row(names, launch.key, *values) for values in found]
    update = next((LatestUpdate(*words) for words in _LATEST.rows(launch_id=launch.pk)), None)
    attention = attention_of(launch, rows, reader, today)
    worst: dict[Any, dict[str, Any]] = {}
    for signal in launch.summary.signals:
        worst.setdefault(signal.get("milestone_id") or (signal["rule"], signal.get("about_id")), signal)
    signals = [{**signal, "sentence": told(signal, names)} for signal in worst.values()]
    return Overview(rows, attention, update, signals)


@lru_cache(maxsize=16_384)
def _path(key: str, pk: int) -> str:
    """Composing an address takes longer than all else of a row."""
    return reverse("milestones:detail", args=[key, pk])


_LATEST = Prepared(
    lambda launch_id: (
        Update.objects.filter(launch_id=launch_id, deleted_at__isnull=True)
        .order_by("-created_at", "-pk")
        .values_list("headline", "highlights", "learnings", "next_steps", "created_at", "author__name")[:1]
    ),
    launch_id=int,
)
_MILESTONES = Prepared(
    lambda launch_id: (
        Milestone.objects.existing()
        .filter(launch_id=launch_id)
        .order_by("position", "pk")
        .values_list(
            "pk", "name", "state", "health", "owner__name", "unblocker__name", "priority", "tasks_done",
            "tasks_total", "sources_linked", "due_date", "completed_date", "progress_by_hand", "signals",
            "progress_unit", "work_done", "work_total", "forecast__p50",
            "forecast__p85", "forecast__basis", "owner_id", "tasks_synced_at",
        )
    ),
    launch_id=int,
)  # fmt: skip


def _row(names: Mapping[int, str], key: str, *values: Any) -> MilestoneRow:
    pk, name, state, health, owner, unblocker, priority, done, total, linked, due, completed, by_hand, signals = values[
        :14
    ]
    unit, work_done, work_total, p50, p85, basis, owner_id, synced_at = values[14:]
    counted = done_of(unit=unit, tasks_done=done, tasks_total=total, work_done=work_done, work_total=work_total)
    is_open = state not in _OVER
    return MilestoneRow(
        pk=pk,
        key=key,
        path=_path(key, pk),
        name=name,
        state=state,
        health=health if is_open else state,
        owner=owner or "",
        unblocker=unblocker or "",
        priority=PRIORITY_WORDS[priority],
        progress=progress_of(state, is_linked=linked > 0, done=counted.done, total=counted.total, by_hand=by_hand),
        tasks_done=done,
        tasks_total=total,
        counted=counted.words if linked else "",
        sources_linked=linked,
        due_date=due,
        completed_date=completed,
        p50=p50 if is_open else None,
        p85=p85 if is_open else None,
        is_out_of_sight=is_open and bool(basis) and p85 is None,
        owner_id=owner_id,
        synced_at=synced_at,
        reasons=tuple(_reason(signal, names) for signal in signals) if is_open else (),
    )


def _reason(signal: Mapping[str, Any], names: Mapping[int, str]) -> Reason:
    return Reason(signal["rule"], signal["level"], told(signal, names), signal.get("about_id"))
