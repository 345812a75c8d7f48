"""A launch's roadmap in words: its milestones in time, what comes next, what moved and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from luna.ui.wording import day_words, distance_words
from reports.content import news, plans
from reports.content import sections as part
from reports.content.changes import squash
from reports.content.document import Block, Document, Line, Lines, Link, Note, Title
from reports.content.facts import LaunchReportFacts
from reports.content.figures import freshness
from reports.content.standing import progress_words, target_words

NEXT_DATES: Final = timedelta(days=30)
NEXT, UNDATED = "Next thirty days", "Without a date"
SHOWS: Final = "What is planned and when, and what moved"


def compose_roadmap(facts: LaunchReportFacts) -> Document:
    """The launch in time."""
    launch = facts.launch
    title = Title(f"{launch.name}, roadmap", f"{facts.workspace} · Roadmap · {launch.key}")
    blocks: list[Block] = [title, *part.head(facts, SHOWS), Lines(tuple(_opening(facts))), *part.quote(facts)]
    blocks += plans.plan(facts, by_date=True)
    blocks += part.coming(facts, name=NEXT, within=NEXT_DATES)
    blocks += news.moved(facts, squash(facts.events).changes)
    blocks += part.section(UNDATED, list(_undated(facts)))
    return Document((*blocks, Note(freshness(launch.synced_at, facts), Link("The whole launch", launch.path))))


def _opening(facts: LaunchReportFacts) -> Iterator[Line]:
    launch, today = facts.launch, facts.today
    yield Line(moon=launch.progress, text=f"{progress_words(launch)}{target_words(launch, today)}.")
    dated = [(m.due_date, m) for m in facts.milestones if m.counts and m.is_open and m.due_date]
    ahead = [(day, m) for day, m in dated if day >= today]
    late = len(dated) - len(ahead)
    if ahead:
        day, following = min(ahead, key=lambda pair: (pair[0], pair[1].name))
        text = f"next, on {day_words(day, today)}, {distance_words(day, today)}."
        yield Line(mark="none", link=Link(following.name, following.path), text=text)
    if late:
        yield Line(mark="bad", text=f"{late} of the milestones {'is' if late == 1 else 'are'} overdue.")


def _undated(facts: LaunchReportFacts) -> Iterator[Line]:
    for milestone in facts.milestones:
        if milestone.counts and milestone.is_open and milestone.due_date is None:
            yield Line(
                moon=milestone.progress,
                link=Link(milestone.name, milestone.path),
                text="" if milestone.owner else "nobody owns it",
                person=milestone.owner,
            )
