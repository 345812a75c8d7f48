"""Milestones: add, edit, change their state, put them in order, delete and bring back, freeze the plan's dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Max, Value, When
from django.urls import reverse

from launches.actions.notices import notify, settle_notices
from launches.actions.summaries import wish_recompute
from launches.domain.types import NoticeReason
from launches.models import Launch
from luna import clock
from luna.events.log import changed_fields, record
from luna.lib.versions import StaleVersionError, save_version
from milestones.actions.approvals import mark_votes_stale
from milestones.actions.naming import let_in
from milestones.domain.paste import Draft
from milestones.domain.slips import DueMove, moved_from
from milestones.domain.types import OPEN_STATES, State
from milestones.models import Milestone
from milestones.selectors import due_moves, successor_launch_ids
from milestones.selectors_governance import unmet_approvals
from people.selectors import workspace

if TYPE_CHECKING:
    from people.models import Team, User

EDITABLE = frozenset(
    {
        "name", "definition_of_done", "owner", "unblocker", "team", "stage", "priority",
        "start_date", "due_date", "estimate_days",
    }
)  # fmt: skip


class ApprovalsUnmetError(Exception):
    """It can't be completed: `titles` are the approvals that are missing."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = list(titles)
        named = ", ".join(f"“{title}”" for title in titles)
        many = "approvals are" if len(self.titles) > 1 else "approval is"
        super().__init__(
            f"It can’t be completed while {'these' if len(self.titles) > 1 else 'this'} {many} not met: {named}."
        )


def add_milestones(*, launch: Launch, drafts: Sequence[Draft], actor: User) -> list[Milestone]:
    """Add them at the end of the launch's list, in this order."""
    with transaction.atomic():
        _lock_list(launch)
        last = launch.milestones.aggregate(last=Max("position"))["last"]
        first = 0 if last is None else last + 1
        now = clock.now()
        rows = [
            Milestone(launch=launch, name=draft.name, due_date=draft.due_date, position=first + n, created_at=now)
            for n, draft in enumerate(drafts)
        ]
        made: list[Milestone] = Milestone.objects.bulk_create(rows)
        for milestone in made:
            after = {"due_date": milestone.due_date} if milestone.due_date else {}
            record("milestone.created", milestone, actor=actor, launch_id=launch.pk, after=after)
        wish_recompute([launch.pk])
    return made


def edit_milestone(
    *, milestone: Milestone, version: int, fields: Mapping[str, Any], why: str = "", actor: User
) -> Milestone:
    """Write the `fields` that differ. A due date that moves needs a reason.

    Whoever is named and can't see the launch takes part in it from then on; votes on what has changed are asked for
    again. Raises ValidationError, StaleVersionError.
    """
    if not fields.keys() <= EDITABLE:
        raise ValueError(f"not editable: {sorted(fields.keys() - EDITABLE)}")
    old = {name: getattr(milestone, name) for name in fields}
    before, after = changed_fields(old, dict(fields))
    if not after:
        if version != milestone.version:
            raise StaleVersionError(milestone)
        return milestone
    _check_edit(milestone, fields, before, why)
    with transaction.atomic():
        kept = _first_estimate(milestone, after) | _moved_from(milestone, before, after)
        save_version(milestone, expected=version, **after, **kept)
        _let_in_who_is_named(milestone, after, actor)
        record(
            "milestone.edited",
            milestone,
            actor=actor,
            launch_id=milestone.launch_id,
            before=_said(before),
            after=_said(after),
            why=why,
        )
        if after.keys() & {"definition_of_done", "due_date"}:
            mark_votes_stale(milestone=milestone, why=why, actor=actor)
        _tell_new_owner(milestone, after, actor)
        _wish(milestone)
    return milestone


