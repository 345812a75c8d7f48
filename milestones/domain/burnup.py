"""How many of a milestone's tasks were done on each day, out of what the tools tell and what Luna saw (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from luna.ui.charts.burnup import Count
from milestones.domain.progress import DayCount


def counts_of(work_days: Iterable[DayCount], seen: Iterable[Count], now: Count) -> tuple[Count, ...]:
    """Day by day, oldest first, only where something changed, and `now` as the last.

    Before Luna first saw a task, by the days on which the tool says that tasks were made and completed; from then on as
    Luna counted them each morning, so that what was cancelled or left the scope is seen to leave. Mornings on which no
    task counted say that none was linked, and are left out.
    """
    counted = [count for count in seen if count.scope and count.day < now.day]
    until = counted[0].day if counted else now.day
    found, done = [], 0
    for work in work_days:
        done += work.completed
        if work.day < until:
            found.append(Count(work.day, done, work.scope))
    for count in counted:
        if not found or (count.done, count.scope) != (found[-1].done, found[-1].scope):
            found.append(count)
    return (*found, now)
