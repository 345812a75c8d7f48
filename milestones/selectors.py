"""Reading plans: what health is computed from, a launch's list, and what a milestone waits for and holds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from launches.domain.types import Status, Visibility
from launches.models import Launch, Update
from luna.events.models import Event
from milestones.domain.facts import ApprovalFacts, MilestoneFacts, PredecessorFacts
from milestones.domain.types import OPEN_STATES, ApprovalState, DecisionState, Priority, RiskState, State
from milestones.models import Approval, Decision, Dependency, Milestone, Risk

if TYPE_CHECKING:
    from people.models import User

WAITING_APPROVALS = (ApprovalState.ASKED, ApprovalState.CHANGES_REQUESTED, ApprovalState.STALE)
_STILL_WANTED = Q(milestone__isnull=True) | Q(milestone__deleted_at__isnull=True, milestone__state__in=OPEN_STATES)
LIVE_RISKS = (RiskState.OPEN, RiskState.MITIGATING, RiskState.OCCURRED)


def milestones_of(launch: Launch) -> QuerySet[Milestone]:
    """The launch's milestones in their order, with the people on them."""
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    return (
        existing.filter(launch=launch).select_related("owner", "unblocker", "team", "stage").order_by("position", "pk")
    )


def deleted_milestone(launch: Launch, pk: int) -> Milestone | None:
    """A deleted milestone of the launch, to restore it."""
    found: Milestone | None = Milestone.objects.filter(launch=launch, pk=pk, deleted_at__isnull=False).first()
    return found


def history_of(milestone: Milestone, limit: int = 12) -> list[Event]:
    """The newest events about a milestone."""
    about = Event.objects.filter(subject_kind="milestone", subject_id=milestone.pk)
    return list(about.select_related("actor").order_by("-recorded_at", "-pk")[:limit])


@dataclass(frozen=True)
class Neighbour:
    """A milestone at the other end of a dependency."""

    dependency_id: int
    milestone: Milestone
    lag_days: int
    is_same_launch: bool


def waits_for(milestone: Milestone, reader: User) -> list[Neighbour]:
    """The milestones that this one waits for, those of launches that `reader` may see."""
    rows = Dependency.objects.filter(successor=milestone, predecessor__deleted_at__isnull=True)
    seen = rows.filter(predecessor__launch__in=Launch.objects.visible_to(reader)).select_related("predecessor__launch")
    ordered = seen.order_by("predecessor__due_date", "pk")
    return [_neighbour(row, row.predecessor, milestone) for row in ordered]


def neighbours_of(milestone: Milestone, reader: User) -> tuple[list[Neighbour], list[Neighbour]]:
    """(what it waits for, what it holds up), of launches that `reader` may see, in one statement."""
    visible = Launch.objects.visible_to(reader).values("pk")
    before = Q(successor=milestone, predecessor__deleted_at__isnull=True, predecessor__launch__in=visible)
    after = Q(predecessor=milestone, successor__deleted_at__isnull=True, successor__launch__in=visible)
    rows = Dependency.objects.filter(before | after).select_related("predecessor__launch", "successor__launch")
    first: list[Neighbour] = []
    then: list[Neighbour] = []
    for row in rows.order_by("predecessor__due_date", "successor__due_date", "pk"):
        if row.successor_id == milestone.pk:
            first.append(_neighbour(row, row.predecessor, milestone))
        else:
            then.append(_neighbour(row, row.successor, milestone))
    return first, then


def _neighbour(row: Dependency, other: Milestone, milestone: Milestone) -> Neighbour:
    return Neighbour(row.pk, other, row.lag_days, other.launch_id == milestone.launch_id)


def possible_predecessors(milestone: Milestone, reader: User) -> QuerySet[Milestone]:
    """What it could be made to wait for: its own launch's milestones first, then those of other open launches."""
    others_open = Launch.objects.visible_to(reader).running().filter(visibility=Visibility.OPEN)
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    near = existing.filter(Q(launch=milestone.launch_id) | Q(launch__in=others_open)).exclude(pk=milestone.pk)
    taken = Dependency.objects.filter(successor=milestone).values("predecessor_id")
    free = near.exclude(pk__in=taken).exclude(state=State.CANCELLED)
    mine_first = Case(When(launch=milestone.launch_id, then=Value(0)), default=Value(1))
    return free.select_related("launch").order_by(mine_first, "launch__name", "position", "pk")


def names_for(milestone_ids: Iterable[int], reader: User) -> list[str]:
    """Their names in this order; what `reader` may not see is “a milestone you can’t see”."""
    ids = list(milestone_ids)
    seen = Milestone.objects.filter(pk__in=ids, launch__in=Launch.objects.visible_to(reader))
    names = dict(seen.values_list("pk", "name"))
    return [names.get(pk, "a milestone you can’t see") for pk in ids]


def waiting_approvals() -> QuerySet[Approval]:
    """Approvals that are not met, of launches as a whole and of open milestones: what somebody should still do."""
    return Approval.objects.filter(_STILL_WANTED, state__in=WAITING_APPROVALS)


