"""How a launch's dates moved: drawn as a trend where shapes can be drawn, and in words everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from luna.ui.charts.trend import Series, until
from reports.content.document import Block, Heading, Line, Lines, Link, Moved, Told, Trend
from reports.content.facts import LaunchReportFacts

MOVED = "How dates moved"
MOST_MOVED = 8


def how_dates_moved(facts: LaunchReportFacts) -> Iterator[Block]:
    """The milestones whose due date moved, those that moved the most first; nothing where none did."""
    plan = [until(one, facts.today) for one in _series(facts)]
    moved = sorted((one for one in plan if one.moved_days), key=lambda one: -abs(one.moved_days))
    if not moved:
        return
    lines = [Line(text=one.story(facts.today), link=Link(one.name, one.path)) for one in moved[:MOST_MOVED]]
    yield Heading(MOVED)
    yield Lines(tuple(lines), trend=Trend(tuple(_moved(one) for one in plan), facts.today))


def _series(facts: LaunchReportFacts) -> Iterator[Series]:
    for milestone in facts.milestones:
        if milestone.counts and milestone.id in facts.told:
            health = milestone.health if milestone.is_open else "completed"
            told = facts.told[milestone.id]
            yield Series(milestone.id, milestone.name, told, health, milestone.completed_date, milestone.path)


def _moved(one: Series) -> Moved:
    return Moved(one.name, one.path, tuple(Told(on, expected) for on, expected in one.told), one.health, one.completed)


def series_of(trend: Trend) -> list[Series]:
    """What is drawn, as the charts take it; each is known by its place."""
    return [
        Series(n, one.name, tuple((told.on, told.expected) for told in one.told), one.health, one.done, one.path)
        for n, one in enumerate(trend.items)
    ]