def change_state(*, milestone: Milestone, version: int | None, state: State, why: str = "", actor: User) -> Milestone:
    """Move it through its workflow. Raises ApprovalsUnmetError and StaleVersionError."""
    before = State(milestone.state)
    if before == state:
        return milestone
    with transaction.atomic():
        # Locked first, so that an approval that is asked for at the same moment is seen or waits.
        Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
        if state == State.COMPLETED and (unmet := unmet_approvals(milestone.pk)):
            raise ApprovalsUnmetError([approval.title for approval in unmet])
        completed = workspace().today if state == State.COMPLETED else None
        save_version(milestone, expected=version, state=state, completed_date=completed)
        record(
            _verb_of(before, state),
            milestone,
            actor=actor,
            launch_id=milestone.launch_id,
            before={"state": before.value},
            after={"state": state.value},
            why=why,
        )
        if not milestone.is_open:
            _settle_votes(milestone)
        _wish(milestone)
    return milestone


def edit_row(
    *, milestone: Milestone, version: int, fields: Mapping[str, Any], state: State, why: str = "", actor: User
) -> None:
    """What a table row can change, in one transaction. Raises what `edit_milestone` and `change_state` raise."""
    with transaction.atomic():
        edit_milestone(milestone=milestone, version=version, fields=fields, why=why, actor=actor)
        change_state(milestone=milestone, version=milestone.version, state=state, actor=actor)


def shift_milestone(*, milestone: Milestone, step: int, actor: User) -> None:
    """Move it one place up (-1) or down (1); at the edge it stays."""
    rows: list[Milestone] = list(
        Milestone.objects.existing().filter(launch_id=milestone.launch_id).order_by("position", "pk")
    )
    here = rows.index(milestone)
    place = here - 1 if step < 0 else here + 2
    if place >= 0:
        move_milestone(milestone=milestone, before=rows[place] if place < len(rows) else None, actor=actor)


def move_milestone(*, milestone: Milestone, before: Milestone | None, actor: User) -> None:
    """Put it before another one of its launch, or at the end. One statement writes the new order."""
    with transaction.atomic():
        _lock_list(milestone.launch)
        rows = Milestone.objects.existing().filter(launch_id=milestone.launch_id).order_by("position", "pk")
        old = list(rows.values_list("pk", flat=True))
        if milestone.pk not in old:  # deleted a moment ago
            return
        order = [pk for pk in old if pk != milestone.pk]
        order.insert(order.index(before.pk) if before and before.pk in order else len(order), milestone.pk)
        if order == old:
            return
        places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(order)]
        rows.order_by().update(position=Case(*places, default=F("position"), output_field=models.IntegerField()))
        record(
            "milestone.moved",
            milestone,
            actor=actor,
            launch_id=milestone.launch_id,
            before={"position": old.index(milestone.pk) + 1},
            after={"position": order.index(milestone.pk) + 1},
        )
        wish_recompute([milestone.launch_id])


def delete_milestone(*, milestone: Milestone, actor: User) -> None:
    """Take it out of the plan; `restore_milestone` brings it back within a day."""
    _set_deleted(milestone, "milestone.deleted", deleted=True, actor=actor)


def restore_milestone(*, milestone: Milestone, actor: User) -> None:
    """Bring a deleted milestone back to its place."""
    _set_deleted(milestone, "milestone.restored", deleted=False, actor=actor)


def freeze_baseline(*, launch: Launch, why: str = "", actor: User) -> int:
    """Keep today's due dates of all open milestones as the agreed plan; how many were frozen."""
    with transaction.atomic():
        rows = Milestone.objects.existing().filter(launch=launch, state__in=OPEN_STATES, due_date__isnull=False)
        chosen = list(rows.values_list("pk", flat=True))
        frozen: int = rows.filter(pk__in=chosen).update(baseline_due_date=F("due_date"))
        _keep_moved_from(chosen)
        record(
            "launch.baseline_frozen", launch, actor=actor, launch_id=launch.pk, after={"milestones": frozen}, why=why
        )
    return frozen


def _lock_list(launch: Launch) -> None:
    """One person at a time changes the order of a launch's milestones."""
    Launch.objects.select_for_update(no_key=True).filter(pk=launch.pk).values_list("pk", flat=True).get()


