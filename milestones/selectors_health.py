"""Reading what health is computed from, of one launch or of all, in the same number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from launches.domain.types import StageCategory, Status, Visibility
from launches.models import Launch, Update
from luna import clock
from luna.events.models import Event, Through
from milestones.domain.facts import (
    ApprovalFacts,
    ForecastFacts,
    MilestoneFacts,
    PredecessorFacts,
    RiskFacts,
    ScopeFacts,
)
from milestones.domain.health import LaunchFacts, Verdict, judged, launch_health, milestone_health
from milestones.domain.signals import Terms
from milestones.domain.slips import DueMove, slip_of
from milestones.domain.thresholds import DEFAULTS, Thresholds, from_json
from milestones.domain.types import ApprovalState, DecisionState, Priority, State
from milestones.models import Approval, Decision, Dependency, HealthSettings, HealthVerdict, Milestone, Risk, WorkDay
from milestones.selectors import LIVE_RISKS, STILL_WANTED, WAITING_APPROVALS
from people.selectors import workspace


@dataclass(frozen=True)
class Moment:
    """When it is computed and by what: read once, so that every figure belongs to the same instant."""

    now: datetime
    zone: str
    terms: Terms

    @property
    def today(self) -> date:
        """The day in the workspace's zone."""
        return self.terms.today

    def day_of(self, at: datetime) -> date:
        """The day of that instant in the workspace's zone."""
        return at.astimezone(ZoneInfo(self.zone)).date()


def this_moment(thresholds: Thresholds | None = None) -> Moment:
    """Now, by the thresholds in force or by others."""
    place = workspace()
    used = thresholds or thresholds_in_force()
    return Moment(clock.now(), place.time_zone, Terms(place.today, place.calendar, used))


def thresholds_in_force() -> Thresholds:
    """Those that were saved last, or the defaults."""
    kept = HealthSettings.objects.filter(pk=1).values_list("thresholds", flat=True).first()
    return from_json(kept) if kept else DEFAULTS


@dataclass(frozen=True)
class LaunchInputs:
    """What a launch's computed columns are computed from."""

    launch: Launch
    milestones: list[Milestone]
    facts: list[MilestoneFacts]
    risks: tuple[RiskFacts, ...]
    """Of the launch as a whole."""
    open_risks: int
    open_decisions: int
    open_approvals: int
    last_update_headline: str
    last_update_at: datetime | None
    has_verdict: bool
    """Whether one is kept of the launch; of each milestone, `milestone.has_verdict` says it."""


@dataclass(frozen=True)
class Judgement:
    """The verdicts on a launch and its milestones, in their order, with the facts of the launch."""

    facts: list[MilestoneFacts]
    verdicts: list[Verdict]
    launch_facts: LaunchFacts
    overall: Verdict


def judge(inputs: LaunchInputs, terms: Terms) -> Judgement:
    """How the launch and its milestones stand; no milestone of another launch is named."""
    facts = inputs.facts
    verdicts = [milestone_health(one, terms) for one in facts]
    whole = LaunchFacts(
        is_paused=inputs.launch.status == Status.PAUSED,
        is_over=inputs.launch.stage.category in {StageCategory.COMPLETED, StageCategory.CLOSED},
        milestones=tuple(judged(one, verdict) for one, verdict in zip(facts, verdicts, strict=True)),
        risks=inputs.risks,
    )
    return Judgement(facts, verdicts, whole, launch_health(whole, terms))


def launch_inputs(launch_id: int, moment: Moment) -> LaunchInputs:
    """Read a launch for `milestones.actions.recompute`. Raises Launch.DoesNotExist."""
    found = inputs_of(Launch.objects.filter(pk=launch_id), moment)
    if not found:
        raise Launch.DoesNotExist
    return found[0]


