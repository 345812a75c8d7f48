"""How a milestone and a launch stand, with the reasons: the first rules, explained in docs/algorithms/health.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from luna.lib.dates import WorkingCalendar
from luna.ui.wording import counted, day_words
from milestones.domain.schedule import earliest_start
from milestones.domain.types import Level, Priority, State

STALLED_AFTER_DAYS = 7
"""Working days without a completed task."""
STALLED_BADLY_AFTER_DAYS = 14
APPROVAL_CLOSE_DAYS = 5
"""Working days before the due date from which an unmet approval counts."""
APPROVAL_TOO_CLOSE_DAYS = 1
FRESH_HOURS = 24
"""Progress read longer ago than this says nothing any more."""
PROGRESS_EXPECTED_DAYS = 10
"""A milestone without a start date is expected to show progress this many working days before it is due."""


class Word(StrEnum):
    """What is said instead of a level where there is no health."""

    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


RANK: dict[Level, int] = {Level.ON_TRACK: 0, Level.UNKNOWN: 1, Level.POSSIBLE_DELAYS: 2, Level.AT_RISK: 3}
"""Worse is higher. What is not known is worse than what is on track, and better than a delay that is known."""
_MILDER: dict[Level, Level] = {
    Level.AT_RISK: Level.POSSIBLE_DELAYS,
    Level.POSSIBLE_DELAYS: Level.ON_TRACK,
    Level.UNKNOWN: Level.UNKNOWN,
    Level.ON_TRACK: Level.ON_TRACK,
}


@dataclass(frozen=True)
class Signal:
    """One reason: which rule, how bad, and the sentence with its figures."""

    rule: str
    level: Level
    sentence: str
    milestone_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """A level, or the word that stands for it, and the reasons, worst first."""

    level: Level | Word
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class PredecessorFacts:
    """What a milestone waits for."""

    name: str
    state: State
    due_date: date | None
    completed_date: date | None
    lag_days: int = 0


@dataclass(frozen=True)
class ApprovalFacts:
    """An approval that is not met yet."""

    title: str
    waiting_days: int


@dataclass(frozen=True)
class MilestoneFacts:
    """All that a milestone's health is computed from."""

    milestone_id: int
    name: str
    state: State
    priority: Priority
    owner_named: bool
    start_date: date | None
    due_date: date | None
    progress_by_hand: int | None
    sources_linked: int
    tasks_total: int
    tasks_done: int
    last_task_completed_on: date | None
    synced_hours_ago: float | None
    """None: never."""
    predecessors: tuple[PredecessorFacts, ...] = ()
    unmet_approvals: tuple[ApprovalFacts, ...] = ()
    launch_paused: bool = False


@dataclass(frozen=True)
class LaunchFacts:
    """All that a launch's health is computed from, beside its milestones' verdicts."""

    is_paused: bool = False
    is_over: bool = False
    """Its stage is completed or closed."""
    milestones: tuple[tuple[MilestoneFacts, Verdict], ...] = field(default=())


def milestone_health(facts: MilestoneFacts, *, today: date, calendar: WorkingCalendar) -> Verdict:
    """The worst signal's level, or the word of a milestone that is over or paused. No clock, no database."""
    if facts.state in {State.COMPLETED, State.CANCELLED}:
        return Verdict(Word(facts.state.value))
    if facts.launch_paused:
        return Verdict(Word.PAUSED)
    signals = [signal for rule in _RULES for signal in rule(facts, today, calendar)]
    return Verdict(worst(signals), _worst_first(signals))


def launch_health(facts: LaunchFacts) -> Verdict:
    """The worst open Must counts as it is, a Should one level milder, Could, Won't and Cancelled not at all."""
    if facts.is_over:
        return Verdict(Word.COMPLETED)
    if facts.is_paused:
        return Verdict(Word.PAUSED)
    judged = [(m, v) for m, v in facts.milestones if isinstance(v.level, Level) and m.priority in _JUDGED]
    if not judged:
        return Verdict(Level.UNKNOWN, (_nothing_to_judge(facts),))
    signals = [_of_launch(m, signal) for m, verdict in judged for signal in verdict.signals]
    speaking = [signal for signal in signals if signal.level != Level.ON_TRACK]
    return Verdict(worst(speaking), _worst_first(speaking))


def worst(signals: Sequence[Signal]) -> Level:
    """The worst level among the signals; on track when there is none."""
    return max((signal.level for signal in signals), key=RANK.__getitem__, default=Level.ON_TRACK)


_JUDGED = frozenset({Priority.MUST, Priority.SHOULD})


def _worst_first(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: -RANK[signal.level]))


def _nothing_to_judge(facts: LaunchFacts) -> Signal:
    if not facts.milestones:
        sentence = "There is nothing to judge yet: the launch has no milestones."
    elif all(verdict.level in {Word.COMPLETED, Word.CANCELLED} for _, verdict in facts.milestones):
        sentence = "There is nothing left to judge: no milestone is open."
    else:
        sentence = "There is nothing to judge: no open milestone is a Must or a Should."
    return Signal("nothing_to_judge", Level.UNKNOWN, sentence)


def _of_launch(facts: MilestoneFacts, signal: Signal) -> Signal:
    """The milestone's signal as the launch says it: with its name, and a Should's one level milder."""
    level = _MILDER[signal.level] if facts.priority == Priority.SHOULD else signal.level
    sentence = f"{facts.name}: {signal.sentence[0].lower()}{signal.sentence[1:]}"
    return Signal(signal.rule, level, sentence, facts.milestone_id)


