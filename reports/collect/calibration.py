"""Calibration: how good estimates and forecasts were, of what one reader may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from milestones.domain.calibration import (
    LIKELY,
    SURE,
    Accuracy,
    Coverages,
    Finished,
    ForecastAccuracy,
    Group,
    NotEnough,
    accuracy_by_group,
    coverage,
    estimate_accuracy,
    forecast_accuracy,
)
from milestones.domain.quarters import Quarter, last_quarters
from milestones.selectors_calibration import finished_milestones, held_dates, judged_forecasts
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


@dataclass(frozen=True)
class InShort:
    """What insights say of it."""

    forecasts: Coverages
    estimates: Accuracy | NotEnough
    by_team: tuple[tuple[str, Accuracy | NotEnough], ...]
    """In the order of the alphabet; the one without a name last."""


def calibration_in_short(reader: User, place: Workspace, wanted: Wanted) -> InShort:
    """The same figures of estimates and dates, without kinds of work and probabilities; in three statements."""
    quarters = last_quarters(place.today, QUARTERS)
    finished = [one.finished for one in wanted.of(finished_milestones(reader, place.calendar, quarters))]
    held = wanted.of(held_dates(reader, quarters, place.today))
    by_team: defaultdict[str, list[Finished]] = defaultdict(list)
    for one in finished:
        by_team[one.team].append(one)
    return InShort(
        forecasts=Coverages(
            coverage(LIKELY, sum(one.likely_passed for one in held), sum(one.likely_kept for one in held)),
            coverage(SURE, sum(one.sure_passed for one in held), sum(one.sure_kept for one in held)),
        ),
        estimates=estimate_accuracy(finished),
        by_team=tuple(
            (team, estimate_accuracy(by_team[team])) for team in sorted(by_team, key=lambda t: (not t, t.casefold()))
        ),
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
