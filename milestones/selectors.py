"""Reading plans: a launch's list, and what a milestone waits for and holds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from launches.domain.types import Visibility
from launches.models import Launch
from luna.events.models import Event
from luna.lib.prepared import Prepared
from milestones.domain.forecast_types import Likely
from milestones.domain.slips import DueMove
from milestones.domain.types import OPEN_STATES, ApprovalState, RiskState, State
from milestones.models import Approval, Dependency, Milestone

if TYPE_CHECKING:
    from people.models import User

WAITING_APPROVALS = (ApprovalState.ASKED, ApprovalState.CHANGES_REQUESTED, ApprovalState.STALE)
STILL_WANTED = Q(milestone__isnull=True) | Q(milestone__deleted_at__isnull=True, milestone__state__in=OPEN_STATES)
LIVE_RISKS = (RiskState.OPEN, RiskState.MITIGATING, RiskState.OCCURRED)


def milestones_of(launch: Launch) -> QuerySet[Milestone]:
    """The launch's milestones in their order, with the people on them."""
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    return (
        existing.filter(launch=launch)
        .select_related("owner", "unblocker", "team", "stage", "forecast")
        .order_by("position", "pk")
    )


def deleted_milestone(launch: Launch, pk: int) -> Milestone | None:
    """A deleted milestone of the launch, to restore it."""
    found: Milestone | None = Milestone.objects.filter(launch=launch, pk=pk, deleted_at__isnull=False).first()
    return found


def history_of(milestone: Milestone, limit: int = 12) -> list[Event]:
    """The newest events about a milestone."""
    about = Event.objects.filter(subject_kind="milestone", subject_id=milestone.pk)
    return list(about.select_related("actor").order_by("-recorded_at", "-pk")[:limit])


def due_moves(milestone_ids: Collection[int]) -> defaultdict[int, list[DueMove]]:
    """By milestone: the changes of its due date, as the log tells them, oldest first; on which day is left out."""
    edits = Event.objects.filter(subject_kind="milestone", subject_id__in=milestone_ids, verb="milestone.edited")
    told = edits.filter(after__has_key="due_date").order_by("recorded_at", "pk")
    found: defaultdict[int, list[DueMove]] = defaultdict(list)
    for pk, before, after in told.values_list("subject_id", "before", "after"):
        found[pk].append(DueMove(date.min, _day(before.get("due_date")), _day(after["due_date"])))
    return found


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


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


@dataclass(frozen=True)
class Unseen:
    """An open milestone that this one waits for and of which the reader may know only when it is likely to end."""

    lag_days: int
    likely: Likely | None
    """None: it has no forecast."""


@dataclass(frozen=True)
class Neighbours:
    """What a milestone waits for and holds up, as far as a reader may know it."""

    before: list[Neighbour]
    unseen: list[Unseen]
    """Also before it."""
    after: list[Neighbour]


def neighbours_of(milestone: Milestone, reader: User) -> Neighbours:
    """Those of launches that `reader` may see, and the ranges of what it waits for elsewhere, in one statement."""
    visible = Launch.objects.visible_to(reader).values("pk")
    before = Q(successor=milestone, predecessor__deleted_at__isnull=True, predecessor__launch__deleted_at__isnull=True)
    after = Q(predecessor=milestone, successor__deleted_at__isnull=True, successor__launch__in=visible)
    near = ("predecessor__launch", "predecessor__forecast", "successor__launch")
    rows = Dependency.objects.filter(before | after).select_related(*near)
    found = Neighbours([], [], [])
    is_seen = Exists(visible.filter(pk=OuterRef("predecessor__launch")))
    for row in rows.annotate(is_seen=is_seen).order_by("predecessor__due_date", "successor__due_date", "pk"):
        if row.predecessor_id == milestone.pk:
            found.after.append(_neighbour(row, row.successor, milestone))
        elif row.is_seen:
            found.before.append(_neighbour(row, row.predecessor, milestone))
        elif row.predecessor.is_open:
            kept = getattr(row.predecessor, "forecast", None)
            found.unseen.append(Unseen(row.lag_days, kept.likely if kept else None))
    return found


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


def known_names(milestone_ids: Iterable[int], reader: User) -> dict[int, str]:
    """By id, the names of those that `reader` may see, without deleted ones; asks nothing about none."""
    ids = list(milestone_ids)
    if not ids:
        return {}
    return dict(_seen_by(reader, ids).filter(deleted_at__isnull=True).values_list("pk", "name"))


def names_for(milestone_ids: Iterable[int], reader: User) -> list[str]:
    """Their names in this order, deleted ones among them; what `reader` may not see is “a private milestone”."""
    ids = list(milestone_ids)
    names = dict(_seen_by(reader, ids).values_list("pk", "name"))
    return [names.get(pk, "a private milestone") for pk in ids]


def _seen_by(reader: User, ids: list[int]) -> QuerySet[Milestone]:
    return Milestone.objects.filter(pk__in=ids, launch__in=Launch.objects.visible_to(reader))


def waiting_approvals() -> QuerySet[Approval]:
    """Approvals that are not met, of launches as a whole and of open milestones: what somebody should still do."""
    return Approval.objects.filter(STILL_WANTED, state__in=WAITING_APPROVALS)


def links_within(launch: Launch) -> list[tuple[int, int]]:
    """(predecessor, successor) ids of the dependencies inside a launch."""
    return [(before, after) for before, after in _LINKS.rows(launch_id=launch.pk)]


_LINKS = Prepared(
    lambda launch_id: Dependency.objects.filter(
        predecessor__launch_id=launch_id,
        successor__launch_id=launch_id,
        predecessor__deleted_at__isnull=True,
        successor__deleted_at__isnull=True,
    ).values_list("predecessor_id", "successor_id"),
    launch_id=int,
)


def successor_launch_ids(milestone_ids: Iterable[int]) -> set[int]:
    """The launches whose milestones wait for these."""
    rows = Dependency.objects.filter(predecessor_id__in=list(milestone_ids))
    return set(rows.values_list("successor__launch_id", flat=True))
