"""A launch's front page: its milestones in short, what needs attention, the latest word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from launches.models import Launch, Update
from luna.ui.wording import day_words
from milestones.domain.types import ApprovalState, DecisionState, Level, State
from milestones.models import PRIORITY_WORDS, Approval, Decision, Milestone
from milestones.selectors import waiting_approvals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """All that the overview shows of a milestone, hashable: a rendered row is kept under it."""

    pk: int
    key: str
    name: str
    state: str
    health: str
    owner: str
    unblocker: str
    priority: str
    progress: float
    tasks_done: int
    tasks_total: int
    sources_linked: int
    due_date: date | None
    completed_date: date | None
    sentence: str

    @property
    def is_open(self) -> bool:
        """Neither completed nor cancelled."""
        return self.state not in {State.COMPLETED, State.CANCELLED}

    @property
    def tasks_label(self) -> str:
        """For the moon: the figures behind it."""
        part = f"{self.progress:.0%}".replace("%", " % complete")
        return f"{part}, {self.tasks_done} of {self.tasks_total} tasks" if self.sources_linked else part


@dataclass(frozen=True)
class Attention:
    """One thing that someone should do: how bad, what, why, who, and where."""

    level: str
    title: str
    why: str
    who: str
    milestone_id: int | None = None
    tab: str = ""
    """`decisions` or `approvals` where it is done there."""
    asked: frozenset[int] = frozenset()
    """The users who are asked to decide or to vote."""


@dataclass(frozen=True)
class Overview:
    """Everything of the page, in four statements."""

    rows: list[MilestoneRow]
    attention: list[Attention]
    update: Update | None


def overview(launch: Launch, today: date) -> Overview:
    """The launch as it stands."""
    milestones = list(
        Milestone.objects.existing()
        .filter(launch=launch)
        .select_related("owner", "unblocker")
        .order_by("position", "pk")
    )
    update = Update.objects.filter(launch=launch, deleted_at__isnull=True).select_related("author").first()
    attention = [*_from_milestones(milestones), *_from_decisions(launch, today), *_from_approvals(launch, today)]
    order = {Level.AT_RISK: 0, Level.POSSIBLE_DELAYS: 1}
    attention.sort(key=lambda item: order.get(Level(item.level), 2))
    return Overview([_row(launch.key, milestone) for milestone in milestones], attention, update)


def _row(key: str, milestone: Milestone) -> MilestoneRow:
    return MilestoneRow(
        pk=milestone.pk,
        key=key,
        name=milestone.name,
        state=milestone.state,
        health=milestone.health if milestone.is_open else milestone.state,
        owner=milestone.owner.name if milestone.owner else "",
        unblocker=milestone.unblocker.name if milestone.unblocker else "",
        priority=PRIORITY_WORDS[milestone.priority],  # type: ignore[index]  # the column holds a Priority
        progress=milestone.progress,
        tasks_done=milestone.tasks_done,
        tasks_total=milestone.tasks_total,
        sources_linked=milestone.sources_linked,
        due_date=milestone.due_date,
        completed_date=milestone.completed_date,
        sentence=str(milestone.signals[0]["sentence"]) if milestone.signals and milestone.is_open else "",
    )


def _from_milestones(milestones: Iterable[Milestone]) -> list[Attention]:
    """The worst signal of each open milestone that does not stand well."""
    return [
        Attention(
            level=milestone.health,
            title=milestone.name,
            why=" ".join(str(signal["sentence"]) for signal in milestone.signals[:2]),
            who=_people(milestone),
            milestone_id=milestone.pk,
        )
        for milestone in milestones
        if milestone.is_open and milestone.signals and milestone.health in {Level.AT_RISK, Level.POSSIBLE_DELAYS}
    ]


def _people(milestone: Milestone) -> str:
    if milestone.owner and milestone.unblocker:
        return f"{milestone.owner}, unblocked by {milestone.unblocker}"
    return str(milestone.owner or milestone.unblocker or "nobody owns it")


def _from_decisions(launch: Launch, today: date) -> list[Attention]:
    wanted: Any = Decision.objects.filter(
        launch=launch,
        deleted_at__isnull=True,
        state=DecisionState.OPEN,
        due_date__lte=today + timedelta(days=SOON_DAYS),
    ).select_related("decider")
    return [
        Attention(
            level=Level.AT_RISK if decision.due_date < today else Level.POSSIBLE_DELAYS,
            title=f"To decide: {decision.title}",
            why=_due_words(decision.due_date, today),
            who=str(decision.decider or "nobody is to decide it"),
            tab="decisions",
            asked=frozenset({decision.decider_id}),
        )
        for decision in wanted
    ]


def _due_words(due: date, today: date) -> str:
    days = (due - today).days
    if days < 0:
        return f"It was due {-days} day{'s' if days < -1 else ''} ago."
    return "It is due today." if days == 0 else f"It is due in {days} day{'s' if days > 1 else ''}."


def _from_approvals(launch: Launch, today: date) -> list[Attention]:
    waiting = waiting_approvals().filter(launch=launch)
    return [
        Attention(
            level=Level.POSSIBLE_DELAYS,
            title=f"To approve: {approval.title}",
            why=_asked_words(approval, today),
            who=", ".join(str(approver) for approver in approval.approvers.all()),
            tab="approvals",
            asked=frozenset(_voters(approval)),
        )
        for approval in waiting.prefetch_related("approvers__user", "approvers__team__members")
    ]


def _asked_words(approval: Approval, today: date) -> str:
    if approval.state == ApprovalState.CHANGES_REQUESTED:
        return "Changes were requested."
    return f"Asked on {day_words(timezone.localtime(approval.asked_at).date(), today)}."


def _voters(approval: Approval) -> Iterator[int]:
    for approver in approval.approvers.all():
        if approver.user_id:
            yield approver.user_id
        elif approver.team:
            yield from (member.pk for member in approver.team.members.all())
