"""What a launch's front page says about when it is likely to land."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from luna.ui.fan import FanDay, lay_out
from luna.ui.wording import percent
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
    """`likely`, `chance` of the target, who is `deciding` most often, the drawing `fan`; nothing without a forecast."""
    summary, target = launch.summary, launch.target_date
    if summary.p50 is None and not summary.criticality:
        return {}
    others = [FanDay("Target", target, "wanted")] if target else []
    is_over = target is not None and target < today
    return {
        "likely": Likely(summary.p50, summary.p85, summary.p95).words(today),
        "chance": "" if summary.chance is None else chance_words(summary.chance, is_over=is_over),
        "deciding": deciding(summary.criticality, rows),
        "fan": lay_out(summary.p50, summary.p85, summary.p95, today=today, others=others, is_small=True)
        if summary.p50
        else None,
    }


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
