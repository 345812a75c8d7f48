"""What of a launch needs someone: a line per cause, with the one thing that its reader can do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from luna.lib.prepared import Prepared
from luna.ui.wording import counted, day_words
from milestones.domain.health import RANK
from milestones.domain.types import ApprovalState, DecisionState, Level
from milestones.models import Decision
from milestones.selectors import links_within, waiting_approvals
from reports.content.attention import Alike, Cause, Trouble, alike, causes, left_of, worst

if TYPE_CHECKING:
    from launches.models import Launch
    from people.models import User
    from reports.collect.overview import MilestoneRow

SOON_DAYS = 7
_TROUBLED = frozenset(Level) - {Level.ON_TRACK}
_MOST_REASONS = 2
_BY_TASKS = frozenset({"overdue", "forecast_late", "stalled", "scope_growth", "late_start"})
_BY_SOURCES = {"nothing_linked": "Link tasks", "never_synced": "Its sources", "sync_stale": "Its sources"}
_MISSING = {"no_owner": "Name an owner", "no_due_date": "Set a date"}


@dataclass(frozen=True)
class Attention:
    """One thing that someone should do: how bad, what, why, who, and the one thing to press."""

    level: str
    title: str
    why: str = ""
    who: str = ""
    path: str = ""
    """Of what it is about."""
    action: str = ""
    """What this reader can do, in words."""
    action_path: str = ""
    behind_words: str = ""
    behind: tuple[tuple[str, str], ...] = ()
    """Milestones that are part of it: name and path."""
    worst_behind: str = ""
    """The worst level of what waits for it: it stands as high in the list as that."""


@dataclass(frozen=True)
class Reader:
    """Who looks, and whether they may change the plan."""

    user: User
    can_edit: bool


def attention_of(launch: Launch, rows: Sequence[MilestoneRow], reader: Reader, today: date) -> list[Attention]:
    """Worst first. In two statements, and in one more where several milestones are in trouble."""
    troubles = [_trouble(row) for row in rows if row.reasons and row.health in _TROUBLED]
    approvals = _from_approvals(launch, reader, today, _levels(troubles))
    same = alike(troubles)
    told = {one.rule for one in same}
    own = [left for one in troubles if (left := left_of(one, approvals=approvals, rules=told)) is not None]
    found = causes(own, links_within(launch) if len(own) > 1 else ())
    known = {row.pk: row for row in rows}
    lines = [
        *_from_launch(launch, rows, reader),
        *(_from_cause(cause, known, reader) for cause in found),
        *(_from_alike(one, launch, reader) for one in same),
        *_from_decisions(launch, reader, today),
        *approvals.values(),
    ]
    return sorted(lines, key=_place)


def _place(line: Attention) -> int:
    """Worst first, whether it is the line's own level or that of what waits for it."""
    return min(-RANK[Level(level)] for level in (line.level, line.worst_behind) if level)


def _trouble(row: MilestoneRow) -> Trouble:
    late: float | None = None
    if row.is_out_of_sight:
        late = inf
    elif row.p85 is not None and row.due_date is not None:
        late = (row.p85 - row.due_date).days
    return Trouble(row.pk, row.name, row.path, row.reasons, late)


def _levels(troubles: Sequence[Trouble]) -> dict[int, str]:
    """By approval, how bad it is that it is missing, where a rule says so."""
    spoken = [one for trouble in troubles for one in trouble.reasons if one.rule.startswith("approval_")]
    return {one.about_id: one.level for one in spoken if one.about_id is not None}


def _from_launch(launch: Launch, rows: Sequence[MilestoneRow], reader: Reader) -> Iterator[Attention]:
    """What is said of the launch as a whole: a risk of its own, or that there is nothing to judge."""
    for signal in launch.summary.signals:
        if signal.get("milestone_id"):
            continue
        action = path = ""
        if risk := signal.get("about_id"):
            action, path = "The risk", _at("milestones:risk", launch.key, risk)
        elif reader.can_edit and not any(row.is_open for row in rows):
            action, path = "Is it over?", _at("launches:edit", launch.key)
        elif reader.can_edit:
            action, path = "The milestones", _at("milestones:list", launch.key)
        title = signal["sentence"].removesuffix(".")
        yield Attention(signal["level"], title, path=path if risk else "", action=action, action_path=path)


def _from_alike(same: Alike, launch: Launch, reader: Reader) -> Attention:
    """One line for all of whom a rule says the same."""
    return Attention(
        level=same.level,
        title=same.words,
        behind=tuple((one.name, one.path) for one in same.troubles),
        action="Edit them" if reader.can_edit else "",
        action_path=_at("milestones:list", launch.key),
    )


def _from_cause(cause: Cause, rows: Mapping[int, MilestoneRow], reader: Reader) -> Attention:
    trouble, row = cause.trouble, rows[cause.trouble.pk]
    behind = [reason.level for one in cause.holds_up for reason in one.reasons]
    action, action_path = _action(trouble, rows, reader)
    return Attention(
        level=worst(reason.level for reason in trouble.reasons),
        title=trouble.name,
        why=" ".join(reason.sentence for reason in trouble.reasons[:_MOST_REASONS]),
        who=_people(row, is_said=any(reason.rule == "no_owner" for reason in trouble.reasons[:_MOST_REASONS])),
        path=trouble.path,
        action=action,
        action_path=action_path,
        behind_words=_behind_words(len(cause.holds_up)),
        behind=tuple((one.name, one.path) for one in cause.holds_up),
        worst_behind=worst(behind) if behind else "",
    )


