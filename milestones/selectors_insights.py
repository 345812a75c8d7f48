"""Reading what insights are computed from: the milestones and approvals of the launches that somebody may see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import F, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from launches.models import Launch
from luna.lib.iso_days import IsoDay, day_of
from milestones.domain.days import NumberedDays
from milestones.domain.insights import Asked, Place, Record
from milestones.domain.quarters import Quarter, quarter_of
from milestones.domain.types import ApprovalState, Priority, State
from milestones.models import Approval, Milestone
from milestones.selectors import STILL_WANTED

if TYPE_CHECKING:
    from people.models import User, Workspace

_TEAM_ID = Coalesce("team_id", "owner__primary_team_id")
_TEAM = Coalesce("team__name", "owner__primary_team__name", Value(""))
"""The team whose work it is: its own, else its owner's."""
_FIRST_DUE = Coalesce("moved_from_date", "baseline_due_date", "due_date")
"""As milestones.domain.slips.first_due_of computes it out of the log."""
_NONE: frozenset[str] = frozenset()
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class InsightRows:
    """All of the quarters that are looked at."""

    records: tuple[Record, ...]
    approvals: tuple[Asked, ...]
    votes: tuple[Asked, ...]
    """One for each team or person that was asked, in the round that counts."""


def insight_rows(reader: User, place: Workspace, quarters: tuple[Quarter, ...]) -> InsightRows:
    """Of the launches that `reader` may see, in three statements, the holidays among them, however many they are.

    Milestones belong to the quarter in which they were first due, approvals to the one in which they were asked for;
    `quarters` follow each other, oldest first.
    """
    approvals, votes = _asked(reader, place, quarters)
    return InsightRows(tuple(_records(reader, quarters)), approvals, votes)


def _records(reader: User, quarters: tuple[Quarter, ...]) -> list[Record]:
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    rows = existing.annotate(first_due=_FIRST_DUE, by_team_id=_TEAM_ID, by_team=_TEAM).filter(
        first_due__range=(quarters[0].first_day, quarters[-1].last_day), launch__in=_visible(reader)
    )
    columns = (
        IsoDay("first_due"), "by_team_id", "by_team", "launch__tier", "state", "priority", IsoDay("due_date"),
        IsoDay("completed_date"), "forecast__basis", IsoDay(Coalesce("forecast__p50", "forecast__horizon")),
        Cast("reasons_named", TextField()),
    )  # fmt: skip
    told = rows.order_by().values_list(*columns).iterator()
    return [
        Record(
            place=Place(team, team_id, tier, quarter_of(day_of(first))),
            first_due=day_of(first),
            due=day_of(due) if due else None,
            completed=day_of(completed) if state == State.COMPLETED else None,
            is_dropped=state == State.CANCELLED or (priority == Priority.WONT and state != State.COMPLETED),
            likely=day_of(likely) if basis and state != State.COMPLETED else None,
            reasons=_NONE if named == "{}" else _named_by(first, named),
        )
        for first, team_id, team, tier, state, priority, due, completed, basis, likely, named in told
    ]


def _named_by(day: str, named: str) -> frozenset[str]:
    """Those of the reasons kept as JSON that were named up to that day."""
    return frozenset([key for key, first in _DECODER.raw_decode(named)[0].items() if first <= day])


def _visible(reader: User) -> QuerySet[Launch, Any]:
    rows: QuerySet[Launch, Any] = Launch.objects.visible_to(reader).order_by().values("pk")
    return rows


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

    days, today = NumberedDays(place.calendar), place.today

    def asked(begun: date, end: datetime | None, where: Place, of: str = "") -> Asked:
        last = end.astimezone(zone).date() if end else today
        taken = days.at_or_before(last) - days.at_or_before(begun)
        return Asked(where, max(taken, 0), is_given=end is not None, of=of)

    whole: dict[int, Asked] = {}
    votes = []
    for pk, asked_at, met_at, team_id, team, tier, seat, seat_team, voted_at in rows:
        begun = asked_at.astimezone(zone).date()
        where = Place(team, team_id, tier, quarter_of(begun))
        whole[pk] = asked(begun, met_at, where)
        # Once it is met, nobody waits for the votes that were not needed.
        if seat is not None and (voted_at is not None or met_at is None):
            votes.append(asked(begun, voted_at, where, seat_team or ""))
    return tuple(whole.values()), tuple(votes)
