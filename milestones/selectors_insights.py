"""Reading what insights are computed from: the milestones and approvals of the launches that somebody may see."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import F, Min, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from launches.models import Launch
from luna.events.models import Event
from milestones.domain.insights import REASONS, Asked, Place, Record
from milestones.domain.quarters import Quarter, quarter_of
from milestones.domain.slips import DueMove, first_due_of
from milestones.domain.types import ApprovalState, Priority, State
from milestones.models import Approval, HealthVerdict, Milestone
from milestones.selectors import STILL_WANTED

if TYPE_CHECKING:
    from people.models import User, Workspace

_TEAM_ID = Coalesce("team_id", "owner__primary_team_id")
_TEAM = Coalesce("team__name", "owner__primary_team__name", Value(""))
"""The team whose work it is: its own, else its owner's."""
_REASON_OF = {rule: key for key, (_, rules) in REASONS.items() for rule in rules}
_RULE = re.compile(f'"rule": "({"|".join(_REASON_OF)})"')


@dataclass(frozen=True)
class InsightRows:
    """All of the quarters that are looked at."""

    records: tuple[Record, ...]
    approvals: tuple[Asked, ...]
    votes: tuple[Asked, ...]
    """One for each team or person that was asked, in the round that counts."""


def insight_rows(reader: User, place: Workspace, quarters: tuple[Quarter, ...]) -> InsightRows:
    """Of the launches that `reader` may see, in five statements, the holidays among them, however many they are.

    Milestones belong to the quarter in which they were first due, approvals to the one in which they were asked for;
    `quarters` follow each other, oldest first.
    """
    approvals, votes = _asked(reader, place, quarters)
    return InsightRows(tuple(_records(reader, quarters)), approvals, votes)


def _records(reader: User, quarters: tuple[Quarter, ...]) -> list[Record]:
    since, until = quarters[0].first_day, quarters[-1].last_day
    moves = _moves(reader)
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    # Where there is no date any more, the log may tell of one.
    may_be_meant = Q(due_date__gte=since) | Q(baseline_due_date__gte=since) | Q(due_date__isnull=True)
    dated = existing.filter(may_be_meant, launch__in=_visible(reader)).annotate(by_team_id=_TEAM_ID, by_team=_TEAM)
    columns = (
        "pk", "by_team_id", "by_team", "launch__tier", "state", "priority", "due_date", "baseline_due_date",
        "completed_date", "forecast__basis", "forecast__p50", "forecast__horizon",
    )  # fmt: skip
    found: dict[int, Record] = {}
    for (
        pk,
        team_id,
        team,
        tier,
        state,
        priority,
        due,
        baseline,
        completed,
        basis,
        p50,
        horizon,
    ) in dated.order_by().values_list(*columns):
        first = first_due_of(moves.get(pk, ()), due, baseline)
        if first is None or not since <= first <= until:
            continue
        found[pk] = Record(
            place=Place(team, team_id, tier, quarter_of(first)),
            first_due=first,
            due=due,
            completed=completed if state == State.COMPLETED else None,
            is_dropped=state == State.CANCELLED or (priority == Priority.WONT and state != State.COMPLETED),
            likely=(p50 or horizon) if basis and state != State.COMPLETED else None,
        )
    named = _named_reasons(since, {pk: one.first_due for pk, one in found.items()})
    return [replace(one, reasons=named[pk]) if pk in named else one for pk, one in found.items()]


def _visible(reader: User) -> QuerySet[Launch, Any]:
    rows: QuerySet[Launch, Any] = Launch.objects.visible_to(reader).order_by().values("pk")
    return rows


def _moves(reader: User) -> dict[int, list[DueMove]]:
    """By milestone: the changes of its due date, as the log tells them, oldest first; on which day plays no part."""
    edits = Event.objects.filter(verb="milestone.edited", launch_id__in=_visible(reader), after__has_key="due_date")
    told = edits.annotate(was=KT("before__due_date"), became=KT("after__due_date")).order_by("recorded_at", "pk")
    found: defaultdict[int, list[DueMove]] = defaultdict(list)
    for pk, was, became in told.values_list("subject_id", "was", "became"):
        found[pk].append(DueMove(date.min, _day(was), _day(became)))
    return found


