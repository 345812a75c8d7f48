"""Reading what calibration is computed from: finished milestones with their first estimates, and judged forecasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from launches.models import Launch
from milestones.domain.calibration import Finished, Foretold
from milestones.domain.days import days_taken
from milestones.domain.types import State
from milestones.models import Milestone, Snapshot

if TYPE_CHECKING:
    from launches.querysets import LaunchQuerySet
    from luna.lib.dates import WorkingCalendar
    from people.models import User

NO_TEAM, NO_KIND = "No team", "No stage"
MOST_OF_A_TEAM = 200
"""Finished milestones of one team from which a suggestion is made, the newest."""
_KIND = Coalesce("stage__name", Value(NO_KIND))


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


def finished_milestones(
    launches: LaunchQuerySet, calendar: WorkingCalendar, *, team_id: int | None = None, span: Span | None = None
) -> list[Finished]:
    """Milestones of these launches that were completed within the span, in one statement.

    The team is the milestone's own, else its owner's; the kind of work is its stage.
    """
    rows = _estimated().filter(launch__in=launches)
    if team_id is not None:
        rows = rows.filter(by_team=team_id)
    if span is not None:
        rows = rows.filter(completed_date__range=(span.first, span.last))
    return list(_finished(rows, calendar))


def past_of_team(team_id: int, reader: User, calendar: WorkingCalendar) -> list[Finished]:
    """The team's newest finished milestones, of launches that `reader` may see, in one statement."""
    rows = _estimated().filter(by_team=team_id, launch__in=Launch.objects.visible_to(reader))
    return list(_finished(rows.order_by("-completed_date", "pk")[:MOST_OF_A_TEAM], calendar))


def foretold(launches: LaunchQuerySet, *, team_id: int | None = None, span: Span | None = None) -> list[Foretold]:
    """The one judged forecast of each of these launches' milestones, those whose likely day lies within the span.

    Without cancelled and deleted milestones; open ones are among them. One statement.
    """
    rows = Snapshot.objects.filter(is_judged=True, milestone__launch__in=launches, milestone__deleted_at__isnull=True)
    rows = rows.exclude(milestone__state=State.CANCELLED)
    if team_id is not None:
        by_team = Coalesce("milestone__team_id", "milestone__owner__primary_team_id")
        rows = rows.annotate(by_team=by_team).filter(by_team=team_id)
    if span is not None:
        rows = rows.filter(p50__range=(span.first, span.last))
    columns = ("p50", "p85", "due_date", "chance", "milestone__completed_date")
    found = rows.filter(p50__isnull=False, p85__isnull=False).order_by("milestone_id").values_list(*columns)
    return [Foretold(*row) for row in found]


def _estimated() -> QuerySet[Milestone]:
    """Completed, with a first estimate and a start that is not after the end."""
    existing: QuerySet[Milestone] = Milestone.objects.existing()
    return existing.annotate(
        by_team=Coalesce("team_id", "owner__primary_team_id"),
        team_name=Coalesce("team__name", "owner__primary_team__name", Value(NO_TEAM)),
        kind=_KIND,
    ).filter(
        state=State.COMPLETED,
        first_estimate_days__gt=0,
        start_date__isnull=False,
        completed_date__gte=F("start_date"),
    )


def _finished(rows: QuerySet[Milestone], calendar: WorkingCalendar) -> Iterator[Finished]:
    columns = ("team_name", "kind", "first_estimate_days", "start_date", "completed_date")
    for team, kind, estimate, start, completed in rows.values_list(*columns):
        yield Finished(team, kind, float(estimate), days_taken(start, completed, calendar))
