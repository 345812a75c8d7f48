"""Insights: which milestones and approvals are meant, and what they show, for one reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from milestones.domain.insights import By, Place, Placed
from milestones.domain.quarters import Quarter, last_quarters, quarter_named
from milestones.selectors_insights import insight_rows
from reports.content.insights import Insights, insights

if TYPE_CHECKING:
    from people.models import User, Workspace

QUARTERS = 6
"""That are looked at: the one of today and those before it."""
_T = TypeVar("_T", bound=Placed)
NO_TEAM = 0
"""Stands in addresses for milestones without a team."""


@dataclass(frozen=True)
class Wanted:
    """What an address asks for."""

    by: By = By.TEAM
    team: int | None = None
    """A team's id, or NO_TEAM; None: every team."""
    tier: int | None = None
    quarter: Quarter | None = None
    """None: all that are looked at."""
    strange: tuple[str, ...] = ()
    """What the address says and Luna doesn't know: it was left out."""

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return (self.team, self.tier, self.quarter) != (None, None, None)

    @property
    def team_code(self) -> str:
        """As it stands in the address."""
        return "" if self.team is None else str(self.team)

    @property
    def quarter_code(self) -> str:
        """As it stands in the address."""
        return self.quarter.code if self.quarter else ""

    def of(self, items: Sequence[_T]) -> Sequence[_T]:
        """Those that the filters leave."""
        return [one for one in items if self._lets_in(one.place)] if self.is_filtered else items

    def _lets_in(self, place: Place) -> bool:
        return (
            (self.team is None or self.team == (place.team_id or NO_TEAM))
            and (self.tier is None or self.tier == place.tier)
            and (self.quarter is None or self.quarter == place.quarter)
        )


def read_wanted(query: Mapping[str, str], today: date) -> Wanted:
    """The filters in an address; what makes no sense is left out, and said to be."""
    given = {name: query.get(name, "") for name in ("by", "team", "tier", "quarter")}
    quarter = quarter_named(given["quarter"])
    read = Wanted(
        by=By(given["by"]) if given["by"] in set(By) else By.TEAM,
        team=int(given["team"]) if re.fullmatch(r"[0-9]{1,10}", given["team"]) else None,
        tier=int(given["tier"]) if given["tier"] in {"1", "2", "3"} else None,
        quarter=quarter if quarter in last_quarters(today, QUARTERS) else None,
    )
    known = {
        "by": given["by"] == read.by,
        "team": read.team is not None,
        "tier": read.tier is not None,
        "quarter": read.quarter is not None,
    }
    strange = tuple(f"{name}={value[:40]}" for name, value in given.items() if value and not known[name])
    return replace(read, strange=strange)


@dataclass(frozen=True)
class Reading:
    """What one reader is shown for an address."""

    shown: Insights
    quarters: tuple[Quarter, ...]
    teams: tuple[tuple[int, str], ...]
    """That can be filtered by: those of the milestones that the reader may see; NO_TEAM last."""
    is_empty: bool
    """Whether there is nothing at all, whatever the filters."""


def collect_insights(reader: User, place: Workspace, wanted: Wanted) -> Reading:
    """In five statements, however much there is."""
    quarters = last_quarters(place.today, QUARTERS)
    rows = insight_rows(reader, place, quarters)
    over_time = replace(wanted, quarter=None)
    shown = insights(
        wanted.of(rows.records),
        wanted.of(rows.approvals),
        wanted.of(rows.votes),
        by=wanted.by,
        over_time=over_time.of(rows.records),
        quarters=quarters,
        today=place.today,
    )
    return Reading(
        shown=shown,
        quarters=quarters,
        teams=teams_of([*rows.records, *rows.approvals]),
        is_empty=not rows.records and not rows.approvals,
    )


def teams_of(items: Iterable[Placed]) -> tuple[tuple[int, str], ...]:
    """Id and name of each team that something belongs to, by name; NO_TEAM last."""
    known = {(place.team_id or NO_TEAM, place.team) for place in {one.place for one in items}}
    ordered = sorted(known, key=lambda team: (not team[1], team[1].casefold(), team[0]))
    return tuple((pk, name or "No team") for pk, name in ordered)
