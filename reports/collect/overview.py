"""A launch's front page: its milestones in short, what needs attention, the latest word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from launches.models import Launch, Update
from luna.lib.prepared import Prepared
from luna.ui.wording import day_words
from milestones.domain.progress import done_of
from milestones.domain.rollup import progress_of
from milestones.domain.signals import not_named, told
from milestones.domain.types import ApprovalState, DecisionState, Level, State
from milestones.models import PRIORITY_WORDS, Decision, Milestone
from milestones.selectors import known_names, waiting_approvals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from people.models import User

SOON_DAYS = 7
_OVER = {State.COMPLETED, State.CANCELLED}


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """All that the overview shows of a milestone, hashable: a rendered row is kept under it."""

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
    why: tuple[str, ...]
    """The two worst reasons behind the health of an open one."""

    @property
    def is_open(self) -> bool:
        """Neither completed nor cancelled."""
        return self.state not in _OVER

    @property
    def tasks_label(self) -> str:
        """For the moon: the figures behind it."""
        part = f"{self.progress:.0%}".replace("%", " % complete")
        return f"{part}, {self.counted}" if self.sources_linked else part


@dataclass(frozen=True)
class Attention:
    """One thing that someone should do: how bad, what, why, who, and where."""

    level: str
    title: str
    why: str
    who: str
    path: str = ""
    """Of the milestone that it is about."""
    tab: str = ""
    """`decisions` or `approvals` where it is done there."""
    asked: frozenset[int] = frozenset()
    """The users who are asked to decide or to vote."""


@dataclass(frozen=True)
class Overview:
    """Everything of the page, in four statements; in five where it waits for another launch."""

    rows: list[MilestoneRow]
    attention: list[Attention]
    update: Update | None
    signals: list[dict[str, Any]]
    """Those of the launch, worst first."""


def overview(launch: Launch, reader: User, today: date) -> Overview:
    """The launch as it stands; milestones of other launches are named as far as `reader` may know them."""
    found = _MILESTONES.rows(launch_id=launch.pk)
    spoken = (signal for *_, signals, _unit, _done, _total, _p50, _p85 in found for signal in signals)
    names = known_names(not_named([*launch.summary.signals, *spoken]), reader)
    rows = [_row(names, launch.key, *values) for values in found]
    update = Update.objects.filter(launch=launch, deleted_at__isnull=True).select_related("author").first()
    attention = [*_from_milestones(rows), *_from_decisions(launch, today), *_from_approvals(launch, today)]
    order = {Level.AT_RISK: 0, Level.POSSIBLE_DELAYS: 1}
    attention.sort(key=lambda item: order.get(Level(item.level), 2))
    signals = [{**signal, "sentence": told(signal, names)} for signal in launch.summary.signals]
    return Overview(rows, attention, update, signals)


@lru_cache(maxsize=16_384)
def _path(key: str, pk: int) -> str:
    """Composing an address takes longer than all else of a row."""
    return reverse("milestones:detail", args=[key, pk])


_MILESTONES = Prepared(
    lambda launch_id: (
        Milestone.objects.existing()
        .filter(launch_id=launch_id)
        .order_by("position", "pk")
        .values_list(
            "pk", "name", "state", "health", "owner__name", "unblocker__name", "priority", "tasks_done",
            "tasks_total", "sources_linked", "due_date", "completed_date", "progress_by_hand", "signals",
            "progress_unit", "work_done", "work_total", "forecast__p50",
            "forecast__p85",
        )
    ),
    launch_id=int,
)  # fmt: skip


def _row(names: Mapping[int, str], key: str, *values: Any) -> MilestoneRow:
    pk, name, state, health, owner, unblocker, priority, done, total, linked, due, completed, by_hand, signals = values[
        :14
    ]
    unit, work_done, work_total, p50, p85 = values[14:]
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
        why=tuple(told(signal, names) for signal in signals[:2]) if is_open else (),
    )


def _from_milestones(rows: Iterable[MilestoneRow]) -> list[Attention]:
    """The worst signals of each open milestone that does not stand well."""
    return [
        Attention(level=row.health, title=row.name, why=" ".join(row.why), who=_people(row), path=row.path)
        for row in rows
        if row.is_open and row.why and row.health in {Level.AT_RISK, Level.POSSIBLE_DELAYS}
    ]


def _people(row: MilestoneRow) -> str:
    if row.owner and row.unblocker:
        return f"{row.owner}, unblocked by {row.unblocker}"
    return row.owner or row.unblocker or "nobody owns it"


_DECISIONS = Prepared(
    lambda launch_id, until: Decision.objects.filter(
        launch_id=launch_id, deleted_at__isnull=True, state=DecisionState.OPEN, due_date__lte=until
    ).values_list("title", "due_date", "decider_id", "decider__name"),
    launch_id=int,
    until=date,
)


def _from_decisions(launch: Launch, today: date) -> list[Attention]:
    return [
        Attention(
            level=Level.AT_RISK if due_date < today else Level.POSSIBLE_DELAYS,
            title=f"To decide: {title}",
            why=_due_words(due_date, today),
            who=decider or "nobody is to decide it",
            tab="decisions",
            asked=frozenset({decider_id}),
        )
        for title, due_date, decider_id, decider in _DECISIONS.rows(
            launch_id=launch.pk, until=today + timedelta(days=SOON_DAYS)
        )
    ]


def _due_words(due: date, today: date) -> str:
    days = (due - today).days
    if days < 0:
        return f"It was due {-days} day{'s' if days < -1 else ''} ago."
    return "It is due today." if days == 0 else f"It is due in {days} day{'s' if days > 1 else ''}."


_APPROVALS = Prepared(
    lambda launch_id: (
        waiting_approvals()
        .filter(launch_id=launch_id)
        .order_by("-asked_at", "-pk", "approvers")
        .values_list(
            "pk", "title", "state", "asked_at", "approvers", "approvers__user", "approvers__user__name",
            "approvers__team__name", "approvers__team__members",
        )
    ),
    launch_id=int,
)  # fmt: skip
"""A line for each who is asked: a person, or a member of a team."""


def _from_approvals(launch: Launch, today: date) -> list[Attention]:
    lines = _APPROVALS.rows(launch_id=launch.pk)
    return [_from_approval(list(of_it), today) for _, of_it in groupby(lines, key=itemgetter(0))]


def _from_approval(lines: list[tuple[Any, ...]], today: date) -> Attention:
    _, title, state, asked_at, *_ = lines[0]
    names = {approver: name or team for *_, approver, _, name, team, _ in lines}
    return Attention(
        level=Level.POSSIBLE_DELAYS,
        title=f"To approve: {title}",
        why=_asked_words(state, asked_at, today),
        who=", ".join(name for name in names.values() if name),
        tab="approvals",
        asked=frozenset(user or member for *_, user, _, _, member in lines if user or member),
    )


def _asked_words(state: str, asked_at: datetime, today: date) -> str:
    if state == ApprovalState.CHANGES_REQUESTED:
        return "Changes were requested."
    return f"Asked on {day_words(timezone.localtime(asked_at).date(), today)}."
