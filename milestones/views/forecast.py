"""What a milestone's page says about its forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from luna.ui.charts import curve
from luna.ui.fan import Fan, FanDay, lay_out
from milestones.domain.forecast_types import CURVE_PER_CENT, Basis
from milestones.models import Forecast, Milestone

BASIS_WORDS: dict[str, str] = {
    Basis.OWN_DAYS: "From how its tasks came and were completed, day by day, and from what it waits for.",
    Basis.TEAM_DAYS: "From how its team’s other milestones went, because it has few days of its own yet.",
    Basis.ESTIMATE: "From its estimate, and how long its team’s estimates took; where those are few, what is usual.",
    Basis.NOTHING_LEFT: "All its tasks are completed.",
}
NO_WORK = "Its estimate is 0 days, so nothing but what it waits for keeps it. Where work is left, estimate that."


def forecast_context(milestone: Milestone, today: date) -> dict[str, Any]:
    """`forecast` (None before it was computed), `likely`, `chance`, `basis` in words, drawings `fan` and `curve`."""
    kept: Forecast | None = getattr(milestone, "forecast", None)
    if kept is None or not milestone.is_open:
        return {"forecast": None}
    chance = "" if milestone.due_date and milestone.due_date < today else kept.chance_words()
    due = (
        curve.Wanted("Due", milestone.due_date, kept.chance if chance else None, chance) if milestone.due_date else None
    )
    return {
        "forecast": kept,
        "likely": kept.likely.words(today) if kept.likely else "",
        "chance": chance,
        "basis": NO_WORK if _is_of_no_work(kept, milestone) else BASIS_WORDS.get(kept.basis, ""),
        "fan": _fan(kept, milestone, today),
        "curve": curve_of(kept.curve, due, today),
    }


def _is_of_no_work(kept: Forecast, milestone: Milestone) -> bool:
    return kept.basis == Basis.ESTIMATE and not milestone.estimate_days


def curve_of(kept: Sequence[str | None], wanted: curve.Wanted | None, today: date) -> curve.Curve | None:
    """The drawing of a forecast's kept `curve`; None without a forecast, and where no day of it is in sight."""
    days = [date.fromisoformat(day) if day else None for day in kept]
    return curve.lay_out(list(zip(CURVE_PER_CENT, days, strict=False)), wanted=wanted, today=today)


def _fan(kept: Forecast, milestone: Milestone, today: date) -> Fan | None:
    if kept.p50 is None:
        return None
    others = [
        FanDay(word, day, kind)
        for word, day, kind in (
            ("Due", milestone.due_date, "wanted"),
            ("Baseline", milestone.baseline_due_date, "baseline"),
        )
        if day is not None and (kind != "baseline" or day != milestone.due_date)
    ]
    return lay_out(kept.p50, kept.p85, kept.p95, today=today, others=others)
