"""What is mine to do, in the order in which it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from launches.models import Launch
from luna.events.models import Event
from milestones.domain.types import ApprovalState, DecisionState, RiskState
from milestones.models import Approval, Decision, Milestone, Risk, Vote
from milestones.selectors import waiting_approvals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from people.models import User

MOST = 40


@dataclass(frozen=True)
class Todo:
    """A verb, a thing, a date, a button."""

    verb: str
    title: str
    key: str
    launch: str
    due: date | None
    kind: str
    """`milestone`, `decision`, `approval` or `risk`: where the button leads."""
    pk: int
    progress: float | None = None
    health: str = ""


def todos(user: User) -> list[Todo]:
    """Votes, decisions, milestones and reviews that wait for this person: four statements; dated first."""
    seen = Launch.objects.visible_to(user).filter(archived_at__isnull=True)
    found = [*_votes(user, seen), *_decisions(user, seen), *_milestones(user, seen), *_reviews(user, seen)]
    found.sort(key=lambda todo: (todo.due is None, todo.due or date.max))
    return found[:MOST]


def _votes(user: User, seen: QuerySet[Launch]) -> Iterator[Todo]:
    voted = Vote.objects.filter(approval=OuterRef("pk"), voter=user, round=OuterRef("round"))
    asked = Q(approvers__user=user) | Q(approvers__team__members=user)
    waiting = waiting_approvals().exclude(state=ApprovalState.CHANGES_REQUESTED)
    for approval in waiting.filter(asked, ~Exists(voted), launch__in=seen).select_related("launch").distinct():
        yield Todo("Vote", approval.title, *_launch(approval), approval.due_date, "approval", approval.pk)


def _decisions(user: User, seen: QuerySet[Launch]) -> Iterator[Todo]:
    wanted = Decision.objects.filter(decider=user, launch__in=seen, state=DecisionState.OPEN, deleted_at__isnull=True)
    for decision in wanted.select_related("launch"):
        yield Todo("Decide", decision.title, *_launch(decision), decision.due_date, "decision", decision.pk)


def _milestones(user: User, seen: QuerySet[Launch]) -> Iterator[Todo]:
    mine = Milestone.objects.open().filter(Q(owner=user) | Q(unblocker=user), launch__in=seen)
    for milestone in mine.select_related("launch"):
        verb = "Deliver" if milestone.owner_id == user.pk else "Unblock"
        yield Todo(
            verb, milestone.name, *_launch(milestone), milestone.due_date, "milestone", milestone.pk,
            milestone.progress, milestone.health,
        )  # fmt: skip


def _reviews(user: User, seen: QuerySet[Launch]) -> Iterator[Todo]:
    open_risks = Risk.objects.filter(owner=user, launch__in=seen, deleted_at__isnull=True)
    for risk in open_risks.exclude(state=RiskState.CLOSED).select_related("launch"):
        yield Todo("Review", risk.title, *_launch(risk), risk.review_date, "risk", risk.pk)


def _launch(row: Approval | Decision | Milestone | Risk) -> tuple[str, str]:
    return row.launch.key, row.launch.name


def recent_events(user: User) -> list[tuple[Event, Launch]]:
    """What other people changed in the launches that this person owns or takes part in; newest first."""
    mine = Q(owner=user) | Q(participants__user=user) | Q(milestones__owner=user)
    launches = {launch.pk: launch for launch in Launch.objects.visible_to(user).filter(mine).distinct()}
    events = Event.objects.filter(launch_id__in=list(launches), actor__isnull=False).exclude(actor=user)
    newest = events.select_related("actor").order_by("-recorded_at", "-pk")[:15]
    return [(event, launches[event.launch_id or 0]) for event in newest]
