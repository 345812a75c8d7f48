"""Why a date moved, in words (docs/algorithms/movement.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from luna.ui.wording import counted, day_words
from milestones.domain.mixture import Cause, Went
from milestones.domain.movement import Movement, Share

_PLAIN = {
    Cause.TIME: "Time went by as expected",
    Cause.CORRECTIONS: "What was known of days gone by was corrected",
    Cause.CALENDAR: "The working calendar changed",
    Cause.PLAN: "Dependencies changed",
    Cause.START: "The start date changed",
    Cause.SCOPE: "There is more or less to do",
    Cause.PACE: "More or less was done than expected",
    Cause.WAITS: "Approvals take longer or shorter",
    Cause.TARGET: "The date to meet changed",
}
_LONGER_HISTORY, _SURER = "A longer history makes the date surer", "The time that went by makes the date surer"
"""Of time that makes a date earlier: with linked tasks, and where none are known."""
_HALF = "½"


def headline(moved: Movement, today: date) -> str:
    """`85 % sure by Mon 28 Dec, 10 days later than Fri 18 Dec`."""
    now, was = day_words(moved.after, today), day_words(moved.before, today)
    if not moved.days:
        return f"85 % sure by {now}, as before"
    return f"85 % sure by {now}, {_days(abs(moved.days))} {'later' if moved.days > 0 else 'earlier'} than {was}"


def reason(share: Share, went: Went | None, name_of: Callable[[int], str]) -> str:
    """What one part is about, with its figures; `name_of` names a milestone as its reader may know it."""
    cause = share.part.cause
    if cause is Cause.UPSTREAM:
        ids = share.part.milestone_ids
        return f"{name_of(ids[0])} moved" if len(ids) == 1 else f"{len(ids)} other milestones moved"
    if cause is Cause.TIME:
        return _time(share, went)
    if went is None:
        return _PLAIN[cause]
    return _with_figures(share, went)


def _with_figures(share: Share, went: Went) -> str:
    cause = share.part.cause
    if cause is Cause.PACE and went.working_days:
        return _pace(share, went)
    if cause is Cause.SCOPE:
        return _scope(share, went)
    if cause is Cause.CORRECTIONS and went.reopened > 0:
        return f"{_tasks(went.reopened)} counted as done before and open after all"
    return _PLAIN[cause]


def total(days: int) -> str:
    """What all parts come to: `10 days later`, or `the same day`."""
    return f"{_days(abs(days))} {'later' if days > 0 else 'earlier'}" if days else "the same day"


def effect(share: Share) -> str:
    """`7 days later`, `½ day earlier`; for what moves only the chance, `chance +12 points`."""
    return date_effect(share) or f"chance {chance_effect(share.chance) or '+0 points'}"


def date_effect(share: Share) -> str:
    """`7 days later`, `½ day earlier`; empty for what moves only the chance."""
    return f"{_days(abs(share.days))} {'later' if share.days > 0 else 'earlier'}" if share.days else ""


def chance_effect(chance: float | None) -> str:
    """`+12 points`, `−1 point` of a difference of probabilities; empty where it is none or rounds to none."""
    points = round(100 * (chance or 0))
    said = f"{points:+d} point" if abs(points) == 1 else f"{points:+d} points"
    return said.replace("-", "−") if points else ""


def _time(share: Share, went: Went | None) -> str:
    if share.days < 0:
        return _LONGER_HISTORY if went else _SURER
    return _PLAIN[Cause.TIME]


def _pace(share: Share, went: Went) -> str:
    done, hoped = _number(went.completed), _number(went.completions_expected)
    figures = f"{done} of {hoped} expected tasks done in {counted(went.working_days, 'working day')}"
    more = round(went.completed, 1) - round(went.completions_expected, 1)
    return figures if _agrees(share, -more) else f"The pace is weighed anew ({figures})"


def _scope(share: Share, went: Went) -> str:
    parts = []
    if went.arrived or went.arrivals_expected:
        parts.append(f"{_tasks(went.arrived)} came, {_number(went.arrivals_expected)} expected")
    if went.moved_in:
        verb = "came in" if went.moved_in > 0 else "left"
        parts.append(f"{_tasks(abs(went.moved_in))} from before {verb}")
    figures = "; ".join(parts)
    if not figures:
        return _PLAIN[Cause.SCOPE]
    more = round(went.arrived, 1) - round(went.arrivals_expected, 1) + round(went.moved_in, 1)
    return figures if _agrees(share, more) else f"Growth of the work is weighed anew ({figures})"


def _agrees(share: Share, work: float) -> bool:
    """Whether so much more work to do, or less, explains what the share says: more makes it later and less likely.

    The days that went by also change what the forecast takes for usual, which can outweigh what they brought.
    """
    later = share.days or -(share.chance or 0.0)
    return later * work > 0


def _tasks(number: float) -> str:
    said = _number(number)
    return f"{said} task" if said == "1" else f"{said} tasks"


def _number(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")


def _days(days: float) -> str:
    """Calendar days, in halves."""
    whole, half = int(days), days % 1 > 0
    said = f"{whole or ''}{_HALF if half else ''}"
    return f"{said} day" if days <= 1 else f"{said} days"