def inputs_of(launches: QuerySet[Launch], moment: Moment) -> list[LaunchInputs]:
    """Of each of these launches, in six statements however many they are."""
    rows = _with_counts(launches)
    ids = [launch.pk for launch in rows]
    milestones: defaultdict[int, list[Milestone]] = defaultdict(list)
    for milestone in _milestones(ids, moment):
        milestones[milestone.launch_id].append(milestone)
    before, unmet = _predecessors(ids), _unmet(ids, moment.now)
    risks, moves = _risks(ids), _moves(ids, moment)
    found = []
    for launch in rows:
        own = risks[launch.pk]
        facts = [
            _facts(m, moment, tuple(before[m.pk]), tuple(unmet[m.pk]), tuple(own[m.pk]), moves[m.pk], launch)
            for m in milestones[launch.pk]
        ]
        found.append(_inputs(launch, milestones[launch.pk], facts, own))
    return found


def _inputs(
    launch: Launch, milestones: list[Milestone], facts: list[MilestoneFacts], risks: dict[int | None, list[RiskFacts]]
) -> LaunchInputs:
    counted: dict[str, Any] = vars(launch)
    return LaunchInputs(
        launch=launch,
        milestones=milestones,
        facts=facts,
        risks=tuple(risks.get(None, ())),
        open_risks=sum(len(some) for some in risks.values()),
        open_decisions=counted["decisions_open"],
        open_approvals=counted["approvals_open"],
        last_update_headline=counted["newest_headline"] or "",
        last_update_at=counted["newest_update_at"],
        has_verdict=counted["has_verdict"],
    )


def _with_counts(launches: QuerySet[Launch]) -> list[Launch]:
    """The launches, with figures that are read in the same statement."""
    newest = Update.objects.filter(launch=OuterRef("pk"), deleted_at__isnull=True).order_by("-created_at", "-pk")
    counted = launches.select_related("stage").annotate(
        decisions_open=_count_of(Decision, Q(state=DecisionState.OPEN, deleted_at__isnull=True)),
        approvals_open=_count_of(Approval, Q(state__in=WAITING_APPROVALS) & STILL_WANTED),
        newest_headline=Subquery(newest.values("headline")[:1]),
        newest_update_at=Subquery(newest.values("created_at")[:1]),
        has_verdict=Exists(HealthVerdict.objects.filter(launch=OuterRef("pk"), milestone__isnull=True)),
    )
    return list(counted)


def _count_of(model: type[Decision | Approval], condition: Q) -> Coalesce:
    rows = model._default_manager.filter(condition, launch=OuterRef("pk")).order_by().values("launch")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _milestones(launch_ids: Collection[int], moment: Moment) -> Iterable[Milestone]:
    """With `scope_since` and `scope_then`, `heard_at` and `has_verdict`."""
    back = moment.terms.calendar.add(moment.today, -moment.terms.thresholds.scope_days)
    days = WorkDay.objects.filter(milestone=OuterRef("pk"), day__lte=OuterRef("scope_since")).order_by("-day")
    said = Event.objects.filter(subject_kind="milestone", subject_id=OuterRef("pk")).exclude(through=Through.COMPUTED)
    earliest = Value(back, output_field=DateField())
    rows: QuerySet[Milestone] = Milestone.objects.existing().filter(launch_id__in=launch_ids)
    return (
        rows.annotate(
            scope_since=Greatest(earliest, Coalesce(F("start_date"), earliest), output_field=DateField()),
            heard_at=Subquery(said.order_by("-recorded_at").values("recorded_at")[:1]),
            has_verdict=Exists(HealthVerdict.objects.filter(milestone=OuterRef("pk"))),
        )
        .annotate(scope_then=Subquery(days.values("scope")[:1]))
        .select_related("forecast")
        .order_by("position", "pk")
    )


