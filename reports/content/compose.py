"""Every sentence of the weekly digest: facts in, document out. What stays empty is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from luna.lib.dates import iso_week
from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, day_words, distance_words, late_words
from reports.content.change_words import clauses, worst_mark
from reports.content.changes import Change, ChangeKind, squash
from reports.content.document import Block, Document, Heading, Line, Lines, Link, Meta, Note, Quote, Row, Table, Title
from reports.content.facts import AskFacts, DigestFacts, MilestoneFacts

WANTED, CHANGED, LATE = "Decisions and approvals wanted", "What changed", "Late or in danger, and why"
DONE, NEXT, ACT = "Done", "Next seven days", "Who must act"
_SOON = timedelta(days=7)
_TOLD_WITH_DONE = {"due_date", "name", "owner", "owner_id"}
"""What else is worth a word about a milestone that is done: not its last tasks nor its last health."""
_IN_DANGER = {"at_risk", "possible_delays"}


def compose_digest(facts: DigestFacts) -> Document:
    """The weekly digest of a launch."""
    week = iso_week(facts.today - timedelta(days=1))[1]  # sent on a Monday, it tells of the week before
    title = Title(f"{facts.launch.name}, week {week}", f"{facts.workspace} · Weekly digest · {facts.launch.key}")
    blocks: list[Block] = [title, *_opening(facts)]
    changes = squash(facts.events).changes
    news = [*_changed(facts, changes), *_late(facts), *_done(facts, changes)]
    sections = [*_wanted(facts), *news, *_next(facts), *_who_must_act(facts)]
    if Heading(CHANGED) not in news and Heading(DONE) not in news:
        blocks.append(Note(_quiet_sentence(facts, anything_else=bool(sections))))
    return Document((*blocks, *sections, Note(_freshness(facts), Link("The whole launch", facts.launch.path))))


def _opening(facts: DigestFacts) -> Iterator[Block]:
    launch = facts.launch
    yield Meta(f"{_period(facts.since, facts.today)}.")
    if facts.was_due:
        yield Meta(f"This digest is late: it was due {facts.was_due}.")
    declared = look_of(launch.status)
    reason = f": {launch.status_reason}" if launch.status_reason else ""
    standing = [Line(mark=declared.mark, text=_sentence(f"{launch.owner} says {declared.word}{reason}"))]
    computed = look_of(launch.health)
    if launch.health != launch.status:
        because = f": {launch.signals[0]}" if launch.signals else ""
        standing.append(Line(mark=computed.mark, text=_sentence(f"Luna computes {computed.word}{because}")))
    milestones = f"{launch.milestones_completed} of {counted(launch.milestones_total, 'milestone')} completed"
    target = ""
    if launch.target_date:
        far = late_words(launch.target_date, facts.today, short=False) or distance_words(
            launch.target_date, facts.today
        )
        target = f"; target {day_words(launch.target_date, facts.today)}, {far}"
    standing.append(Line(moon=launch.progress, text=f"{_percent(launch.progress)} complete, {milestones}{target}."))
    yield Lines(tuple(standing))
    if facts.commentary:
        yield Quote(facts.commentary, facts.commentary_by)


def _wanted(facts: DigestFacts) -> Iterator[Block]:
    lines = [_ask_line(ask, facts.today) for ask in sorted(facts.asks, key=_urgency)]
    yield from _section(WANTED, lines)


def _ask_line(ask: AskFacts, today: date) -> Line:
    verb = {"decision": "decides", "approval": "has yet to vote"}[ask.kind]
    many = {"decision": "decide", "approval": "have yet to vote"}[ask.kind]
    nobody = {"decision": "nobody is named to decide", "approval": "nobody is left to vote"}[ask.kind]
    who = f"{_and(ask.people)} {verb if len(ask.people) == 1 else many}" if ask.people else nobody
    about = f", for {ask.about}" if ask.about else ""
    late = bool(ask.due_date and ask.due_date < today)
    return Line(
        mark="warn" if late else "none", link=Link(ask.title, ask.path), text=f"{who}{about}, {_by(ask, today)}"
    )


def _changed(facts: DigestFacts, changes: Sequence[Change]) -> Iterator[Block]:
    """A line for each thing that changed, but for milestones that were completed: those are told under Done."""
    done = {("milestone", milestone.id) for milestone in _completed(facts, changes)}
    lines, smaller = [], 0
    for subject, group in groupby(changes, key=lambda change: change.subject):
        mine = list(group)
        said = clauses(mine, facts)
        if subject in done:
            continue
        smaller += 0 if said else len({piece[0] for change in mine for piece in change.pieces})
        if said:
            text = "; ".join(clause.text for clause in said)
            link = Link(mine[-1].name, _path(subject, facts))
            lines.append(Line(mark=worst_mark(said), moon=_moon(subject, facts), link=link, text=text))
    if smaller:
        lines.append(Line(text=counted(smaller, "smaller edit")))
    yield from _section(CHANGED, lines)


def _late(facts: DigestFacts) -> Iterator[Block]:
    lines = []
    for milestone in facts.milestones:
        late = bool(milestone.due_date and milestone.due_date < facts.today)
        if milestone.is_open and (late or milestone.health in _IN_DANGER):
            lines.append((_overdue_first(milestone, facts.today), _late_line(milestone, facts.today)))
    yield from _section(LATE, [line for _, line in sorted(lines, key=lambda pair: pair[0])])


def _overdue_first(milestone: MilestoneFacts, today: date) -> tuple[int, int]:
    days = (today - milestone.due_date).days if milestone.due_date else 0
    return (-max(days, 0), 0 if milestone.health == "at_risk" else 1)


def _late_line(milestone: MilestoneFacts, today: date) -> Line:
    """Late by how much, and the reasons that health gives."""
    late = late_words(milestone.due_date, today, short=False) if milestone.due_date else ""
    reasons = [signal.rstrip(".") for signal in milestone.signals]
    why = "; ".join(reasons) or (late and "no reason is known") or look_of(milestone.health).word
    return Line(
        moon=milestone.progress,
        mark="bad" if late else look_of(milestone.health).mark,
        link=Link(milestone.name, milestone.path),
        text=f"{late}: {why}" if late and late not in why else why,
    )


def _done(facts: DigestFacts, changes: Sequence[Change]) -> Iterator[Block]:
    lines = []
    for milestone in _completed(facts, changes):
        mine = [change for change in changes if change.subject == ("milestone", milestone.id)]
        moved = clauses([change for change in mine if change.field in _TOLD_WITH_DONE], facts)
        text = "; ".join([_completed_words(milestone, facts.today), *(clause.text for clause in moved)])
        lines.append(Line(mark="done", link=Link(milestone.name, milestone.path), text=text))
    yield from _section(DONE, lines)


def _completed(facts: DigestFacts, changes: Sequence[Change]) -> list[MilestoneFacts]:
    done = {change.subject[1] for change in changes if change.subject[0] == "milestone" and _completes(change)}
    return [milestone for milestone in facts.milestones if milestone.id in done and milestone.completed_date]


def _completes(change: Change) -> bool:
    after = change.after.get("state") if change.kind is ChangeKind.ADDED else change.field == "state" and change.after
    return after == "completed"


def _completed_words(milestone: MilestoneFacts, today: date) -> str:
    day, due = milestone.completed_date, milestone.due_date
    if day is None:
        return "completed"
    words = f"completed {day_words(day, today)}"
    if due is None:
        return words
    days = (day - due).days
    if days == 0:
        return f"{words}, on time"
    return f"{words}, {counted(abs(days), 'day')} {'late' if days > 0 else 'early'}"


def _next(facts: DigestFacts) -> Iterator[Block]:
    coming = [
        (milestone.due_date, milestone)
        for milestone in facts.milestones
        if milestone.is_open and milestone.due_date and facts.today <= milestone.due_date <= facts.today + _SOON
    ]
    lines = [
        Line(
            day=day_words(day, facts.today),
            on=day,
            moon=milestone.progress,
            link=Link(milestone.name, milestone.path),
            text="" if milestone.owner else "nobody owns it",
            person=milestone.owner,
        )
        for day, milestone in sorted(coming, key=lambda pair: (pair[0], pair[1].name))
    ]
    yield from _section(NEXT, lines)


def _who_must_act(facts: DigestFacts) -> Iterator[Block]:
    rows = sorted({*_asked(facts), *_owing(facts)}, key=lambda item: (item[0].casefold(), item[1]))
    if rows:
        yield Heading(ACT)
        yield Table(("Who", "What", "By"), tuple(Row((who, what, by), path) for who, what, by, path in rows))


def _asked(facts: DigestFacts) -> Iterator[tuple[str, str, str, str]]:
    for ask in facts.asks:
        what = f"{'Decide' if ask.kind == 'decision' else 'Vote on'}: {ask.title}"
        for who in ask.people or (facts.launch.owner,):
            said = what if ask.people or ask.kind != "decision" else f"Name who decides: {ask.title}"
            yield who, said, _by(ask, facts.today), ask.path


def _owing(facts: DigestFacts) -> Iterator[tuple[str, str, str, str]]:
    for milestone in facts.milestones:
        if not milestone.is_open:
            continue
        if milestone.due_date and milestone.due_date < facts.today:
            late = late_words(milestone.due_date, facts.today, short=False)
            yield milestone.owner or facts.launch.owner, f"Finish or move: {milestone.name}", late, milestone.path
        if not milestone.owner:
            yield facts.launch.owner, f"Name an owner: {milestone.name}", "now", milestone.path
        if milestone.due_date is None:
            yield milestone.owner or facts.launch.owner, f"Set a due date: {milestone.name}", "now", milestone.path


def _section(name: str, lines: Sequence[Line]) -> Iterator[Block]:
    if lines:
        yield Heading(name)
        yield Lines(tuple(lines))


def _quiet_sentence(facts: DigestFacts, *, anything_else: bool) -> str:
    since = day_words(facts.since, facts.today)
    if anything_else:
        return f"Nothing changed since {since}."
    return f"A quiet week: nothing changed since {since}, nothing is late, and nobody has to act."


def _freshness(facts: DigestFacts) -> str:
    at = facts.launch.synced_at
    if at is None:
        return "Progress is set by hand: no task tool is linked."
    return f"Progress from the teams’ tools as of {day_words(at.date(), facts.today)}, {at:%H:%M}."


def _period(since: date, today: date) -> str:
    if since >= today:
        return f"{today.day} {today:%B} {today.year}"
    start = f"{since.day}" if (since.year, since.month) == (today.year, today.month) else f"{since.day} {since:%B}"
    if since.year != today.year:
        start += f" {since.year}"
    return f"{start} to {today.day} {today:%B} {today.year}"


def _by(ask: AskFacts, today: date) -> str:
    if ask.due_date:
        late = late_words(ask.due_date, today, short=False)
        return f"by {day_words(ask.due_date, today)}" + (f" ({late})" if late else "")
    days = (today - ask.asked_on).days
    return f"{counted(days, 'day')} waiting" if days > 0 else "since today"


def _urgency(ask: AskFacts) -> tuple[bool, date, date, str]:
    return (ask.due_date is None, ask.due_date or ask.asked_on, ask.asked_on, ask.title)


def _path(subject: tuple[str, int], facts: DigestFacts) -> str:
    if subject[0] == "milestone":
        return next(
            (m.path for m in facts.milestones if m.id == subject[1]), facts.paths.get("milestone", facts.launch.path)
        )
    return facts.paths.get(subject[0], facts.launch.path)


def _moon(subject: tuple[str, int], facts: DigestFacts) -> float | None:
    if subject[0] != "milestone":
        return None
    return next((milestone.progress for milestone in facts.milestones if milestone.id == subject[1]), None)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _percent(fraction: float) -> str:
    return f"{int(fraction * 100 + 1e-6)} %"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "…")) else f"{text}."
