"""Filters for the activity page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from people.selectors import workspace
from reports.content import event_words as words

if TYPE_CHECKING:
    from datetime import date

    from luna.events.models import Event

register = template.Library()


@register.filter
def event_words(event: Event) -> str:
    """`{{ event|event_words }}`: `completed the milestone`."""
    return words.event_words(event.verb)


@register.filter
def event_changes(event: Event, today: date | None = None) -> list[str]:
    """`{% for line in event|event_changes:today %}`: a line per changed field."""
    return words.change_lines(event.before, event.after, today or workspace().today)
