"""What a rule of health looked at, as kept with a verdict, in words with units; what is empty is left out (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, day_words
from milestones.domain.forecast_types import Likely, chance_words
from milestones.domain.signals import NOT_NAMED
from milestones.domain.thresholds import LIMITS

Kept = Mapping[str, Any]
_HOURS_TOLD = 48
"""From then on in days."""


def fact_words(names: Iterable[str], kept: Kept, today: date) -> list[str]:
    """These facts (fields of MilestoneFacts, or a launch's risks) as phrases, as they were on the day `today`."""
    return [words for name in names for words in _FACTS[name](kept, today)]


def threshold_words(names: Iterable[str], kept: Kept) -> list[str]:
    """These thresholds as phrases; one that was not kept is left out."""
    return [_threshold(name, kept[name]) for name in names if name in kept]


def _threshold(name: str, number: int) -> str:
    limit = LIMITS[name]
    amount = f"{number} {limit.unit.removesuffix('s') if number == 1 else limit.unit}"
    label = limit.label[0].lower() + limit.label[1:]
    return _THRESHOLDS.get(name, f"{label} {{}}").format(amount)


_THRESHOLDS = {
    "approval_close_days": "possible delays from {} before the due date",
    "approval_too_close_days": "at risk from {} before the due date",
    "scope_days": "compared with the scope {} before",
    "scope_tasks": "counts from {} more",
    "progress_expected_days": "without a start date, progress is expected from {} before the due date",
}
"""Where the label of the settings page needs its neighbours to be understood."""


def _due_date(kept: Kept, today: date) -> Iterator[str]:
    due = _day(kept.get("due_date"), today)
    yield f"due {due}" if due else "no due date"


def _forecast(kept: Kept, today: date) -> Iterator[str]:
    forecast = kept.get("forecast")
    if not forecast:
        yield "no forecast"
        return
    yield Likely(_date(forecast["p50"]), _date(forecast["p85"]), None).words(today)
    chance, due = forecast.get("due_probability"), _date(kept.get("due_date"))
    if chance is not None and due is not None:
        yield f"chance of the due date {chance_words(chance, is_over=due < today)}"


def _predecessors(kept: Kept, today: date) -> Iterator[str]:
    for one in kept.get("predecessors") or ():
        due = _day(one.get("due_date"), today)
        said = [look_of(one["state"]).word, f"due {due}" if due else "no due date"]
        if one.get("lag_days"):
            said.append(f"{counted(one['lag_days'], 'working day')} of lag")
        name = f"“{one['name']}”" if one.get("name") else NOT_NAMED
        yield f"waits for {name} ({', '.join(said)})"


def _approvals(kept: Kept, _today: date) -> Iterator[str]:
    for one in kept.get("unmet_approvals") or ():
        again = "asked for again, " if one.get("is_stale") else ""
        yield f"approval “{one['title']}” ({again}waiting for {counted(one['waiting_days'], 'day')})"


def _risks(kept: Kept, _today: date) -> Iterator[str]:
    for one in kept.get("risks") or ():
        probability, impact = one["probability"], one["impact"]
        exposure = f"probability {probability} × impact {impact} = exposure {probability * impact}"
        yield f"risk “{one['title']}” ({exposure})"


def _slip(kept: Kept, today: date) -> Iterator[str]:
    slip = kept.get("slip")
    if slip:
        first, moved = _day(slip["first_due"], today), _day(slip["moved_on"], today)
        yield f"first due {first}, moved {slip['moves']}×, to a later date last on {moved}"


def _sources(kept: Kept, _today: date) -> Iterator[str]:
    linked = kept.get("sources_linked")
    yield f"tasks linked from {counted(linked, 'source')}" if linked else "no tasks linked"


def _synced(kept: Kept, _today: date) -> Iterator[str]:
    hours = kept.get("synced_hours_ago")
    if not kept.get("sources_linked"):
        return
    yield "never read from the tools" if hours is None else f"read from the tools {_ago(hours)}"


def _ago(hours: float) -> str:
    """Before the verdict; whole units that have passed, as the rule itself tells them."""
    minutes = int(hours * 60)
    if minutes < 1:
        return "just now"
    if hours < 1:
        return f"{counted(minutes, 'minute')} before"
    return f"{counted(int(hours), 'hour') if hours < _HOURS_TOLD else counted(int(hours / 24), 'day')} before"


def _scope(kept: Kept, today: date) -> Iterator[str]:
    then = kept.get("scope_then")
    if then:
        yield f"{counted(then['tasks'], 'task')} on {_day(then['since'], today)}"


def _by_hand(kept: Kept, _today: date) -> Iterator[str]:
    if kept.get("progress_by_hand") is not None:
        yield f"{kept['progress_by_hand']} % set by hand"


def _owner(kept: Kept, _today: date) -> Iterator[str]:
    yield "somebody owns it" if kept.get("owner_named") else "nobody owns it"


def _state(kept: Kept, _today: date) -> Iterator[str]:
    yield look_of(kept.get("state")).word


def _number(name: str, noun: str) -> Callable[[Kept, date], Iterator[str]]:
    """Of tasks: nothing where there are none."""

    def words(kept: Kept, _today: date) -> Iterator[str]:
        if kept.get(name):
            yield f"{counted(kept[name], 'task')} {noun}".rstrip()

    return words


def _on(name: str, before: str) -> Callable[[Kept, date], Iterator[str]]:
    """A day with the words before it: nothing where there is none."""

    def words(kept: Kept, today: date) -> Iterator[str]:
        if kept.get(name):
            yield f"{before} {_day(kept[name], today)}"

    return words


def _date(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def _day(kept: str | None, today: date) -> str:
    day = _date(kept)
    return day_words(day, today) if day else ""


_FACTS: dict[str, Callable[[Kept, date], Iterator[str]]] = {
    "due_date": _due_date,
    "forecast": _forecast,
    "predecessors": _predecessors,
    "unmet_approvals": _approvals,
    "risks": _risks,
    "slip": _slip,
    "sources_linked": _sources,
    "synced_hours_ago": _synced,
    "scope_then": _scope,
    "progress_by_hand": _by_hand,
    "owner_named": _owner,
    "state": _state,
    "tasks_total": _number("tasks_total", ""),
    "tasks_done": _number("tasks_done", "done"),
    "tasks_in_progress": _number("tasks_in_progress", "in progress"),
    "last_task_completed_on": _on("last_task_completed_on", "last task completed"),
    "start_date": _on("start_date", "start"),
    "last_heard_on": _on("last_heard_on", "last heard of"),
}
"""Every fact that a rule looks at: tests/milestones/test_verdict_words.py holds it to RULES."""
