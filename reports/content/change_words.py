"""How a change is said: one clause per change, one line per thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, day_words
from reports.content.changes import Change, ChangeKind
from reports.content.facts import ReportFacts

_DATES = {"due_date": "the due date", "target_date": "the target", "review_date": "the review"}
_PEOPLE = {"owner": "owner", "owner_id": "owner", "unblocker": "unblocker", "unblocker_id": "unblocker"}
_PEOPLE |= {"decider": "decider", "decider_id": "decider"}
_WORKFLOW = {"state", "stage", "priority", "visibility"}
_NEW = {
    "milestone": "new milestone",
    "risk": "new risk",
    "decision": "to be decided",
    "approval": "approval asked for",
    "update": "new update",
    "launch": "new launch",
}
_COUNTS = {"tasks_done", "tasks_total", "tasks_in_progress", "done", "total", "in_progress"}


@dataclass(frozen=True)
class Clause:
    """A piece of a sentence, and the mark that it deserves."""

    text: str
    mark: str = ""


def clauses(changes: Sequence[Change], facts: ReportFacts) -> list[Clause]:
    """What happened to one thing; what no reader of a digest would want (a new position, say) has no clause."""
    counts = {change.field: change for change in changes if change.kind is ChangeKind.SET and change.field in _COUNTS}
    said = [_clause(change, facts) for change in changes if counts.get(change.field) is not change]
    said.append(_tasks_clause(counts))
    return [clause for clause in said if clause is not None]


def _clause(change: Change, facts: ReportFacts) -> Clause | None:
    if change.kind is ChangeKind.ADDED:
        return _added(change, facts)
    if change.kind is ChangeKind.REMOVED:
        return Clause(_with_why("deleted", change.why))
    if change.kind is ChangeKind.HAPPENED:
        return _happened(change)
    return _field_clause(change, facts)


def _added(change: Change, facts: ReportFacts) -> Clause | None:
    word = _NEW.get(change.subject[0])
    if word is None:
        return None
    if change.after.get("outcome") and change.subject[0] == "decision":
        return Clause(f"decided: {cut(str(change.after['outcome']))}", "done")
    if change.after.get("state") == "approved":
        return Clause("asked for and approved", "done")
    due = _day(change.after.get("due_date"))
    return Clause(f"{word}, due {day_words(due, facts.today)}" if due else word)


def _happened(change: Change) -> Clause | None:
    words = {"superseded": "superseded", "met": "approved", "withdrawn": "withdrawn", "archived": "archived"}
    word = words.get(change.verb.rpartition(".")[2])
    return Clause(_with_why(word, change.why)) if word else None


def _field_clause(change: Change, facts: ReportFacts) -> Clause | None:
    if change.field in _DATES:
        return _moved(change, facts.today)
    if change.field in _PEOPLE:
        return _handed_over(change, facts)
    if change.field in {"health", "status"}:
        return _level(change, facts)
    if change.field in _WORKFLOW:
        return _workflow(change)
    return _plain_field(change)


def _workflow(change: Change) -> Clause | None:
    if change.after == "decided":  # its outcome says so
        return None
    now, was = look_of(str(change.after or "")), look_of(str(change.before or ""))
    return Clause(_with_why(f"{now.word} (was {was.word})", change.why), now.mark)


def _plain_field(change: Change) -> Clause | None:
    if change.verb == "launch.baseline_frozen":
        return Clause(_with_why("the plan is agreed, its dates are the baseline now", change.why))
    if change.field == "name":
        return Clause(f"was called “{change.before}”")
    if change.field == "outcome" and change.subject[0] == "decision":
        return Clause(f"decided: {cut(str(change.after))}", "done")
    if change.field == "ballot":
        return Clause(_with_why(f"{change.who or 'an approver'}: {look_of(str(change.after)).word}", change.why))
    if change.field == "progress_by_hand":
        return Clause(f"{change.after or 0} % done (was {change.before or 0} %)")
    return None


def _moved(change: Change, today: date) -> Clause:
    name = _DATES[change.field]
    before, after = _day(change.before), _day(change.after)
    if before is None and after is not None:
        return Clause(_with_why(f"{name} is now {day_words(after, today)}", change.why))
    if after is None or before is None:
        return Clause(_with_why(f"{name} was taken away", change.why), "warn")
    days = (after - before).days
    far = f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
    text = f"{name} moved from {day_words(before, today)} to {day_words(after, today)}, {far}"
    return Clause(_with_why(text, change.why), "warn" if days > 0 else "ok")


def _handed_over(change: Change, facts: ReportFacts) -> Clause:
    role = _PEOPLE[change.field]
    before, after = _person(change.before, facts), _person(change.after, facts)
    if not after:
        return Clause(f"has no {role} now" if change.after is None else f"has another {role}")
    return Clause(f"{role} is now {after}" + (f" (was {before})" if before else ""))


def _level(change: Change, facts: ReportFacts) -> Clause | None:
    """A level of health, or the status that the owner declared."""
    if (change.before, change.after) == ("unknown", "on_track"):  # the first time that anything is known
        return None
    before, after = look_of(str(change.before or "")), look_of(str(change.after or ""))
    said = f"{change.who} says {after.word}" if change.field == "status" and change.who else f"now {after.word}"
    why = _reason_today(change, facts) if change.field == "health" and not facts.is_past else change.why
    return Clause(_with_why(f"{said} (was {before.word})", why), after.mark)


def _reason_today(change: Change, facts: ReportFacts) -> str:
    """The worst reason for that level as the rest of the report has it: the figures of the day of the event are old."""
    kind, pk = change.subject
    now = facts.milestones_by_id.get(pk) if kind == "milestone" else facts.launch_of(change.launch)
    return now.signals[0] if now and now.signals and now.health == change.after else ""


def _tasks_clause(counts: dict[str, Change]) -> Clause | None:
    done = counts.get("tasks_done") or counts.get("done")
    total = counts.get("tasks_total") or counts.get("total")
    parts = []
    if total and not total.before:
        of_them = f", {done.after} of them done" if done and done.after else ""
        return Clause(f"{counted(int(total.after or 0), 'task')} linked{of_them}")
    if done and (more := int(done.after or 0) - int(done.before or 0)):
        parts.append(f"{counted(more, 'task')} done" if more > 0 else f"{counted(-more, 'task')} open again")
    if total and (more := int(total.after or 0) - int(total.before or 0)):
        parts.append(f"{counted(abs(more), 'task')} {'added' if more > 0 else 'taken out'}")
    return Clause(", ".join(parts)) if parts else None


def worst_mark(said: Sequence[Clause]) -> str:
    """The mark of a line of several clauses: bad before warn before the rest."""
    order = ["bad", "warn", "ok", "done"]
    marks = sorted((clause.mark for clause in said if clause.mark), key=lambda m: order.index(m) if m in order else 9)
    return marks[0] if marks else ""


def _with_why(text: str, why: str) -> str:
    return f"{text}: {cut(why)}" if why else text


def cut(text: str, limit: int = 200) -> str:
    """One line of at most so many characters, without its full stop."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _person(value: Any, facts: ReportFacts) -> str:
    """A person's name: events hold names, numbers, or both."""
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    if isinstance(value, int):
        return facts.names.get(value, "")
    return str(value or "")