def _predecessors(launch_ids: Collection[int]) -> defaultdict[int, list[PredecessorFacts]]:
    """By successor; named where both are of one launch. A private launch's milestones count in that launch alone."""
    rows = Dependency.objects.filter(
        Q(predecessor__launch=F("successor__launch")) | ~Q(predecessor__launch__visibility=Visibility.PRIVATE),
        successor__launch__in=launch_ids,
        predecessor__deleted_at__isnull=True,
        predecessor__launch__deleted_at__isnull=True,
    ).select_related("predecessor")
    found: defaultdict[int, list[PredecessorFacts]] = defaultdict(list)
    for row in rows.annotate(to_launch=F("successor__launch")).order_by("pk"):
        before = row.predecessor
        is_elsewhere = before.launch_id != row.to_launch
        found[row.successor_id].append(
            PredecessorFacts(
                "" if is_elsewhere else before.name,
                State(before.state),
                before.due_date,
                before.completed_date,
                row.lag_days,
                before.pk,
                is_elsewhere=is_elsewhere,
            )
        )
    return found


def _unmet(launch_ids: Collection[int], now: datetime) -> defaultdict[int | None, list[ApprovalFacts]]:
    rows = Approval.objects.filter(launch__in=launch_ids, milestone__isnull=False, state__in=WAITING_APPROVALS)
    found: defaultdict[int | None, list[ApprovalFacts]] = defaultdict(list)
    for row in rows.order_by("asked_at", "pk"):
        waiting_days = max(0, (now - row.asked_at).days)
        stale = row.state == ApprovalState.STALE
        found[row.milestone_id].append(ApprovalFacts(row.title, waiting_days, row.pk, is_stale=stale))
    return found


def _risks(launch_ids: Collection[int]) -> defaultdict[int, defaultdict[int | None, list[RiskFacts]]]:
    """By launch and milestone; those of a launch as a whole under None."""
    rows = Risk.objects.filter(launch__in=launch_ids, state__in=LIVE_RISKS, deleted_at__isnull=True)
    found: defaultdict[int, defaultdict[int | None, list[RiskFacts]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("pk"):
        found[row.launch_id][row.milestone_id].append(RiskFacts(row.title, row.probability, row.impact, row.pk))
    return found


def _moves(launch_ids: Collection[int], moment: Moment) -> defaultdict[int, list[DueMove]]:
    """By milestone: the changes of its due date, as the log tells them, oldest first."""
    rows = Event.objects.filter(launch_id__in=launch_ids, verb="milestone.edited", after__has_key="due_date")
    found: defaultdict[int, list[DueMove]] = defaultdict(list)
    told = rows.order_by("recorded_at", "pk").values_list("subject_id", "recorded_at", "before", "after")
    for milestone_id, at, before, after in told:
        on = moment.day_of(at)
        found[milestone_id].append(DueMove(on, _day(before.get("due_date")), _day(after.get("due_date"))))
    return found


def _forecast(milestone: Milestone) -> ForecastFacts | None:
    kept = getattr(milestone, "forecast", None)
    return ForecastFacts(kept.p50, kept.p85, kept.chance) if kept and kept.basis else None


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def _facts(
    milestone: Milestone,
    moment: Moment,
    before: tuple[PredecessorFacts, ...],
    unmet: tuple[ApprovalFacts, ...],
    risks: tuple[RiskFacts, ...],
    moves: list[DueMove],
    launch: Launch,
) -> MilestoneFacts:
    synced = milestone.tasks_synced_at
    read: dict[str, Any] = vars(milestone)
    heard = moment.day_of(read["heard_at"] or milestone.created_at)
    then = read["scope_then"]
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
        tasks_in_progress=milestone.tasks_in_progress,
        last_task_completed_on=milestone.last_task_completed_on,
        synced_hours_ago=(moment.now - synced).total_seconds() / 3600 if synced else None,
        predecessors=before,
        unmet_approvals=unmet,
        risks=risks,
        launch_paused=launch.status == Status.PAUSED,
        scope_then=None if then is None else ScopeFacts(read["scope_since"], then),
        slip=slip_of(moves, milestone.due_date, milestone.baseline_due_date),
        forecast=_forecast(milestone),
        last_heard_on=max(heard, milestone.last_task_completed_on or heard),
    )
