"""The rules of health, each with its id, what it looks at and by which thresholds: docs/algorithms/health.md (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from luna.lib.dates import WorkingCalendar
from luna.ui.wording import counted, day_words
from milestones.domain.facts import ApprovalFacts, MilestoneFacts, PredecessorFacts, RiskFacts
from milestones.domain.forecast_types import Likely, chance_words
from milestones.domain.schedule import earliest_start
from milestones.domain.thresholds import DEFAULTS, Thresholds
from milestones.domain.types import Level, State

NOT_NAMED = "a milestone of another launch"
"""How sentences that are kept call one: who reads them may not know its launch, or it may turn private."""


@dataclass(frozen=True)
class Terms:
    """What the facts are judged against, beside themselves."""

    today: date
    calendar: WorkingCalendar
    thresholds: Thresholds = DEFAULTS


@dataclass(frozen=True)
class Signal:
    """One reason: which rule, how bad, and the sentence with its figures."""

    rule: str
    level: Level
    sentence: str
    milestone_id: int | None = None
    """In a launch's reasons: whose it is."""
    about_id: int | None = None
    """The predecessor, approval or risk that it speaks of."""


@dataclass(frozen=True)
class Found:
    """What a rule found: a signal without its rule's id."""

    level: Level
    sentence: str
    about_id: int | None = None


@dataclass(frozen=True)
class Rule:
    """A rule looks at these fields of MilestoneFacts and by these Thresholds, and at nothing else."""

    id: str
    find: Callable[[MilestoneFacts, Terms], Iterable[Found]]
    inputs: tuple[str, ...]
    thresholds: tuple[str, ...] = ()


def signals_of(facts: MilestoneFacts, terms: Terms) -> list[Signal]:
    """All that the rules find, in the order of the rules."""
    return [
        Signal(rule.id, found.level, found.sentence, about_id=found.about_id)
        for rule in RULES
        for found in rule.find(facts, terms)
    ]


def to_json(signal: Signal) -> dict[str, Any]:
    """As it is kept; the ids only where there are some."""
    kept: dict[str, Any] = {"rule": signal.rule, "level": signal.level.value, "sentence": signal.sentence}
    ids = {"milestone_id": signal.milestone_id, "about_id": signal.about_id}
    return kept | {name: value for name, value in ids.items() if value is not None}


def from_json(kept: dict[str, Any]) -> Signal:
    """What `to_json` made."""
    return Signal(**kept | {"level": Level(kept["level"])})


def not_named(signals: Iterable[Mapping[str, Any]]) -> set[int]:
    """The milestones of other launches of which kept signals speak without a name."""
    return {
        signal["about_id"]
        for signal in signals
        if signal["rule"] == "predecessor_late" and signal.get("about_id") and NOT_NAMED in signal["sentence"]
    }


