"""What of a launch needs someone: a line per cause, with the one thing that its reader can do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from reports.content.attention import Cause, Trouble, alike, causes, counted_words, without_approvals

if TYPE_CHECKING:
    from launches.models import Launch
    from people.models import User
    from reports.collect.overview import MilestoneRow

SOON_DAYS = 7
_TROUBLED = frozenset(Level) - {Level.ON_TRACK}
_LEAST_ALIKE = 2
_MOST_REASONS = 2
_BY_TASKS = frozenset({"overdue", "forecast_late", "stalled", "scope_growth", "late_start"})
_BY_SOURCES = {"nothing_linked": "Link tasks", "never_synced": "Its sources", "sync_stale": "Its sources"}
_MISSING = {"no_owner": "Name an owner", "no_due_date": "Set a date"}


@dataclass(frozen=True)
class Attention:
    """One thing that someone should do: how bad, what, why, who, and the one thing to press."""

    level: str
    title: str
    why: str
    who: str = ""
    path: str = ""
    """Of what it is about."""
    action: str = ""
    """What this reader can do, in words."""
    action_path: str = ""
    behind_words: str = ""
    behind: tuple[tuple[str, str], ...] = ()
    """Milestones that are part of it: name and path."""


@dataclass(frozen=True)
class Reader:
    """Who looks, and whether they may change the plan."""

    user: User
    can_edit: bool


def attention_of(launch: Launch, rows: Sequence[MilestoneRow], reader: Reader, today: date) -> list[Attention]:
    """Worst first. In two statements, and in one more where several milestones are in trouble."""
    troubles = [_trouble(row) for row in rows if row.reasons and row.health in _TROUBLED]
    approvals = _from_approvals(launch, reader, today, _levels(troubles))
    own = [left for one in troubles if (left := without_approvals(one, approvals)) is not None]
    found = causes(own, links_within(launch) if len(own) > 1 else ())
    lines = [
        *_from_milestones(found, {row.pk: row for row in rows}, reader),
        *_from_decisions(launch, reader, today),
        *approvals.values(),
    ]
    return sorted(lines, key=lambda line: -RANK[Level(line.level)])


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


def _from_milestones(found: Sequence[Cause], rows: Mapping[int, MilestoneRow], reader: Reader) -> Iterator[Attention]:
    """A line per cause; one for all of whom the same, and nothing else, is said."""
    same: defaultdict[str, list[Trouble]] = defaultdict(list)
    for one in found:
        if not one.holds_up:
            same[alike(one.trouble)].append(one.trouble)
    together = {rule: ones for rule, ones in same.items() if rule and len(ones) >= _LEAST_ALIKE}
    for one in found:
        rule = "" if one.holds_up else alike(one.trouble)
        if rule not in together:
            yield _from_cause(one, rows, reader)
        elif ones := together[rule]:
            level = max((trouble.reasons[0].level for trouble in ones), key=lambda level: RANK[Level(level)])
            behind = tuple((trouble.name, trouble.path) for trouble in ones)
            action = "Edit them" if reader.can_edit else ""
            where = reverse("milestones:list", args=[rows[ones[0].pk].key])
            title = counted_words(rule, len(ones))
            yield Attention(level, title, "", behind=behind, action=action, action_path=where)
            together[rule] = []


def _from_cause(cause: Cause, rows: Mapping[int, MilestoneRow], reader: Reader) -> Attention:
    trouble, row = cause.trouble, rows[cause.trouble.pk]
    levels = [reason.level for one in (trouble, *cause.holds_up) for reason in one.reasons]
    action, action_path = _action(trouble, rows, reader)
    return Attention(
        level=max(levels, key=lambda level: RANK[Level(level)]),
        title=trouble.name,
        why=" ".join(reason.sentence for reason in trouble.reasons[:_MOST_REASONS]),
        who=_people(row, is_said=any(reason.rule == "no_owner" for reason in trouble.reasons[:_MOST_REASONS])),
        path=trouble.path,
        action=action,
        action_path=action_path,
        behind_words=_behind_words(len(cause.holds_up)),
        behind=tuple((one.name, one.path) for one in cause.holds_up),
    )


def _behind_words(number: int) -> str:
    """No more than that: whether they would be late without it, too, is not computed."""
    waits = "" if not number else "Waits" if number == 1 else "Wait"
    return f"{waits} for it and may be late, too: " if waits else ""


def _action(trouble: Trouble, rows: Mapping[int, MilestoneRow], reader: Reader) -> tuple[str, str]:
    """What helps against the worst reason, in words, and where it is done."""
    row, worst = rows[trouble.pk], trouble.reasons[0]
    rule, about, place = worst.rule, worst.about_id, [row.key, row.pk]
    found = ("Say how it goes" if row.owner_id == reader.user.pk else "Ask"), f"{row.path}#talk"
    if rule == "predecessor_late" and about is not None and about in rows:
        found = "What it waits for", rows[about].path
    elif rule == "high_exposure" and about is not None:
        found = "The risk", reverse("milestones:risk", args=[row.key, about])
    elif rule == "overdue" and row.sources_linked and row.tasks_done == row.tasks_total:
        found = "Is it completed?", row.path
    elif rule in _BY_TASKS and row.sources_linked:
        found = "Its tasks", reverse("integrations:milestone_tasks", args=place)
    elif rule in _BY_SOURCES and (reader.can_edit or rule != "nothing_linked"):
        found = _BY_SOURCES[rule], reverse("integrations:milestone_sources", args=place)
    elif rule != "silent" and reader.can_edit:
        found = _MISSING.get(rule, "Edit"), reverse("milestones:edit", args=place)
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
        path = reverse("milestones:decision", args=[launch.key, pk])
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
        path = reverse("milestones:approval", args=[launch.key, pk])
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
