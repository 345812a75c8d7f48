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
    if went is None:
        return _PLAIN[cause]
    if cause is Cause.PACE and went.working_days:
        done, hoped = _number(went.completed), _number(went.completions_expected)
        return f"{done} of {hoped} expected tasks done in {counted(went.working_days, 'working day')}"
    if cause is Cause.SCOPE:
        return _scope(went)
    if cause is Cause.CORRECTIONS and went.reopened > 0:
        return f"{_tasks(went.reopened)} counted as done before and open after all"
    return _PLAIN[cause]


def total(days: int) -> str:
    """What all parts come to: `10 days later`, or `the same day`."""
    return f"{_days(abs(days))} {'later' if days > 0 else 'earlier'}" if days else "the same day"


def effect(share: Share) -> str:
    """`7 days later`, `½ day earlier`; for what moves only the chance, `chance +12 points`."""
    if share.days:
        return f"{_days(abs(share.days))} {'later' if share.days > 0 else 'earlier'}"
    return f"chance {100 * (share.chance or 0):+.0f} points".replace("-", "−")


def _scope(went: Went) -> str:
    parts = []
    if went.arrived or went.arrivals_expected:
        parts.append(f"{_tasks(went.arrived)} came, {_number(went.arrivals_expected)} expected")
    if went.moved_in:
        verb = "came in" if went.moved_in > 0 else "left"
        parts.append(f"{_tasks(abs(went.moved_in))} from before {verb}")
    return "; ".join(parts) or _PLAIN[Cause.SCOPE]


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