def _set_deleted(milestone: Milestone, verb: str, *, deleted: bool, actor: User) -> None:
    with transaction.atomic():
        save_version(milestone, expected=None, deleted_at=clock.now() if deleted else None)
        record(verb, milestone, actor=actor, launch_id=milestone.launch_id)
        if deleted:
            settle_notices(subject=milestone)
            _settle_votes(milestone)
        _wish(milestone)


def _settle_votes(milestone: Milestone) -> None:
    """Nobody can vote on it any more, so nobody is asked to."""
    for approval in milestone.approvals.all():
        settle_notices(subject=approval)


def _wish(milestone: Milestone) -> None:
    """Its launch, and the launches of what waits for it, are judged anew."""
    wish_recompute([milestone.launch_id, *successor_launch_ids([milestone.pk])])


def _verb_of(before: State, after: State) -> str:
    if after in {State.COMPLETED, State.CANCELLED}:
        return f"milestone.{after.value}"
    return "milestone.state_changed" if before in OPEN_STATES else "milestone.reopened"


def _check_edit(milestone: Milestone, fields: Mapping[str, Any], before: Mapping[str, Any], why: str) -> None:
    merged = {
        name: fields.get(name, getattr(milestone, name)) for name in ("owner", "unblocker", "start_date", "due_date")
    }
    if merged["owner"] and merged["owner"] == merged["unblocker"]:
        raise ValidationError({"unblocker": "Someone other than the owner moves what is in the way."})
    if merged["start_date"] and merged["due_date"] and merged["due_date"] < merged["start_date"]:
        raise ValidationError({"due_date": "It is due before it starts. Change one of the two dates."})
    if before.get("due_date") and not why.strip():
        raise ValidationError({"why": "Say in a few words why the due date moves."})


def _first_estimate(milestone: Milestone, after: Mapping[str, Any]) -> dict[str, Any]:
    """To be kept for ever: the first estimate above 0 that is given while the work is open, not in hindsight."""
    given = after.get("estimate_days")
    if not given or milestone.first_estimate_days is not None or not milestone.is_open:
        return {}
    return {"first_estimate_days": Decimal(given)}


def _moved_from(milestone: Milestone, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a due date that changes: the one that was agreed first."""
    if "due_date" not in after:
        return {}
    # Locked, so that a baseline that is frozen at the same moment is seen or waits.
    row = Milestone.objects.select_for_update(no_key=True).filter(pk=milestone.pk)
    baseline = row.values_list("baseline_due_date", flat=True).get()
    moves = [*due_moves([milestone.pk])[milestone.pk], DueMove(date.min, before["due_date"], after["due_date"])]
    return {"moved_from_date": moved_from(moves, after["due_date"], baseline)}


def _keep_moved_from(milestone_ids: Sequence[int]) -> None:
    """The same of those whose baseline has changed; nothing is kept of those that were never moved."""
    moves = due_moves(milestone_ids)
    rows: list[Milestone] = list(Milestone.objects.filter(pk__in=moves))
    for row in rows:
        row.moved_from_date = moved_from(moves[row.pk], row.due_date, row.baseline_due_date)
    Milestone.objects.bulk_update(rows, ["moved_from_date"], batch_size=200)


def _let_in_who_is_named(milestone: Milestone, after: Mapping[str, Any], actor: User) -> None:
    users: list[User] = [after[name] for name in ("owner", "unblocker") if after.get(name)]
    teams: list[Team] = [after["team"]] if after.get("team") else []
    let_in(launch=milestone.launch, users=users, teams=teams, actor=actor)


def _tell_new_owner(milestone: Milestone, after: Mapping[str, Any], actor: User) -> None:
    if owner := after.get("owner"):
        notify(
            user=owner,
            reason=NoticeReason.MADE_OWNER,
            subject=milestone,
            sentence=f"{actor.name} made you the owner of “{milestone.name}” in {milestone.launch.name}.",
            path=reverse("milestones:detail", args=[milestone.launch.key, milestone.pk]),
            launch=milestone.launch,
            actor=actor,
        )


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the log keeps them: names of people, teams and stages, numbers as they were typed."""
    return {name: _said_value(value) for name, value in fields.items()}


def _said_value(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    return float(value) if isinstance(value, Decimal) else value
