"""Reading what a launch's forecast is made from: its milestones, all that they wait for, and their histories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from launches.models import Launch
from milestones.domain.days import NumberedDays
from milestones.domain.forecast_types import (
    ApprovalWait,
    EstimatedWork,
    ForecastInput,
    History,
    TaskWork,
    WorkDay,
)
from milestones.domain.graph import upstream_of
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import Priority, State
from milestones.models import Approval, Approver, Dependency, Milestone
from milestones.models import WorkDay as WorkDayRow
from milestones.selectors import WAITING_APPROVALS

if TYPE_CHECKING:
    from milestones.selectors_health import Moment

LOOK_BACK = timedelta(days=150)
"""Of work days: more than the forecast's sixty working days, so that it sees when work began."""
MOST_IN_A_TEAM = 20
"""Histories of one team that are looked at, those with the newest work."""
MOST_PAST = 200
"""Completed milestones, and met approvals, that are looked at."""
LEAST_MET = 10
"""Met approvals of the teams that are asked, from which their own waits are drawn and not everybody's."""
_Met = tuple[int, datetime, "datetime | None"]
_ASKED_TEAM = Coalesce("team_id", "user__primary_team_id")
_BY_TEAM = Coalesce("team_id", "owner__primary_team_id")
"""The team whose work it is: its own, else its owner's."""


@dataclass(frozen=True)
class ForecastInputs:
    """Of a launch's own milestones and of all that they wait for, in other launches too."""

    inputs: tuple[ForecastInput, ...]
    links: tuple[Link, ...]
    own: frozenset[int]
    """The launch's own milestones."""
    target: date | None
    """The launch's target date."""


def forecast_inputs(launch_id: int, moment: Moment) -> ForecastInputs:
    """In at most nine statements, and one more for each further launch on the longest way of waiting."""
    links, needed = _upstream(launch_id)
    rows = list(_milestones(launch_id, needed))
    days = _work_days([row.pk for row in rows if row.sources_linked], moment.today)
    teams = _team_histories(
        {_team_of(row) for row in rows if row.is_open and row.sources_linked} - {None}, moment.today
    )
    estimated = {_team_of(row) for row in rows if row.is_open and not row.sources_linked and row.estimate_days}
    ratios = _ratios(estimated - {None}, moment)
    waits = _waits([row.pk for row in rows if row.is_open], moment)
    inputs = []
    for row in rows:
        history = History(tuple(days[row.pk]), row.completed_date)
        team = tuple(one for pk, one in teams.get(_team_of(row), ()) if pk != row.pk)
        inputs.append(
            ForecastInput(
                planned=_planned(row),
                work=_work(row, history, team, ratios.get(_team_of(row), ())),
                approvals=waits.get(row.pk, ()),
                has_begun=bool(row.tasks_done or row.tasks_in_progress),
            )
        )
    known = {row.pk for row in rows}
    return ForecastInputs(
        inputs=tuple(inputs),
        links=tuple(one for one in links if one.predecessor_id in known and one.successor_id in known),
        own=frozenset(row.pk for row in rows if row.launch_id == launch_id),
        target=Launch.objects.values_list("target_date", flat=True).get(pk=launch_id),
    )


def _upstream(launch_id: int) -> tuple[list[Link], set[int]]:
    """The dependencies that lead to the launch, and the milestones on them."""
    links: list[Link] = []
    own: set[int] = set()
    seen, level = {launch_id}, {launch_id}
    while level:
        rows = Dependency.objects.filter(
            successor__launch_id__in=level,
            successor__deleted_at__isnull=True,
            predecessor__deleted_at__isnull=True,
            predecessor__launch__deleted_at__isnull=True,
        ).order_by("pk")
        columns = ("predecessor_id", "successor_id", "lag_days", "predecessor__launch_id", "successor__launch_id")
        found = list(rows.values_list(*columns))
        links += [Link(before, after, lag) for before, after, lag, *_ in found]
        own |= {after for _, after, _, _, launch in found if launch == launch_id}
        level = {launch for *_, launch, _ in found} - seen
        seen |= level
    edges = [(one.predecessor_id, one.successor_id) for one in links]
    return links, upstream_of(own, edges)


def _milestones(launch_id: int, upstream: Collection[int]) -> Iterable[Milestone]:
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    return existing.filter(Q(launch=launch_id) | Q(pk__in=upstream)).annotate(by_team=_BY_TEAM).order_by("pk")


def _work_days(milestone_ids: Collection[int], today: date) -> defaultdict[int, list[WorkDay]]:
    rows = WorkDayRow.objects.filter(milestone_id__in=list(milestone_ids), day__gte=today - LOOK_BACK)
    found: defaultdict[int, list[WorkDay]] = defaultdict(list)
    for pk, day, arrived, completed in rows.values_list("milestone_id", "day", "arrived", "completed").order_by("day"):
        found[pk].append(WorkDay(day, arrived, completed))
    return found


def _team_of(row: Milestone) -> int | None:
    told: dict[str, Any] = vars(row)
    return told["by_team"]  # type: ignore[no-any-return]  # annotated