def _overdue(facts: MilestoneFacts, today: date, _: WorkingCalendar) -> list[Signal]:
    if facts.due_date is None or facts.due_date >= today:
        return []
    late = counted((today - facts.due_date).days, "day")
    return [Signal("overdue", Level.AT_RISK, f"Due {day_words(facts.due_date, today)}, {late} late.")]


def _late_predecessors(facts: MilestoneFacts, today: date, calendar: WorkingCalendar) -> list[Signal]:
    found = (_late_predecessor(facts, before, today, calendar) for before in facts.predecessors)
    return [signal for signal in found if signal]


def _late_predecessor(
    facts: MilestoneFacts, before: PredecessorFacts, today: date, calendar: WorkingCalendar
) -> Signal | None:
    """Late itself, or finishing so late that this milestone can't start before it is due."""
    if before.state in {State.CANCELLED, State.COMPLETED} or before.due_date is None:
        return None
    late_days = calendar.between(before.due_date, today) if before.due_date < today else 0
    is_late = before.due_date < today
    start = earliest_start(max(before.due_date, today), before.lag_days, calendar)
    too_late = facts.due_date is not None and start > facts.due_date
    if not is_late and not too_late:
        return None
    lag = f" and {counted(before.lag_days, 'working day')} of lag" if before.lag_days else ""
    how = f"{counted(late_days, 'working day')} late" if late_days else f"due {day_words(before.due_date, today)}"
    sentence = f"Waits for “{before.name}”, {how}"
    if too_late and facts.due_date is not None:
        sentence += (
            f"{lag}: it can’t start before {day_words(start, today)}, and is due {day_words(facts.due_date, today)}"
        )
    elif lag:
        sentence += f"{lag}"
    return Signal("predecessor_late", Level.AT_RISK if too_late else Level.POSSIBLE_DELAYS, f"{sentence}.")


def _stalled(facts: MilestoneFacts, today: date, calendar: WorkingCalendar) -> list[Signal]:
    left = facts.tasks_total - facts.tasks_done
    if not facts.sources_linked or left <= 0 or not _is_fresh(facts):
        return []
    begun = facts.start_date if facts.state != State.NOT_STARTED else None
    since = facts.last_task_completed_on or begun
    if since is None or (quiet := calendar.between(since, today)) < STALLED_AFTER_DAYS:
        return []
    level = Level.AT_RISK if quiet >= STALLED_BADLY_AFTER_DAYS else Level.POSSIBLE_DELAYS
    remaining = f"{left} of {counted(facts.tasks_total, 'task')} {'remains' if left == 1 else 'remain'}"
    return [Signal("stalled", level, f"No task was completed in {counted(quiet, 'working day')}; {remaining}.")]


def _unmet_approvals(facts: MilestoneFacts, today: date, calendar: WorkingCalendar) -> list[Signal]:
    if facts.due_date is None:
        return []
    left = calendar.between(today, facts.due_date)
    if left > APPROVAL_CLOSE_DAYS:
        return []
    level = Level.AT_RISK if left <= APPROVAL_TOO_CLOSE_DAYS else Level.POSSIBLE_DELAYS
    when = f"due in {counted(left, 'working day')}" if left > 0 else "due now"
    return [
        Signal("approval_unmet", level, f"Approval “{asked.title}” is not met{_waiting(asked)}, and this is {when}.")
        for asked in facts.unmet_approvals
    ]


def _waiting(asked: ApprovalFacts) -> str:
    return f" after {counted(asked.waiting_days, 'day')}" if asked.waiting_days else ""


def _no_owner(facts: MilestoneFacts, _today: date, _calendar: WorkingCalendar) -> list[Signal]:
    return [] if facts.owner_named else [Signal("no_owner", Level.POSSIBLE_DELAYS, "Nobody owns it.")]


def _no_due_date(facts: MilestoneFacts, _today: date, _calendar: WorkingCalendar) -> list[Signal]:
    if facts.due_date is not None:
        return []
    return [Signal("no_due_date", Level.UNKNOWN, "It has no due date, so nothing says whether it is late.")]


def _progress_unknown(facts: MilestoneFacts, today: date, calendar: WorkingCalendar) -> list[Signal]:
    """Nothing linked and nothing set by hand where progress is expected; linked, but never read or too long ago."""
    if not facts.sources_linked:
        if facts.progress_by_hand is not None or not _progress_is_expected(facts, today, calendar):
            return []
        return [Signal("nothing_linked", Level.UNKNOWN, "No tasks are linked and no progress is set by hand.")]
    if facts.synced_hours_ago is None:
        return [Signal("never_synced", Level.UNKNOWN, "Its tasks have not been read yet.")]
    if _is_fresh(facts):
        return []
    hours = int(facts.synced_hours_ago)
    return [
        Signal(
            "sync_stale",
            Level.UNKNOWN,
            f"Its tasks were last read more than {hours} hours ago; {FRESH_HOURS} is the limit.",
        )
    ]


def _progress_is_expected(facts: MilestoneFacts, today: date, calendar: WorkingCalendar) -> bool:
    if facts.state != State.NOT_STARTED:
        return True
    if facts.start_date is not None:
        return facts.start_date <= today
    return facts.due_date is not None and calendar.between(today, facts.due_date) <= PROGRESS_EXPECTED_DAYS


def _is_fresh(facts: MilestoneFacts) -> bool:
    return facts.synced_hours_ago is not None and facts.synced_hours_ago <= FRESH_HOURS


_RULES: tuple[Callable[[MilestoneFacts, date, WorkingCalendar], list[Signal]], ...] = (
    _overdue,
    _late_predecessors,
    _stalled,
    _unmet_approvals,
    _no_owner,
    _no_due_date,
    _progress_unknown,
)
