"""What changed since the last time, in sections: edited, completed, decided, moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from luna.ui.wording import counted, day_words
from reports.content.change_words import Clause, clauses, worst_mark
from reports.content.changes import Change, ChangeKind
from reports.content.document import Block, Line, Link
from reports.content.facts import LaunchReportFacts, MilestoneFacts, ReportFacts
from reports.content.sections import section

CHANGED, DONE, DECIDED, MOVED = "What changed", "Done", "Decided", "What moved, and why"
_TOLD_WITH_DONE = {"due_date", "name", "owner", "owner_id"}
"""What else is worth a word about a milestone that is done: not its last tasks nor its last health."""


def changed(facts: ReportFacts, changes: Sequence[Change], *, most: int | None = None) -> Iterator[Block]:
    """A line for each thing that changed, but for milestones that were completed: those are told under Done."""
    finished = {("milestone", milestone.id) for milestone in _completed(facts, changes)}
    lines, smaller = [], 0
    for subject, group in groupby(changes, key=lambda change: change.subject):
        mine = list(group)
        said = clauses(mine, facts)
        if subject in finished:
            continue
        smaller += 0 if said else len({piece[0] for change in mine for piece in change.pieces})
        if said:
            lines.append(changed_line(facts, mine, said))
    if smaller:
        lines.append(Line(text=counted(smaller, "smaller edit")))
    yield from section(CHANGED, lines, most=most)


def changed_line(facts: ReportFacts, changes: Sequence[Change], said: Sequence[Clause]) -> Line:
    """What became of one thing, in one line."""
    newest = changes[-1]
    beside = facts.name_beside(newest.launch) if newest.subject[0] != "launch" else ""
    text = "; ".join(clause.text for clause in said)
    return Line(
        mark=worst_mark(said),
        moon=_moon(newest, facts),
        link=Link(newest.name.removesuffix("."), _path(newest, facts)),  # an update is called by its first sentence
        text=f"{beside}: {text}" if beside else text,
    )


def done(facts: ReportFacts, changes: Sequence[Change], *, most: int | None = None) -> Iterator[Block]:
    """The milestones that were completed, and whether in time."""
    lines = []
    for milestone in _completed(facts, changes):
        mine = [change for change in changes if change.subject == ("milestone", milestone.id)]
        moved = clauses([change for change in mine if change.field in _TOLD_WITH_DONE], facts)
        text = "; ".join([_completed_words(milestone, facts.today), *(clause.text for clause in moved)])
        beside = facts.name_beside(milestone.launch)
        text = f"{beside}, {text}" if beside else text
        lines.append(Line(mark="done", link=Link(milestone.name, milestone.path), text=text))
    yield from section(DONE, lines, most=most)


def decided(facts: ReportFacts, changes: Sequence[Change], *, most: int | None = None) -> Iterator[Block]:
    """The decisions that were taken."""
    lines = []
    for subject, group in groupby(changes, key=lambda change: change.subject):
        mine = list(group)
        if subject[0] == "decision" and any(_decides(change) for change in mine):
            lines.append(changed_line(facts, mine, clauses(mine, facts)))
    yield from section(DECIDED, lines, most=most)


def _decides(change: Change) -> bool:
    after = change.after.get("state") if change.kind is ChangeKind.ADDED else change.field == "state" and change.after
    return after == "decided"


def moved(facts: ReportFacts, changes: Sequence[Change], *, most: int | None = None) -> Iterator[Block]:
    """The dates of milestones and launches that moved, each with the reason that was given."""
    dates = [c for c in changes if c.field in {"due_date", "target_date"} and c.subject[0] in {"milestone", "launch"}]
    lines = [changed_line(facts, [change], clauses([change], facts)) for change in dates]
    yield from section(MOVED, lines, most=most)


@dataclass(frozen=True)
class ChangeCounts:
    """What changed, in numbers."""

    completed: int
    later: int
    earlier: int
    at_risk: int
    decided: int


def change_counts(facts: ReportFacts, changes: Sequence[Change]) -> ChangeCounts:
    """Milestones completed, dates moved, milestones newly at risk, decisions taken."""
    dates = [c for c in changes if c.field in {"due_date", "target_date"} and c.before and c.after]
    later = sum(str(change.after) > str(change.before) for change in dates)
    at_risk = sum(c.field == "health" and c.after == "at_risk" and c.subject[0] == "milestone" for c in changes)
    decisions = sum(change.subject[0] == "decision" and _decides(change) for change in changes)
    return ChangeCounts(len(_completed(facts, changes)), later, len(dates) - later, at_risk, decisions)


def _completed(facts: ReportFacts, changes: Sequence[Change]) -> list[MilestoneFacts]:
    ids = {change.subject[1] for change in changes if change.subject[0] == "milestone" and _completes(change)}
    return [milestone for milestone in facts.milestones if milestone.id in ids and milestone.completed_date]


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


def _path(change: Change, facts: ReportFacts) -> str:
    kind, pk = change.subject
    launch = facts.launch_of(change.launch)
    milestone = facts.milestones_by_id.get(pk) if kind == "milestone" else None
    paths = facts.paths if isinstance(facts, LaunchReportFacts) else {}
    return milestone.path if milestone else paths.get(kind, launch.path)


def _moon(change: Change, facts: ReportFacts) -> float | None:
    kind, pk = change.subject
    milestone = facts.milestones_by_id.get(pk) if kind == "milestone" else None
    return milestone.progress if milestone else None
