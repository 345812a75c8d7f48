"""What a milestone's page and form say about its estimate: the first one, what became of it, what the past suggests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from milestones.domain.calibration import Suggestion, accuracy_by_group, suggestion
from milestones.domain.calibration_words import estimate_words, hint_words, outcome_words, suggestion_words
from milestones.domain.days import NumberedDays
from milestones.domain.types import State
from milestones.selectors_calibration import past_of_team

if TYPE_CHECKING:
    from luna.lib.dates import WorkingCalendar
    from milestones.models import Milestone
    from people.models import User


def estimate_context(milestone: Milestone, reader: User, calendar: WorkingCalendar) -> dict[str, str]:
    """`estimate`, `outcome` of what is completed, `suggested` for what is open; each empty where nothing is to say."""
    now = float(milestone.estimate_days) if milestone.estimate_days is not None else None
    first = float(milestone.first_estimate_days) if milestone.first_estimate_days else None
    suggested = ""
    if now and milestone.is_open:
        suggested = _from_the_past(milestone, now, suggestion_words, reader, calendar)
    return {
        "estimate": estimate_words(first, now),
        "outcome": _outcome(milestone, first, calendar),
        "suggested": suggested,
    }


def suggested_in_form(milestone: Milestone, reader: User, calendar: WorkingCalendar) -> str:
    """Beside the field, which keeps what the team writes; empty where the past says nothing."""
    if not milestone.is_open:
        return ""
    if milestone.estimate_days:
        return _from_the_past(milestone, float(milestone.estimate_days), suggestion_words, reader, calendar)
    return _from_the_past(milestone, 1.0, hint_words, reader, calendar)


def _from_the_past(
    milestone: Milestone,
    estimate_days: float,
    words: Callable[[Suggestion, str], str],
    reader: User,
    calendar: WorkingCalendar,
) -> str:
    team_id = milestone.team_id or (milestone.owner.primary_team_id if milestone.owner else None)
    past = past_of_team(team_id, reader, calendar) if team_id else []
    if not past:
        return ""
    team = past[0].team
    kind = milestone.stage.name if milestone.stage else ""
    found = suggestion(estimate_days, team, kind, accuracy_by_group(past))
    return words(found, team) if isinstance(found, Suggestion) else ""


def _outcome(milestone: Milestone, first: float | None, calendar: WorkingCalendar) -> str:
    start, completed = milestone.start_date, milestone.completed_date
    if milestone.state != State.COMPLETED or first is None or start is None or completed is None or completed < start:
        return ""
    return outcome_words(first, NumberedDays(calendar).taken(start, completed))