def told(signal: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """A kept signal's sentence for a reader who may know these `names`, by milestone."""
    is_about_another = signal["rule"] == "predecessor_late"
    return named(signal["sentence"], names.get(signal.get("about_id", 0)) if is_about_another else None)


def named(sentence: str, name: str | None) -> str:
    """The sentence with the name of the milestone of another launch; without one as it is kept."""
    return sentence.replace(NOT_NAMED, f"“{name}”", 1) if name else sentence


def _overdue(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    if facts.due_date is not None and facts.due_date < terms.today:
        late = counted((terms.today - facts.due_date).days, "day")
        yield Found(Level.AT_RISK, f"Due {day_words(facts.due_date, terms.today)}, {late} late.")


def _forecast_late(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    forecast, due = facts.forecast, facts.due_date
    if forecast is None or due is None or not forecast.is_after(due):
        return
    likely = Likely(forecast.p50, forecast.p85, None).words(terms.today)
    chance = forecast.due_probability
    said = "" if chance is None or due < terms.today else f", which is {chance_words(chance, is_over=False)} likely"
    level = Level.AT_RISK if forecast.p50 is None or forecast.p50 > due else Level.POSSIBLE_DELAYS
    yield Found(level, f"{likely[0].upper()}{likely[1:]}; due {day_words(due, terms.today)}{said}.")


def _late_predecessors(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    for before in facts.predecessors:
        yield from _late_predecessor(facts, before, terms)


def _late_predecessor(facts: MilestoneFacts, before: PredecessorFacts, terms: Terms) -> Iterator[Found]:
    """Late itself, or finishing so late that this milestone can't start before it is due."""
    if before.state in {State.CANCELLED, State.COMPLETED} or before.due_date is None:
        return
    today, calendar = terms.today, terms.calendar
    late_days = calendar.between(before.due_date, today) if before.due_date < today else 0
    is_late = before.due_date < today
    start = earliest_start(max(before.due_date, today), before.lag_days, calendar)
    too_late = facts.due_date is not None and start > facts.due_date
    if not is_late and not too_late:
        return
    lag = f" and {counted(before.lag_days, 'working day')} of lag" if before.lag_days else ""
    how = f"{counted(late_days, 'working day')} late" if late_days else f"due {day_words(before.due_date, today)}"
    called = f"“{before.name}”" if before.name else NOT_NAMED
    sentence = f"Waits for {called}, {how}"
    if too_late and facts.due_date is not None:
        sentence += (
            f"{lag}: it can’t start before {day_words(start, today)}, and is due {day_words(facts.due_date, today)}"
        )
    elif lag:
        sentence += f"{lag}"
    yield Found(Level.AT_RISK if too_late else Level.POSSIBLE_DELAYS, f"{sentence}.", before.milestone_id)


def _stalled(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    left = facts.tasks_total - facts.tasks_done
    if not facts.sources_linked or left <= 0 or not _is_fresh(facts, terms):
        return
    begun = facts.start_date if facts.state != State.NOT_STARTED else None
    since = facts.last_task_completed_on or begun
    if since is None or (quiet := terms.calendar.between(since, terms.today)) < terms.thresholds.stalled_days:
        return
    level = Level.AT_RISK if quiet >= terms.thresholds.stalled_badly_days else Level.POSSIBLE_DELAYS
    remaining = f"{left} of {counted(facts.tasks_total, 'task')} {'remains' if left == 1 else 'remain'}"
    yield Found(level, f"No task was completed in {counted(quiet, 'working day')}; {remaining}.")


def _scope_growth(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    """Once it has begun: until then tasks are planned."""
    then, limits = facts.scope_then, terms.thresholds
    if facts.state == State.NOT_STARTED or not facts.sources_linked or then is None or not then.tasks:
        return
    grown = facts.tasks_total - then.tasks
    # In whole numbers, so that the limit itself is never missed by a rounding.
    if grown < limits.scope_tasks or grown * 100 < limits.scope_percent * then.tasks:
        return
    level = Level.AT_RISK if grown * 100 >= limits.scope_badly_percent * then.tasks else Level.POSSIBLE_DELAYS
    since = day_words(then.since, terms.today)
    share = (200 * grown + then.tasks) // (2 * then.tasks)  # to the nearest, as everywhere; a half goes up
    yield Found(
        level, f"Scope grew by {share} % since {since}: {counted(then.tasks, 'task')} then, {facts.tasks_total} now."
    )


def _late_start(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    begun = facts.tasks_done or facts.tasks_in_progress or facts.progress_by_hand
    if facts.state != State.NOT_STARTED or facts.start_date is None or begun:
        return
    late = terms.calendar.between(facts.start_date, terms.today)
    if late < terms.thresholds.late_start_days:
        return
    level = Level.AT_RISK if late >= terms.thresholds.late_start_badly_days else Level.POSSIBLE_DELAYS
    start = day_words(facts.start_date, terms.today)
    yield Found(level, f"It was to start {start}, {counted(late, 'working day')} ago, and has not begun.")


def _unmet_approvals(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    waiting = (asked for asked in facts.unmet_approvals if not asked.is_stale)
    yield from _near_the_date(waiting, facts, terms, lambda asked: f"is not met{_waiting(asked)}")


def _stale_approvals(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    stale = (asked for asked in facts.unmet_approvals if asked.is_stale)
    yield from _near_the_date(
        stale, facts, terms, lambda _: "is asked for again, because what was approved has changed"
    )


def _near_the_date(
    approvals: Iterable[ApprovalFacts], facts: MilestoneFacts, terms: Terms, how: Callable[[ApprovalFacts], str]
) -> Iterator[Found]:
    if facts.due_date is None:
        return
    left = terms.calendar.between(terms.today, facts.due_date)
    if left > terms.thresholds.approval_close_days:
        return
    level = Level.AT_RISK if left <= terms.thresholds.approval_too_close_days else Level.POSSIBLE_DELAYS
    when = f"due in {counted(left, 'working day')}" if left > 0 else "due now"
    for asked in approvals:
        yield Found(level, f"Approval “{asked.title}” {how(asked)}, and this is {when}.", asked.approval_id)


def _waiting(asked: ApprovalFacts) -> str:
    return f" after {counted(asked.waiting_days, 'day')}" if asked.waiting_days else ""


def _exposed(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    yield from exposures(facts.risks, terms)


def exposures(risks: Iterable[RiskFacts], terms: Terms) -> Iterator[Found]:
    """The risks whose exposure is high: a milestone's, or those of a launch as a whole."""
    for risk in risks:
        if risk.exposure < terms.thresholds.exposure_high:
            continue
        level = Level.AT_RISK if risk.exposure >= terms.thresholds.exposure_very_high else Level.POSSIBLE_DELAYS
        figures = f"{risk.exposure} of 25 (probability {risk.probability}, impact {risk.impact})"
        yield Found(level, f"Risk “{risk.title}” has an exposure of {figures}.", risk.risk_id)


def _slipped(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    slip, due = facts.slip, facts.due_date
    if slip is None or due is None:
        return
    window = timedelta(days=terms.thresholds.slipped_days)
    just_moved = terms.today <= slip.moved_on + window
    just_missed = slip.first_due < terms.today <= slip.first_due + window
    if not just_moved and not just_missed:
        return
    was, now = day_words(slip.first_due, terms.today), day_words(due, terms.today)
    later = counted((due - slip.first_due).days, "day")
    yield Found(Level.POSSIBLE_DELAYS, f"Was due {was}, moved {slip.moves}×, now {now} (+{later}).")


def _no_owner(facts: MilestoneFacts, _terms: Terms) -> Iterator[Found]:
    if not facts.owner_named:
        yield Found(Level.POSSIBLE_DELAYS, "Nobody owns it.")


def _no_due_date(facts: MilestoneFacts, _terms: Terms) -> Iterator[Found]:
    if facts.due_date is None:
        yield Found(Level.UNKNOWN, "It has no due date, so nothing says whether it is late.")


def _nothing_linked(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    nothing = not facts.sources_linked and facts.progress_by_hand is None
    if nothing and _progress_is_expected(facts, terms):
        yield Found(Level.UNKNOWN, "No tasks are linked and no progress is set by hand.")


def _never_synced(facts: MilestoneFacts, _terms: Terms) -> Iterator[Found]:
    if facts.sources_linked and facts.synced_hours_ago is None:
        yield Found(Level.UNKNOWN, "Its tasks have not been read yet.")


def _sync_stale(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    if facts.sources_linked and facts.synced_hours_ago is not None and not _is_fresh(facts, terms):
        hours, limit = int(facts.synced_hours_ago), terms.thresholds.fresh_hours
        yield Found(Level.UNKNOWN, f"Its tasks were last read more than {hours} hours ago; {limit} is the limit.")


def _silent(facts: MilestoneFacts, terms: Terms) -> Iterator[Found]:
    """Where progress is expected: a milestone that lies months ahead may rest."""
    if facts.last_heard_on is None or not _progress_is_expected(facts, terms):
        return
    quiet = terms.calendar.between(facts.last_heard_on, terms.today)
    if quiet >= terms.thresholds.silent_days:
        for_days = counted(quiet, "working day")
        yield Found(
            Level.UNKNOWN,
            f"Nothing was heard of it in {for_days}: no task changed, and nobody wrote or changed a word.",
        )


def _progress_is_expected(facts: MilestoneFacts, terms: Terms) -> bool:
    if facts.state != State.NOT_STARTED:
        return True
    if facts.start_date is not None:
        return facts.start_date <= terms.today
    near = terms.thresholds.progress_expected_days
    return facts.due_date is not None and terms.calendar.between(terms.today, facts.due_date) <= near


def _is_fresh(facts: MilestoneFacts, terms: Terms) -> bool:
    return facts.synced_hours_ago is not None and facts.synced_hours_ago <= terms.thresholds.fresh_hours


_APPROVAL_DAYS = ("approval_close_days", "approval_too_close_days")
_EXPECTED = ("state", "start_date", "due_date")
RULES: tuple[Rule, ...] = (
    Rule("overdue", _overdue, ("due_date",)),
    Rule("forecast_late", _forecast_late, ("forecast", "due_date")),
    Rule("predecessor_late", _late_predecessors, ("predecessors", "due_date")),
    Rule(
        "stalled",
        _stalled,
        (
            "sources_linked", "tasks_total", "tasks_done", "last_task_completed_on", "start_date", "state",
            "synced_hours_ago",
        ),
        ("stalled_days", "stalled_badly_days", "fresh_hours"),
    ),
    Rule(
        "scope_growth",
        _scope_growth,
        ("state", "sources_linked", "scope_then", "tasks_total"),
        ("scope_days", "scope_percent", "scope_badly_percent", "scope_tasks"),
    ),
    Rule(
        "late_start",
        _late_start,
        ("state", "start_date", "tasks_done", "tasks_in_progress", "progress_by_hand"),
        ("late_start_days", "late_start_badly_days"),
    ),
    Rule("approval_unmet", _unmet_approvals, ("unmet_approvals", "due_date"), _APPROVAL_DAYS),
    Rule("approval_stale", _stale_approvals, ("unmet_approvals", "due_date"), _APPROVAL_DAYS),
    Rule("high_exposure", _exposed, ("risks",), ("exposure_high", "exposure_very_high")),
    Rule("slipped", _slipped, ("slip", "due_date"), ("slipped_days",)),
    Rule("no_owner", _no_owner, ("owner_named",)),
    Rule("no_due_date", _no_due_date, ("due_date",)),
    Rule(
        "nothing_linked",
        _nothing_linked,
        ("sources_linked", "progress_by_hand", *_EXPECTED),
        ("progress_expected_days",),
    ),
    Rule("never_synced", _never_synced, ("sources_linked", "synced_hours_ago")),
    Rule("sync_stale", _sync_stale, ("sources_linked", "synced_hours_ago"), ("fresh_hours",)),
    Rule("silent", _silent, ("last_heard_on", *_EXPECTED), ("silent_days", "progress_expected_days")),
)  # fmt: skip
