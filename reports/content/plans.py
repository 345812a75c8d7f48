"""The plan as a block: milestones in order or in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from luna.ui.vocabulary import look_of
from luna.ui.wording import day_words, late_words
from reports.content.document import Block, Heading, Plan, PlanItem
from reports.content.facts import MilestoneFacts, ReportFacts

MILESTONES, TIMELINE = "Milestones", "Timeline"
SURE, OUT_OF_SIGHT = "85 % sure by", "out of sight"


def plan(facts: ReportFacts, *, by_date: bool = False, is_appendix: bool = False) -> Iterator[Block]:
    """The milestones that belong to the plan: in its order, or in that of their days with the undated ones last."""
    found = [milestone for milestone in facts.milestones if milestone.counts]
    if by_date:
        found.sort(key=lambda m: (_day_of(m) is None, _day_of(m) or date.max, m.name))
    if found:
        items = tuple(plan_item(milestone, facts.name_beside(milestone.launch)) for milestone in found)
        yield Heading(TIMELINE if by_date else MILESTONES)
        yield Plan(items, facts.today, is_appendix=is_appendix)


def plan_item(milestone: MilestoneFacts, group: str = "") -> PlanItem:
    """The milestone as a plan shows it."""
    look = look_of(milestone.health if milestone.is_open else "completed")
    return PlanItem(
        name=milestone.name,
        path=milestone.path,
        group=group,
        owner=milestone.owner,
        start=milestone.start_date,
        due=milestone.due_date,
        done=milestone.completed_date,
        progress=milestone.progress,
        mark=look.mark,
        word=look.word,
        likely=milestone.likely,
        sure=milestone.sure,
    )


def when_words(item: PlanItem, today: date) -> str:
    """`Fri 27 Nov`, `Fri 20 Nov, 3 days late`, `done Thu 19 Nov`, or that there is no date."""
    if item.done:
        return f"done {day_words(item.done, today)}"
    if item.due is None:
        return "no date"
    late = late_words(item.due, today, short=False)
    return f"{day_words(item.due, today)}, {late}" if late else day_words(item.due, today)


def sure_words(item: PlanItem, today: date) -> str:
    """`Fri 25 Dec`, `out of sight` where only the likely day is known, or nothing without a forecast."""
    if item.sure:
        return day_words(item.sure, today)
    return OUT_OF_SIGHT if item.likely else ""


def has_forecast(plan: Plan) -> bool:
    """Whether there is anything to say about when its items are sure."""
    return any(item.likely for item in plan.items)


def _day_of(milestone: MilestoneFacts) -> date | None:
    return milestone.completed_date or milestone.due_date
