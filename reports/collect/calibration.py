"""Calibration: how good estimates and forecasts were, of what one reader may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from milestones.domain.calibration import (
    Accuracy,
    ForecastAccuracy,
    Group,
    NotEnough,
    accuracy_by_group,
    estimate_accuracy,
    forecast_accuracy,
)
from milestones.domain.quarters import Quarter, last_quarters
from milestones.selectors_calibration import finished_milestones, judged_forecasts
from reports.collect.insights import QUARTERS, Wanted, teams_of

if TYPE_CHECKING:
    from people.models import User, Workspace


@dataclass(frozen=True)
class TeamAccuracy:
    """One team's estimates."""

    team: str
    """Empty: of nobody's team."""
    all_work: Accuracy | NotEnough
    kinds: tuple[tuple[str, Accuracy | NotEnough], ...]
    """By stage, which is empty for work without one."""


@dataclass(frozen=True)
class Reading:
    """What one reader is shown for an address."""

    forecasts: ForecastAccuracy
    estimates: Accuracy | NotEnough
    by_team: tuple[TeamAccuracy, ...]
    """In the order of the alphabet, the one without a name last."""
    quarters: tuple[Quarter, ...]
    teams: tuple[tuple[int, str], ...]
    """That can be filtered by; NO_TEAM last."""
    is_empty: bool
    """Whether there is nothing at all, whatever the filters."""


def collect_calibration(reader: User, place: Workspace, wanted: Wanted) -> Reading:
    """In three statements, the calendar's holidays among them, however much there is."""
    quarters = last_quarters(place.today, QUARTERS)
    past = finished_milestones(reader, place.calendar, quarters)
    judged = judged_forecasts(reader, quarters)
    finished = [one.finished for one in wanted.of(past)]
    return Reading(
        forecasts=forecast_accuracy([one.forecast for one in wanted.of(judged)], today=place.today),
        estimates=estimate_accuracy(finished),
        by_team=_by_team(accuracy_by_group(finished)),
        quarters=quarters,
        teams=teams_of([*past, *judged]),
        is_empty=not past and not judged,
    )


def _by_team(groups: dict[Group, Accuracy | NotEnough]) -> tuple[TeamAccuracy, ...]:
    kinds: defaultdict[str, list[tuple[str, Accuracy | NotEnough]]] = defaultdict(list)
    for (team, kind), some in groups.items():
        if kind is not None:
            kinds[team].append((kind, some))
    teams = sorted(kinds, key=lambda team: (not team, team.casefold()))
    return tuple(
        TeamAccuracy(team, groups[team, None], tuple(sorted(kinds[team], key=lambda pair: pair[0]))) for team in teams
    )
