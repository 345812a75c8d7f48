"""What a launch's front page says about when it is likely to land."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from launches.domain.types import StageCategory
from luna.ui.fan import FanDay, lay_out
from luna.ui.wording import counted, day_words, percent
from milestones.domain.forecast_types import Likely, chance_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from launches.models import Launch
    from reports.collect.overview import MilestoneRow

MOST_DECIDING = 2
_LEAST_SHARE = 0.1


@dataclass(frozen=True)
class Deciding:
    """A milestone that often decides the launch's date."""

    name: str
    path: str
    share: str


def forecast_context(launch: Launch, rows: Sequence[MilestoneRow], today: date) -> dict[str, Any]:
    """`likely`, `chance` of the target, who is `deciding` most often, the drawing `fan`; nothing without a forecast.

    Of a launch that is over, or has launched, only `landed`: when, against its target.
    """
    summary, target = launch.summary, launch.target_date
    if is_over(launch) or (launch.launched_date and launch.launched_date <= today):
        return {"landed": landed(launch, today)}
    if summary.p50 is None and not summary.criticality:
        return {}
    others = [FanDay("Target", target, "wanted")] if target else []
    is_late = target is not None and target < today
    return {
        "likely": Likely(summary.p50, summary.p85, summary.p95).words(today),
        "chance": "" if summary.chance is None else chance_words(summary.chance, is_over=is_late),
        "deciding": deciding(summary.criticality, rows),
        "fan": lay_out(summary.p50, summary.p85, summary.p95, today=today, others=others, is_small=True)
        if summary.p50
        else None,
    }


def is_over(launch: Launch) -> bool:
    """Whether its stage is completed or closed."""
    return launch.stage.category in {StageCategory.COMPLETED, StageCategory.CLOSED}


@dataclass(frozen=True)
class Landed:
    """How a launch ended."""

    day: date | None
    """None: it is over, and nobody said when it launched."""
    words: str


def landed(launch: Launch, today: date) -> Landed:
    """`Mon 9 Feb`, `3 days before its target, Thu 12 Feb`."""
    day, target = launch.launched_date, launch.target_date
    if day is None:
        return Landed(None, f"Its target was {day_words(target, today)}." if target else "It had no target date.")
    if target is None:
        return Landed(day, "without a target date")
    if day == target:
        return Landed(day, "on its target")
    far = f"{counted(abs((day - target).days), 'day')} {'after' if day > target else 'before'}"
    return Landed(day, f"{far} its target, {day_words(target, today)}")


def deciding(criticality: dict[str, float], rows: Sequence[MilestoneRow]) -> list[Deciding]:
    """Those that decide it most often. One of another launch is not named: its launch may be private."""
    own = {str(row.pk): row for row in rows}
    often = sorted(criticality.items(), key=lambda item: (-item[1], item[0]))[:MOST_DECIDING]
    return [
        Deciding(own[pk].name, own[pk].path, percent(share))
        if pk in own
        else Deciding("a milestone of another launch", "", percent(share))
        for pk, share in often
        if share >= _LEAST_SHARE
    ]