def _day(kept: str | None) -> date | None:
    """None where there was no date, which SQLite gives as the text `null`."""
    return date.fromisoformat(kept) if kept and kept != "null" else None


def _named_reasons(since: date, first_due: Mapping[int, date]) -> dict[int, frozenset[str]]:
    """Of the milestones that were first due on a day since then: which of REASONS their verdicts had named by it.

    Verdicts are many, because what is late gets a new one every day. So those after both dates of their milestone (its
    first due date is never later than both) are not read, and signals are searched as text: a kept signal holds its
    rule as `"rule": "stalled"`, and inside a sentence those quotes would be escaped.
    """
    # No condition asks for a launch or for some milestone: the table is read in its order, which takes half the time of
    # finding the rows by an index. What the reader may not see, and the launches' own, are not in `first_due`.
    due, baseline = "milestone__due_date", "milestone__baseline_due_date"
    verdicts = HealthVerdict.objects.filter(
        Q((f"{due}__gte", since), today__lte=F(due))
        | Q((f"{baseline}__gte", since), today__lte=F(baseline))
        | Q((f"{due}__isnull", True))
    )
    told = verdicts.annotate(told=Cast("signals", TextField())).order_by().values_list("milestone_id", "today", "told")
    found: defaultdict[int, set[str]] = defaultdict(set)
    for pk, day, signals in told.iterator():
        if pk in first_due and day <= first_due[pk]:
            found[pk].update(_RULE.findall(signals))
    return {pk: frozenset(_REASON_OF[rule] for rule in rules) for pk, rules in found.items()}


def _asked(
    reader: User, place: Workspace, quarters: tuple[Quarter, ...]
) -> tuple[tuple[Asked, ...], tuple[Asked, ...]]:
    """Approvals and, apart, the votes of each who was asked. A new round begins anew; withdrawn ones are left out."""
    zone = ZoneInfo(place.time_zone)
    since = datetime.combine(quarters[0].first_day, time.min, tzinfo=zone)
    is_live = Q(met_at__isnull=False) | STILL_WANTED
    kept = Approval.objects.filter(is_live, asked_at__gte=since, launch__in=_visible(reader))
    columns = (
        "pk", "asked_at", "met_at", "by_team_id", "by_team", "launch__tier", "approvers__pk", "approvers__team__name",
        "voted_at",
    )  # fmt: skip
    rows = (
        kept.exclude(state=ApprovalState.WITHDRAWN)
        .annotate(
            by_team_id=Coalesce("milestone__team_id", "milestone__owner__primary_team_id"),
            by_team=Coalesce("milestone__team__name", "milestone__owner__primary_team__name", Value("")),
            voted_at=Min("approvers__votes__voted_at", filter=Q(approvers__votes__round=F("round"))),
        )
        .order_by("pk")
        .values_list(*columns)
    )

    calendar, today = place.calendar, place.today

    def asked(begun: datetime, end: datetime | None, where: Place, of: str = "") -> Asked:
        last = end.astimezone(zone).date() if end else today
        taken = calendar.between(begun.astimezone(zone).date(), last)
        return Asked(where, max(taken, 0), is_given=end is not None, of=of)

    whole: dict[int, Asked] = {}
    votes = []
    for pk, asked_at, met_at, team_id, team, tier, seat, seat_team, voted_at in rows:
        where = Place(team, team_id, tier, quarter_of(asked_at.astimezone(zone).date()))
        whole[pk] = asked(asked_at, met_at, where)
        # Once it is met, nobody waits for the votes that were not needed.
        if seat is not None and (voted_at is not None or met_at is None):
            votes.append(asked(asked_at, voted_at, where, seat_team or ""))
    return tuple(whole.values()), tuple(votes)
