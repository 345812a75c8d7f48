"""Reading what calibration is computed from: finished milestones with their first estimates, and judged forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from launches.models import Launch
from milestones.domain.calibration import Finished, Foretold
from milestones.domain.days import days_taken
from milestones.domain.insights import Place
from milestones.domain.quarters import Quarter, quarter_of
from milestones.domain.types import State
from milestones.models import Milestone, Snapshot
from people.models import User

if TYPE_CHECKING:
    from luna.lib.dates import WorkingCalendar

MOST_OF_A_TEAM = 200
"""Finished milestones of one team from which a suggestion is made, the newest."""


@dataclass(frozen=True, slots=True)
class Past:
    """A finished milestone; its quarter is the one in which it was completed."""

    place: Place
    finished: Finished


@dataclass(frozen=True, slots=True)
class Judged:
    """The one forecast by which a milestone is judged; its quarter is that of its likely day."""

    place: Place
    forecast: Foretold


def finished_milestones(reader: User, calendar: WorkingCalendar, quarters: tuple[Quarter, ...]) -> list[Past]:
    """Completed within the quarters, which follow each other, in launches that `reader` may see; one statement.

    The team is the milestone's own, else its owner's; the kind of work is its stage. Each is empty where there is none.
    """
    columns = (
        "by_team", "by_team_id", "launch__tier", "kind", "first_estimate_days", "start_date", "completed_date",
    )  # fmt: skip
    rows = _estimated().filter(launch__in=_visible(reader), completed_date__range=_days(quarters))
    return [
        Past(
            Place(team, team_id, tier, quarter_of(completed)),
            Finished(team, kind, float(estimate), days_taken(start, completed, calendar)),
        )
        for team, team_id, tier, kind, estimate, start, completed in rows.order_by().values_list(*columns)
    ]


def past_of_team(team_id: int, reader: User, calendar: WorkingCalendar) -> list[Finished]:
    """The team's newest finished milestones, of launches that `reader` may see, in one statement."""
    # Said so that both ways to belong to the team are found by an index.
    members = User.objects.filter(primary_team=team_id).order_by().values("pk")
    is_theirs = Q(team=team_id) | Q(team__isnull=True, owner__in=members)
    rows = _estimated().filter(is_theirs, launch__in=_visible(reader)).order_by("-completed_date", "pk")
    columns = ("by_team", "kind", "first_estimate_days", "start_date", "completed_date")
    return [
        Finished(team, kind, float(estimate), days_taken(start, completed, calendar))
        for team, kind, estimate, start, completed in rows.values_list(*columns)[:MOST_OF_A_TEAM]
    ]


def judged_forecasts(reader: User, quarters: tuple[Quarter, ...]) -> list[Judged]:
    """One of each milestone whose likely day lay within the quarters; one statement.

    Of launches that `reader` may see, without cancelled and deleted milestones; open ones are among them.
    """
    rows = Snapshot.objects.filter(
        is_judged=True,
        p50__range=_days(quarters),
        p85__isnull=False,
        milestone__launch__in=_visible(reader),
        milestone__deleted_at__isnull=True,
    ).exclude(milestone__state=State.CANCELLED)
    named = rows.annotate(
        by_team=Coalesce("milestone__team__name", "milestone__owner__primary_team__name", Value("")),
        by_team_id=Coalesce("milestone__team_id", "milestone__owner__primary_team_id"),
    ).order_by()
    columns = (
        "by_team", "by_team_id", "milestone__launch__tier", "day", "p50", "p85", "due_date", "chance",
        "milestone__completed_date",
    )  # fmt: skip
    return [
        Judged(Place(team, team_id, tier, quarter_of(likely)), Foretold(day, likely, sure, due, chance, completed))
        for team, team_id, tier, day, likely, sure, due, chance, completed in named.values_list(*columns)
    ]


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
