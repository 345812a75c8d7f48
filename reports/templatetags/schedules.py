"""Filters that say when a schedule goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django import template

from luna import clock
from luna.lib.dates import next_slot
from luna.ui.wording import day_words

if TYPE_CHECKING:
    from reports.models import Schedule

register = template.Library()

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@register.filter
def every(schedule: Schedule) -> str:
    """`{{ schedule|every }}`: `Monday at 09:00, Europe/Lisbon`."""
    return f"{DAYS[schedule.weekday]} at {schedule.local_time:%H:%M}, {schedule.time_zone}"


@register.filter
def next_words(schedule: Schedule) -> str:
    """`{{ schedule|next_words }}`: `Mon 23 Nov at 09:00`, in the schedule's own zone."""
    now = clock.now()
    zone = ZoneInfo(schedule.time_zone)
    local = next_slot(schedule.rule, now)[1].astimezone(zone)
    return f"{day_words(local.date(), now.astimezone(zone).date())} at {local:%H:%M}"
