"""Sections that reports share, each a heading and what stands under it. What stays empty is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, day_words, late_words
from reports.content.change_words import cut
from reports.content.document import (
    Block,
    Heading,
    Line,
    Lines,
    Link,
    Meta,
    Note,
    Quote,
    Row,
    Table,
)
from reports.content.facts import AskFacts, MilestoneFacts, ReportFacts, RiskFacts

WANTED, LATE = "Decisions and approvals wanted", "Late or in danger, and why"
NEXT, ACT, RISKS = "Next seven days", "Who must act", "Risks that matter"
SOON: Final = timedelta(days=7)
MOST_RISKS: Final = 5
MEDIUM_EXPOSURE: Final = 8
HIGH_EXPOSURE: Final = 15
"""As on the Risks page: probability × impact, 1 to 25."""
PAST: Final = (
    "Dates, states and progress are those of that day, out of the log. People and "
    "waiting votes are today’s; the reasons behind the health of that day are not kept."
)
_IN_DANGER = {"at_risk", "possible_delays"}


def wanted(facts: ReportFacts, *, most: int | None = None) -> Iterator[Block]:
    """What waits for a decision or a vote, the most urgent first."""
    lines = [_ask_line(ask, facts) for ask in sorted(facts.asks, key=_urgency)]
    yield from section(WANTED, lines, most=most)


def _ask_line(ask: AskFacts, facts: ReportFacts) -> Line:
    verb = {"decision": "decides", "approval": "has yet to vote"}[ask.kind]
    many = {"decision": "decide", "approval": "have yet to vote"}[ask.kind]
    nobody = {"decision": "nobody is named to decide", "approval": "nobody is left to vote"}[ask.kind]
    who = f"{_and(ask.people)} {verb if len(ask.people) == 1 else many}" if ask.people else nobody
    about = "".join(f", for {name}" for name in (ask.about, facts.name_beside(ask.launch)) if name)
    is_late = bool(ask.due_date and ask.due_date < facts.today)
    text = f"{who}{about}, {_by_when(ask, facts.today)}"
    return Line(mark="warn" if is_late else "none", link=Link(ask.title, ask.path), text=text)


def late(facts: ReportFacts, *, most: int | None = None) -> Iterator[Block]:
    """Open milestones that are overdue or in danger, the worst first, with the reasons."""
    found = [milestone for milestone in facts.milestones if milestone.is_open and _is_troubled(milestone, facts.today)]
    found.sort(key=lambda milestone: _overdue_first(milestone, facts.today))
    yield from section(LATE, [_late_line(milestone, facts) for milestone in found], most=most)


def _is_troubled(milestone: MilestoneFacts, today: date) -> bool:
    return bool(milestone.due_date and milestone.due_date < today) or milestone.health in _IN_DANGER


def _overdue_first(milestone: MilestoneFacts, today: date) -> tuple[int, int]:
    days = (today - milestone.due_date).days if milestone.due_date else 0
    return (-max(days, 0), 0 if milestone.health == "at_risk" else 1)


def _late_line(milestone: MilestoneFacts, facts: ReportFacts) -> Line:
    """Late by how much, and the reasons that health gives."""
    by = late_words(milestone.due_date, facts.today, short=False) if milestone.due_date else ""
    reasons = [signal.rstrip(".") for signal in milestone.signals]
    unknown = "no reason was kept" if facts.is_past else "no reason is known"
    why = "; ".join(reasons) or (by and unknown) or look_of(milestone.health).word
    beside = facts.name_beside(milestone.launch)
    said = f"{by}: {why}" if by and by not in why else why
    return Line(
        moon=milestone.progress,
        mark="bad" if by else look_of(milestone.health).mark,
        link=Link(milestone.name, milestone.path),
        text=f"{beside}, {said}" if beside else said,
    )


def coming(
    facts: ReportFacts, *, name: str = NEXT, within: timedelta = SOON, most: int | None = None
) -> Iterator[Block]:
    """Open milestones that are due soon, in the order of their days."""
    until = facts.today + within
    found = [
        (milestone.due_date, milestone)
        for milestone in facts.milestones
        if milestone.is_open and milestone.due_date and facts.today <= milestone.due_date <= until
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].name))
    yield from section(name, [_coming_line(day, milestone, facts) for day, milestone in found], most=most)


def _coming_line(day: date, milestone: MilestoneFacts, facts: ReportFacts) -> Line:
    nobody = "" if milestone.owner else "nobody owns it"
    return Line(
        day=day_words(day, facts.today),
        on=day,
        moon=milestone.progress,
        link=Link(milestone.name, milestone.path),
        text=", ".join(part for part in (facts.name_beside(milestone.launch), nobody) if part),
        person=milestone.owner,
    )


def who_must_act(facts: ReportFacts, *, name: str = ACT, most: int | None = None) -> Iterator[Block]:
    """A row for each person and thing, by person.

    With `most` only what is asked or overdue counts, and of that the most urgent.
    """
    duties = {*_asked(facts), *_overdue(facts)} | (set() if most else {*_unsettled(facts)})
    urgent = sorted(duties, key=lambda duty: (duty.due, duty.who.casefold(), duty.what))[:most]
    rows = sorted(urgent, key=lambda duty: (duty.who.casefold(), duty.what))
    if rows:
        yield Heading(name)
        yield Table(("Who", "What", "By"), tuple(Row((duty.who, duty.what, duty.by), duty.path) for duty in rows))
    if len(duties) > len(rows):
        yield Note(f"And {len(duties) - len(rows)} more.")


@dataclass(frozen=True)
class _Duty:
    """What somebody has to do."""

    who: str
    what: str
    by: str
    path: str
    due: date


def _asked(facts: ReportFacts) -> Iterator[_Duty]:
    for ask in facts.asks:
        beside = facts.name_beside(ask.launch)
        title = f"{ask.title} ({beside})" if beside else ask.title
        what = f"{'Decide' if ask.kind == 'decision' else 'Vote on'}: {title}"
        for who in ask.people or (facts.launch_of(ask.launch).owner,):
            said = what if ask.people or ask.kind != "decision" else f"Name who decides: {title}"
            yield _Duty(who, said, _by_when(ask, facts.today), ask.path, ask.due_date or facts.today)


def _overdue(facts: ReportFacts) -> Iterator[_Duty]:
    for milestone, head, name in _open_ones(facts):
        if milestone.due_date and milestone.due_date < facts.today:
            by = late_words(milestone.due_date, facts.today, short=False)
            what = f"Finish or move: {name}"
            yield _Duty(milestone.owner or head, what, by, milestone.path, milestone.due_date)


def _unsettled(facts: ReportFacts) -> Iterator[_Duty]:
    """Milestones that nobody owns, or that have no date."""
    for milestone, head, name in _open_ones(facts):
        if not milestone.owner:
            yield _Duty(head, f"Name an owner: {name}", "now", milestone.path, facts.today)
        if milestone.due_date is None:
            yield _Duty(milestone.owner or head, f"Set a due date: {name}", "now", milestone.path, facts.today)


def _open_ones(facts: ReportFacts) -> Iterator[tuple[MilestoneFacts, str, str]]:
    """Each open milestone, its launch's owner, and its name with its launch's."""
    for milestone in facts.milestones:
        if milestone.is_open:
            beside = facts.name_beside(milestone.launch)
            name = f"{milestone.name} ({beside})" if beside else milestone.name
            yield milestone, facts.launch_of(milestone.launch).owner, name


def section(name: str, lines: Sequence[Line], *, most: int | None = None, is_brief: bool = False) -> Iterator[Block]:
    """The lines under their heading, at most so many and how many more there are; nothing where there is none."""
    if lines:
        yield Heading(name)
        left = len(lines) - most if most else 0
        rest = (Line(text=f"and {left} more", stands_for=left),) if left > 0 else ()
        yield Lines((*lines[:most], *rest), is_brief)


def risks(facts: ReportFacts, *, most: int = MOST_RISKS) -> Iterator[Block]:
    """The risks that matter: those that occurred, then by exposure; low ones are left out."""
    found = [risk for risk in facts.risks if risk.state == "occurred" or risk.exposure >= MEDIUM_EXPOSURE]
    found.sort(key=lambda risk: (risk.state != "occurred", -risk.exposure, risk.title))
    yield from section(RISKS, [_risk_line(risk, facts) for risk in found], most=most)


def _risk_line(risk: RiskFacts, facts: ReportFacts) -> Line:
    occurred = risk.state == "occurred"
    is_high = risk.exposure >= HIGH_EXPOSURE
    word = "occurred" if occurred else f"{'high' if is_high else 'medium'}, {risk.probability} × {risk.impact}"
    plan_words = cut(risk.mitigation) if risk.mitigation else "nothing is planned against it"
    beside = facts.name_beside(risk.launch)
    return Line(
        mark="bad" if occurred or is_high else "warn",
        link=Link(risk.title, risk.path),
        text=f"{beside}, {word}; {plan_words}" if beside else f"{word}; {plan_words}",
        person=risk.owner or "nobody owns it",
    )


def head(facts: ReportFacts, shows: str = "") -> Iterator[Block]:
    """The period, after what the report `shows` of it; that it goes out late or tells of a day that is over."""
    said = period(facts.since, facts.today)
    if shows:
        said = f"{shows} {'from' if facts.since < facts.today else 'on'} {said}"
    yield Meta(f"{said}.")
    if facts.is_past:
        yield Meta(PAST)
    if facts.was_due:
        yield Meta(f"This report is late: it was due {facts.was_due}.")


def quote(facts: ReportFacts) -> Iterator[Block]:
    """A person's own words, where there are any."""
    if facts.commentary:
        yield Quote(facts.commentary, facts.commentary_by)


def long_day(day: date) -> str:
    """`23 November 2026`."""
    return f"{day.day} {day:%B} {day.year}"


def day_before(day: date) -> date:
    """Yesterday, from there."""
    return day - timedelta(days=1)


def period(since: date, today: date) -> str:
    """`16 to 23 November 2026`."""
    if since >= today:
        return long_day(today)
    start = f"{since.day}" if (since.year, since.month) == (today.year, today.month) else f"{since.day} {since:%B}"
    if since.year != today.year:
        start += f" {since.year}"
    return f"{start} to {today.day} {today:%B} {today.year}"


def _by_when(ask: AskFacts, today: date) -> str:
    if ask.due_date:
        late = late_words(ask.due_date, today, short=False)
        return f"by {day_words(ask.due_date, today)}" + (f" ({late})" if late else "")
    days = (today - ask.asked_on).days
    return f"{counted(days, 'day')} waiting" if days > 0 else "since today"


def _urgency(ask: AskFacts) -> tuple[bool, date, date, str]:
    return (ask.due_date is None, ask.due_date or ask.asked_on, ask.asked_on, ask.title)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def sentence(text: str) -> str:
    """With a full stop."""
    return text if text.endswith((".", "…")) else f"{text}."
