"""The SMART check: each letter passes or fails by a stated rule, and says what would make it pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from luna.lib.dates import WorkingCalendar
from luna.ui.wording import counted, day_words

_FIGURE = re.compile(r"\d|\b(all|every|each|none|no|zero|both)\b", re.IGNORECASE)
_LONG_ENOUGH = 10


@dataclass(frozen=True)
class SmartFacts:
    """What the five letters look at."""

    definition_of_done: str
    tasks_linked: int
    owner_named: bool
    estimate_days: float | None
    start_date: date | None
    due_date: date | None
    outcome: str
    launch_start: date | None
    launch_target: date | None


@dataclass(frozen=True)
class Letter:
    """One letter with the reason why it passes, or what would make it pass."""

    letter: str
    passes: bool
    sentence: str


def smart(facts: SmartFacts, *, today: date, calendar: WorkingCalendar) -> list[Letter]:
    """S, M, A, R, T in this order."""
    return [
        _specific(facts),
        _measurable(facts),
        _achievable(facts, calendar),
        _relevant(facts),
        _timed(facts, today),
    ]


def _specific(facts: SmartFacts) -> Letter:
    if len(facts.definition_of_done.strip()) >= _LONG_ENOUGH:
        return Letter("S", True, "The definition of done is written.")
    return Letter("S", False, "Write the definition of done: what is true when this is finished.")


def _measurable(facts: SmartFacts) -> Letter:
    if facts.tasks_linked:
        verb = "measures" if facts.tasks_linked == 1 else "measure"
        return Letter("M", True, f"{counted(facts.tasks_linked, 'linked task')} {verb} it.")
    if _FIGURE.search(facts.definition_of_done):
        return Letter("M", True, "The definition of done names something to count.")
    return Letter("M", False, "Put a figure into the definition of done, or link the tasks that make it up.")


def _achievable(facts: SmartFacts, calendar: WorkingCalendar) -> Letter:
    if not facts.owner_named:
        return Letter("A", False, "Name an owner.")
    if not facts.estimate_days:
        return Letter("A", False, "Estimate the effort in person-days.")
    if facts.start_date is None or facts.due_date is None:
        return Letter("A", False, "Give a start and a due date, so that the estimate can be held against them.")
    room = calendar.between(facts.start_date, facts.due_date) + calendar.is_working_day(facts.start_date)
    effort = f"{facts.estimate_days:g}"
    if facts.estimate_days <= room:
        return Letter("A", True, f"{effort} days of work fit into {room} between start and due.")
    over = f"{facts.estimate_days - room:g}"
    return Letter(
        "A",
        False,
        f"{effort} days of work don’t fit into {room} between start and due: cut {over} days or add a person.",
    )


def _relevant(facts: SmartFacts) -> Letter:
    if facts.outcome.strip():
        return Letter("R", True, "The launch says what changes for whom.")
    return Letter("R", False, "Write the launch’s outcome: what changes for whom.")


def _timed(facts: SmartFacts, today: date) -> Letter:
    due, start, target = facts.due_date, facts.launch_start, facts.launch_target
    if due is None:
        return Letter("T", False, "Give a due date.")
    if start is not None and due < start:
        return Letter(
            "T", False, f"It is due before the launch starts on {day_words(start, today)}: move one of the two."
        )
    if target is not None and due > target:
        return Letter(
            "T", False, f"It is due after the launch’s target of {day_words(target, today)}: move one of the two."
        )
    if target is None:
        return Letter("T", False, "Give the launch a target date to hold the due date against.")
    return Letter("T", True, "It is due inside the launch’s dates.")
