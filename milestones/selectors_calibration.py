"""Reading what calibration is computed from: finished milestones with their first estimates, and judged forecasts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Substr

from launches.models import Launch
from luna.lib.iso_days import IsoDay, day_of
from milestones.domain.calibration import Finished, Foretold
from milestones.domain.days import NumberedDays
from milestones.domain.insights import Place
from milestones.domain.quarters import Quarter, quarter_of
from milestones.domain.types import State
from milestones.models import Milestone, Snapshot
from people.models import User

if TYPE_CHECKING:
    from luna.lib.dates import WorkingCalendar

_ESTIMATE = Cast("first_estimate_days", FloatField())
_SPAN = (IsoDay("start_date"), IsoDay("completed_date"))
_HELD = (
    "by_team", "by_team_id", "milestone__launch__tier", "month", "likely_passed", "likely_kept", "sure_passed",
    "sure_kept",
)  # fmt: skip
MOST_OF_A_TEAM = 200
"""Finished milestones of one team from which a suggestion is made, the newest."""


class Past(NamedTuple):
    """A finished milestone; its quarter is the one in which it was completed."""

    place: Place
    finished: Finished


class Judged(NamedTuple):
    """The one forecast by which a milestone is judged; its quarter is that of its likely day."""

    place: Place
    forecast: Foretold


def finished_milestones(reader: User, calendar: WorkingCalendar, quarters: tuple[Quarter, ...]) -> list[Past]:
    """Completed within the quarters, which follow each other, in launches that `reader` may see; one statement.

    The team is the milestone's own, else its owner's; the kind of work is its stage. Each is empty where there is none.
    """
    columns = ("by_team", "by_team_id", "launch__tier", "kind", _ESTIMATE, *_SPAN)
    rows = _estimated().filter(launch__in=_visible(reader), completed_date__range=_days(quarters))
    days = NumberedDays(calendar)
    return [
        Past(
            Place(team, team_id, tier, quarter_of(day_of(completed))),
            Finished(team, kind, estimate, days.taken(day_of(start), day_of(completed))),
        )
        for team, team_id, tier, kind, estimate, start, completed in rows.order_by().values_list(*columns).iterator()
    ]


def past_of_team(team_id: int, reader: User, calendar: WorkingCalendar) -> list[Finished]:
    """The team's newest finished milestones, of launches that `reader` may see, in one statement."""
    # Said so that both ways to belong to the team are found by an index.
    members = User.objects.filter(primary_team=team_id).order_by().values("pk")
    is_theirs = Q(team=team_id) | Q(team__isnull=True, owner__in=members)
    rows = _estimated().filter(is_theirs, launch__in=_visible(reader)).order_by("-completed_date", "pk")
    columns = ("by_team", "kind", _ESTIMATE, *_SPAN)
    days = NumberedDays(calendar)
    return [
        Finished(team, kind, estimate, days.taken(day_of(start), day_of(completed)))
        for team, kind, estimate, start, completed in rows.values_list(*columns)[:MOST_OF_A_TEAM]
    ]


def judged_forecasts(reader: User, quarters: tuple[Quarter, ...]) -> list[Judged]:
    """One of each milestone whose likely day lay within the quarters; one statement.

    Of launches that `reader` may see, without cancelled and deleted milestones; open ones are among them.
    """
    columns = (
        "by_team", "by_team_id", "milestone__launch__tier", IsoDay("day"), IsoDay("p50"), IsoDay("p85"),
        IsoDay("due_date"), "chance", IsoDay("milestone__completed_date"),
    )  # fmt: skip
    return [
        Judged(
            Place(team, team_id, tier, quarter_of(day_of(likely))),
            Foretold(
                day_of(day),
                day_of(likely),
                day_of(sure),
                day_of(due) if due else None,
                chance,
                day_of(completed) if completed else None,
            ),
        )
        for team, team_id, tier, day, likely, sure, due, chance, completed in _judged(reader, quarters)
        .values_list(*columns)
        .iterator()
    ]


class Held(NamedTuple):
    """Of the judged forecasts of one place whose days have passed: how many there are, and how many held."""

    place: Place
    likely_passed: int
    likely_kept: int
    sure_passed: int
    sure_kept: int


def held_dates(reader: User, quarters: tuple[Quarter, ...], today: date) -> list[Held]:
    """What `judged_forecasts` come to on the morning of `today`, counted by the database; one statement."""
    is_likely, is_sure = Q(p50__lt=today), Q(p85__lt=today)
    rows = (
        _judged(reader, quarters)
        .annotate(month=Substr(IsoDay("p50"), 1, 7))
        .values("by_team", "by_team_id", "milestone__launch__tier", "month")
        .annotate(
            likely_passed=Count("pk", filter=is_likely),
            likely_kept=Count("pk", filter=is_likely & Q(milestone__completed_date__lte=F("p50"))),
            sure_passed=Count("pk", filter=is_sure),
            sure_kept=Count("pk", filter=is_sure & Q(milestone__completed_date__lte=F("p85"))),
        )
    )
    return [
        Held(Place(team, team_id, tier, quarter_of(day_of(f"{month}-01"))), *counts)
        for team, team_id, tier, month, *counts in rows.values_list(*_HELD)
    ]


def _judged(reader: User, quarters: tuple[Quarter, ...]) -> QuerySet[Snapshot]:
    rows = Snapshot.objects.filter(
        is_judged=True,
        p50__range=_days(quarters),
        p85__isnull=False,
        milestone__launch__in=_visible(reader),
        milestone__deleted_at__isnull=True,
    ).exclude(milestone__state=State.CANCELLED)
    return rows.annotate(
        by_team=Coalesce("milestone__team__name", "milestone__owner__primary_team__name", Value("")),
        by_team_id=Coalesce("milestone__team_id", "milestone__owner__primary_team_id"),
    ).order_by()


def _visible(reader: User) -> QuerySet[Launch, Any]:
    rows: QuerySet[Launch, Any] = Launch.objects.visible_to(reader).order_by().values("pk")
    return rows


def _days(quarters: tuple[Quarter, ...]) -> tuple[date, date]:
    return quarters[0].first_day, quarters[-1].last_day


def _estimated() -> QuerySet[Milestone]:
    """Completed, with a first estimate and a start that is not after the end."""
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    return existing.annotate(
        by_team=Coalesce("team__name", "owner__primary_team__name", Value("")),
        by_team_id=Coalesce("team_id", "owner__primary_team_id"),
        kind=Coalesce("stage__name", Value("")),
    ).filter(
        state=State.COMPLETED,
        first_estimate_days__gt=0,
        start_date__isnull=False,
        completed_date__gte=F("start_date"),
    )