def _team_histories(team_ids: Collection[int | None], today: date) -> dict[int | None, list[tuple[int, History]]]:
    """By team, its milestones' histories with their ids, those with the newest work first."""
    if not team_ids:
        return {}
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    members = existing.annotate(by_team=_BY_TEAM).filter(
        by_team__in=team_ids, last_task_completed_on__gte=today - LOOK_BACK, launch__deleted_at__isnull=True
    )
    newest = members.order_by("-last_task_completed_on", "pk").values_list("pk", "by_team", "completed_date")
    taken: defaultdict[int | None, list[tuple[int, date | None]]] = defaultdict(list)
    for pk, team_id, ended in newest:
        if len(taken[team_id]) < MOST_IN_A_TEAM:
            taken[team_id].append((pk, ended))
    days = _work_days([pk for members_ in taken.values() for pk, _ in members_], today)
    return {team: [(pk, History(tuple(days[pk]), ended)) for pk, ended in ones] for team, ones in taken.items()}


def _ratios(team_ids: Collection[int | None], moment: Moment) -> dict[int | None, tuple[float, ...]]:
    """By team, of its newest completed milestones: working days that it took ÷ person-days that were estimated."""
    if not team_ids:
        return {}
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    past = (
        existing.annotate(by_team=_BY_TEAM)
        .filter(by_team__in=team_ids, state=State.COMPLETED, estimate_days__gt=0, start_date__isnull=False)
        .filter(completed_date__gte=F("start_date"))
    )
    days = NumberedDays(moment.terms.calendar)
    found: defaultdict[int | None, list[float]] = defaultdict(list)
    columns = ("by_team", "start_date", "completed_date", "estimate_days")
    for team_id, start, completed, estimate in past.order_by("-completed_date", "pk").values_list(*columns)[:MOST_PAST]:
        found[team_id].append(days.taken(start, completed) / float(estimate))
    return {team: tuple(sorted(ratios)) for team, ratios in found.items()}


def _waits(milestone_ids: Collection[int], moment: Moment) -> dict[int, tuple[ApprovalWait, ...]]:
    """Per milestone the approvals that are not met, with how long met ones took: its teams' own where there are enough.

    The same rule as for tasks: what the same people did before tells more than what everybody did.
    """
    zone, calendar = ZoneInfo(moment.zone), moment.terms.calendar

    def working_days(start: datetime, end: datetime) -> int:
        return max(calendar.between(start.astimezone(zone).date(), end.astimezone(zone).date()), 0)

    unmet = Approval.objects.filter(milestone_id__in=list(milestone_ids), state__in=WAITING_APPROVALS)
    asked = list(unmet.order_by("pk").values_list("pk", "milestone_id", "asked_at"))
    if not asked:
        return {}
    met = Approval.objects.filter(met_at__isnull=False).order_by("-met_at", "pk")
    everybodys = list(met.values_list("pk", "asked_at", "met_at")[:MOST_PAST])
    teams, theirs = _teams_asked([pk for pk, *_ in asked]), {}
    if teams:
        theirs = _met_by_team(met, set().union(*teams.values()))
    found: defaultdict[int, list[ApprovalWait]] = defaultdict(list)
    for pk, milestone_id, asked_at in asked:
        own = {one for team in teams.get(pk, ()) for one in theirs.get(team, ())}
        like_it = own if len(own) >= LEAST_MET else everybodys
        history = tuple(sorted(float(working_days(start, end)) for _, start, end in like_it if end))
        found[milestone_id].append(ApprovalWait(working_days(asked_at, moment.now), history))
    return {pk: tuple(waits) for pk, waits in found.items()}


def _teams_asked(approval_ids: Collection[int]) -> dict[int, set[int]]:
    """By approval, the teams that are asked: themselves, or by one of theirs."""
    seats = Approver.objects.filter(approval__in=approval_ids).annotate(by_team=_ASKED_TEAM)
    teams: defaultdict[int, set[int]] = defaultdict(set)
    for pk, team in seats.filter(by_team__isnull=False).values_list("approval_id", "by_team"):
        teams[pk].add(team)
    return teams


def _met_by_team(met: QuerySet[Approval], team_ids: Collection[int]) -> dict[int, set[_Met]]:
    """The newest of the approvals `met` that these teams gave, each by its number with when it was asked and met."""
    theirs = met.annotate(by_team=Coalesce("approvers__team_id", "approvers__user__primary_team_id"))
    found: defaultdict[int, set[_Met]] = defaultdict(set)
    rows = theirs.filter(by_team__in=team_ids).values_list("by_team", "pk", "asked_at", "met_at")
    for team, pk, asked_at, met_at in rows[: MOST_PAST * len(team_ids)]:
        if len(found[team]) < MOST_PAST:
            found[team].add((pk, asked_at, met_at))
    return found


def _planned(row: Milestone) -> Planned:
    return Planned(
        milestone_id=row.pk,
        name=row.name,
        state=State(row.state),
        launch_id=None if row.priority == Priority.WONT else row.launch_id,
        start_date=row.start_date,
        due_date=row.due_date,
        completed_date=row.completed_date if row.state == State.COMPLETED else None,
        estimate_days=float(row.estimate_days) if row.estimate_days else None,
    )


def _work(
    row: Milestone, history: History, team: tuple[History, ...], ratios: tuple[float, ...]
) -> TaskWork | EstimatedWork | None:
    """Tasks where some are linked; else what is left of the estimate."""
    if row.sources_linked and row.tasks_synced_at is not None:
        return TaskWork(float(row.tasks_total - row.tasks_done), history, team)
    if row.sources_linked or row.estimate_days is None:
        return None
    return EstimatedWork(float(row.estimate_days) * (1 - row.progress), ratios)