def links_within(launch: Launch) -> list[tuple[int, int]]:
    """(predecessor, successor) ids of the dependencies inside a launch."""
    inside = Dependency.objects.filter(
        predecessor__launch=launch,
        successor__launch=launch,
        predecessor__deleted_at__isnull=True,
        successor__deleted_at__isnull=True,
    )
    return list(inside.values_list("predecessor_id", "successor_id"))


def successor_launch_ids(milestone_ids: Iterable[int]) -> set[int]:
    """The launches whose milestones wait for these."""
    rows = Dependency.objects.filter(predecessor_id__in=list(milestone_ids))
    return set(rows.values_list("successor__launch_id", flat=True))


@dataclass(frozen=True)
class LaunchInputs:
    """What a launch's computed columns are computed from, read in four statements."""

    launch: Launch
    milestones: list[Milestone]
    facts: list[MilestoneFacts]
    open_risks: int
    open_decisions: int
    open_approvals: int
    last_update_headline: str
    last_update_at: datetime | None


def launch_inputs(launch_id: int, *, now: datetime) -> LaunchInputs:
    """Read a launch for `milestones.actions.recompute`."""
    launch, counted = _launch_with_counts(launch_id)
    milestones = list(Milestone.objects.existing().filter(launch_id=launch_id).order_by("position", "pk"))
    before = _predecessors(launch)
    unmet = _unmet(launch_id, now)
    is_paused = launch.status == Status.PAUSED
    return LaunchInputs(
        launch=launch,
        milestones=milestones,
        facts=[_facts(m, now, tuple(before[m.pk]), tuple(unmet[m.pk]), is_paused) for m in milestones],
        open_risks=counted["risks_open"],
        open_decisions=counted["decisions_open"],
        open_approvals=counted["approvals_open"],
        last_update_headline=counted["newest_headline"] or "",
        last_update_at=counted["newest_update_at"],
    )


def _launch_with_counts(launch_id: int) -> tuple[Launch, dict[str, Any]]:
    """The launch, and the figures that were annotated in the same statement, by name."""
    newest = Update.objects.filter(launch=OuterRef("pk"), deleted_at__isnull=True).order_by("-created_at", "-pk")
    launch: Launch = (
        Launch.objects.select_related("stage")
        .annotate(
            risks_open=_count_of(Risk, Q(state__in=LIVE_RISKS, deleted_at__isnull=True)),
            decisions_open=_count_of(Decision, Q(state=DecisionState.OPEN, deleted_at__isnull=True)),
            approvals_open=_count_of(Approval, Q(state__in=WAITING_APPROVALS) & _STILL_WANTED),
            newest_headline=Subquery(newest.values("headline")[:1]),
            newest_update_at=Subquery(newest.values("created_at")[:1]),
        )
        .get(pk=launch_id)
    )
    return launch, vars(launch)


def _count_of(model: type[Risk | Decision | Approval], condition: Q) -> Coalesce:
    rows = model._default_manager.filter(condition, launch=OuterRef("pk")).order_by().values("launch")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _predecessors(launch: Launch) -> defaultdict[int, list[PredecessorFacts]]:
    """By successor. A private launch's milestones are named in that launch alone, so they count nowhere else."""
    rows = Dependency.objects.filter(
        Q(predecessor__launch=launch) | ~Q(predecessor__launch__visibility=Visibility.PRIVATE),
        successor__launch=launch,
        predecessor__deleted_at__isnull=True,
        predecessor__launch__deleted_at__isnull=True,
    ).select_related("predecessor")
    found: defaultdict[int, list[PredecessorFacts]] = defaultdict(list)
    for row in rows.order_by("pk"):
        before = row.predecessor
        found[row.successor_id].append(
            PredecessorFacts(before.name, State(before.state), before.due_date, before.completed_date, row.lag_days)
        )
    return found


def _unmet(launch_id: int, now: datetime) -> defaultdict[int, list[ApprovalFacts]]:
    rows = Approval.objects.filter(launch_id=launch_id, milestone__isnull=False, state__in=WAITING_APPROVALS)
    found: defaultdict[int, list[ApprovalFacts]] = defaultdict(list)
    for row in rows.order_by("asked_at", "pk"):
        assert row.milestone_id is not None  # noqa: S101  for the type checker: filtered above
        found[row.milestone_id].append(ApprovalFacts(row.title, max(0, (now - row.asked_at).days)))
    return found


def _facts(
    milestone: Milestone,
    now: datetime,
    before: tuple[PredecessorFacts, ...],
    unmet: tuple[ApprovalFacts, ...],
    is_paused: bool,
) -> MilestoneFacts:
    synced = milestone.tasks_synced_at
    return MilestoneFacts(
        milestone_id=milestone.pk,
        name=milestone.name,
        state=State(milestone.state),
        priority=Priority(milestone.priority),
        owner_named=milestone.owner_id is not None,
        start_date=milestone.start_date,
        due_date=milestone.due_date,
        progress_by_hand=milestone.progress_by_hand,
        sources_linked=milestone.sources_linked,
        tasks_total=milestone.tasks_total,
        tasks_done=milestone.tasks_done,
        last_task_completed_on=milestone.last_task_completed_on,
        synced_hours_ago=(now - synced).total_seconds() / 3600 if synced else None,
        predecessors=before,
        unmet_approvals=unmet,
        launch_paused=is_paused,
    )
