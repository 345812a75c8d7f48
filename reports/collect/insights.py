"""Insights: which milestones and approvals are meant, and what they show, for one reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from milestones.domain.insights import By, Placed
from milestones.domain.quarters import Quarter, last_quarters, quarter_named
from milestones.selectors_insights import insight_rows
from reports.content.insights import Insights, insights

if TYPE_CHECKING:
    from people.models import User, Workspace

QUARTERS = 6
"""That are looked at: the one of today and those before it."""
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

    def lets_in(self, one: Placed) -> bool:
        """Whether the filters leave it."""
        place = one.place
        return (
            self.team in {None, place.team_id or NO_TEAM}
            and self.tier in {None, place.tier}
            and self.quarter in {None, place.quarter}
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
        [one for one in rows.records if wanted.lets_in(one)],
        [one for one in rows.approvals if wanted.lets_in(one)],
        [one for one in rows.votes if wanted.lets_in(one)],
        by=wanted.by,
        over_time=[one for one in rows.records if over_time.lets_in(one)],
        quarters=quarters,
        today=place.today,
    )
    placed: list[Placed] = [*rows.records, *rows.approvals]
    known = {(one.place.team_id or NO_TEAM, one.place.team) for one in placed}
    ordered = sorted(known, key=lambda team: (not team[1], team[1].casefold(), team[0]))
    return Reading(
        shown=shown,
        quarters=quarters,
        teams=tuple((pk, name or "No team") for pk, name in ordered),
        is_empty=not rows.records and not rows.approvals,
    )
