"""What people do with suggested dependencies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.domain.suggesting import is_waiting
from integrations.domain.types import SuggestionState
from integrations.models import DependencySuggestion
from luna import clock
from luna.events.log import record
from milestones.actions.dependencies import add_dependency
from people.selectors import workspace

if TYPE_CHECKING:
    from people.models import User

LONGEST_SNOOZE = timedelta(days=365)
DECIDED_MEANWHILE = "Someone decided this meanwhile."
OTHER_LINKS = "The links between their tasks changed meanwhile. Look at them, then decide."


def confirm_suggestion(*, suggestion: DependencySuggestion, shown: str | None = None, actor: User) -> None:
    """Record the dependency, without days between. Raises ValidationError: a circle is named."""
    with transaction.atomic():
        row = _to_be_decided(suggestion, shown)
        add_dependency(predecessor=row.predecessor, successor=row.successor, actor=actor)
        _decide(row, SuggestionState.CONFIRMED, actor, is_supported=True)


def dismiss_suggestion(*, suggestion: DependencySuggestion, why: str, shown: str | None = None, actor: User) -> None:
    """It is none. Only a link that is not known yet brings it back. Raises ValidationError."""
    if not why.strip():
        raise ValidationError("Say why it is none: whoever sees the links next will ask.")
    with transaction.atomic():
        _decide(_to_be_decided(suggestion, shown), SuggestionState.DISMISSED, actor, why=why.strip())


def snooze_suggestion(*, suggestion: DependencySuggestion, until: date, shown: str | None = None, actor: User) -> None:
    """Ask again on that day. Raises ValidationError."""
    today = workspace().today
    if not today < until <= today + LONGEST_SNOOZE:
        raise ValidationError("Choose a day after today, within a year.")
    with transaction.atomic():
        _decide(_to_be_decided(suggestion, shown), SuggestionState.SNOOZED, actor, snoozed_until=until)


def _to_be_decided(suggestion: DependencySuggestion, shown: str | None) -> DependencySuggestion:
    """The locked row. `shown` is the mark of the evidence that the person saw; None where nobody was shown any."""
    rows = DependencySuggestion.objects.select_for_update(of=("self",))
    row = rows.select_related("predecessor__launch", "successor__launch").filter(pk=suggestion.pk).first()
    if row is None or not is_waiting(SuggestionState(row.state), row.snoozed_until, workspace().today):
        raise ValidationError(DECIDED_MEANWHILE)
    if shown is not None and shown != row.evidence_mark:
        raise ValidationError(OTHER_LINKS)
    return row


def _decide(row: DependencySuggestion, state: SuggestionState, actor: User, **fields: Any) -> None:
    new = {
        "state": state,
        "decided_evidence": row.evidence,
        "decided_by": actor,
        "decided_at": clock.now(),
        "why": "",
        "snoozed_until": None,
    } | fields
    for name, value in new.items():
        setattr(row, name, value)
    row.save(update_fields=list(new))
    after: dict[str, Any] = {"links": len(row.evidence)}
    if row.snoozed_until:
        after["until"] = row.snoozed_until.isoformat()
    record(f"suggestion.{state.value}", row, actor=actor, launch_id=row.successor.launch_id, after=after, why=row.why)