def _behind_words(number: int) -> str:
    """No more than that: whether they would be late without it, too, is not computed."""
    waits = "" if not number else "Waits" if number == 1 else "Wait"
    return f"{waits} for it and may be late, too: " if waits else ""


@lru_cache(maxsize=16_384)
def _at(view: str, *place: str | int) -> str:
    """An address; composing it takes longer than all else of a line."""
    return reverse(view, args=place)


def _action(trouble: Trouble, rows: Mapping[int, MilestoneRow], reader: Reader) -> tuple[str, str]:
    """What helps against the worst reason, in words, and where it is done."""
    row, said = rows[trouble.pk], trouble.reasons[0]
    rule, about, place = said.rule, said.about_id, (row.key, row.pk)
    found = ("Say how it goes" if row.owner_id == reader.user.pk else "Ask"), f"{row.path}#talk"
    if rule == "predecessor_late" and about is not None and about in rows:
        found = "What it waits for", rows[about].path
    elif rule == "high_exposure" and about is not None:
        found = "The risk", _at("milestones:risk", row.key, about)
    elif rule == "overdue" and row.sources_linked and 0 < row.tasks_total == row.tasks_done:
        found = "Is it completed?", row.path
    elif rule in _BY_TASKS and row.sources_linked:
        found = "Its tasks", _at("integrations:milestone_tasks", *place)
    elif rule in _BY_SOURCES and (reader.can_edit or rule != "nothing_linked"):
        found = _BY_SOURCES[rule], _at("integrations:milestone_sources", *place)
    elif rule != "silent" and reader.can_edit:
        found = _MISSING.get(rule, "Edit"), _at("milestones:edit", *place)
    return found


def _people(row: MilestoneRow, *, is_said: bool) -> str:
    """Who answers for it; `is_said`: a reason says already that nobody does."""
    if row.owner and row.unblocker:
        return f"{row.owner}, unblocked by {row.unblocker}"
    return row.owner or row.unblocker or ("" if is_said else "nobody owns it")


_DECISIONS = Prepared(
    lambda launch_id, until: Decision.objects.filter(
        launch_id=launch_id, deleted_at__isnull=True, state=DecisionState.OPEN, due_date__lte=until
    ).values_list("pk", "title", "due_date", "decider_id", "decider__name"),
    launch_id=int,
    until=date,
)


def _from_decisions(launch: Launch, reader: Reader, today: date) -> Iterator[Attention]:
    until = today + timedelta(days=SOON_DAYS)
    for pk, title, due_date, decider_id, decider in _DECISIONS.rows(launch_id=launch.pk, until=until):
        path = _at("milestones:decision", launch.key, pk)
        yield Attention(
            level=Level.AT_RISK if due_date < today else Level.POSSIBLE_DELAYS,
            title=f"To decide: {title}",
            why=_due_words(due_date, today),
            who=decider or "nobody is to decide it",
            path=path,
            action="Decide" if decider_id == reader.user.pk else "Open",
            action_path=path,
        )


def _due_words(due: date, today: date) -> str:
    days = (due - today).days
    if days < 0:
        return f"It was due {counted(-days, 'day')} ago."
    return "It is due today." if days == 0 else f"It is due in {counted(days, 'day')}."


_APPROVALS = Prepared(
    lambda launch_id: (
        waiting_approvals()
        .filter(launch_id=launch_id)
        .order_by("-asked_at", "-pk", "approvers")
        .values_list(
            "pk", "title", "state", "asked_at", "milestone__name", "milestone__due_date", "approvers",
            "approvers__user", "approvers__user__name", "approvers__team__name", "approvers__team__members",
        )
    ),
    launch_id=int,
)  # fmt: skip
"""A line for each who is asked: a person, or a member of a team."""


def _from_approvals(launch: Launch, reader: Reader, today: date, levels: Mapping[int, str]) -> dict[int, Attention]:
    """By approval; `levels` says how bad the rules of health find it that it is missing."""
    lines = _APPROVALS.rows(launch_id=launch.pk)
    found = {}
    for pk, of_it in groupby(lines, key=itemgetter(0)):
        level = levels.get(pk, Level.POSSIBLE_DELAYS)
        path = _at("milestones:approval", launch.key, pk)
        found[pk] = _from_approval(list(of_it), level, path, reader, today)
    return found


def _from_approval(lines: Sequence[tuple[Any, ...]], level: str, path: str, reader: Reader, today: date) -> Attention:
    _, title, state, asked_at, milestone, due_date, *_ = lines[0]
    names = {approver: name or team for *_, approver, _, name, team, _ in lines}
    asked = {one for *_, user, _, _, member in lines for one in (user, member) if one}
    needed = ""
    if milestone:
        when = f", due {day_words(due_date, today)}," if due_date else ""
        needed = f" Without it “{milestone}”{when} can’t be completed."
    return Attention(
        level=level,
        title=f"To approve: {title}",
        why=f"{_asked_words(state, asked_at, today)}{needed}",
        who=", ".join(name for name in names.values() if name),
        path=path,
        action="Vote" if reader.user.pk in asked else "Open",
        action_path=path,
    )


def _asked_words(state: str, asked_at: datetime, today: date) -> str:
    if state == ApprovalState.CHANGES_REQUESTED:
        return "Changes were requested."
    return f"Asked on {day_words(timezone.localtime(asked_at).date(), today)}."
