"""Decisions: ask for one, edit the question, record the outcome, supersede, delete and bring back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

from django.db import transaction
from django.urls import reverse

from launches.actions.notices import notify, settle_notices
from launches.actions.summaries import wish_recompute
from launches.domain.types import NoticeReason
from launches.models import Launch
from luna import clock
from luna.events.log import changed_fields, record
from luna.lib.versions import save_version
from milestones.actions.naming import let_in
from milestones.domain.types import DecisionState
from milestones.models import Decision, Milestone
from people.models import User


class DecisionFields(TypedDict):
    """What people write about a decision that is to be taken."""

    title: str
    context: str
    options: str
    decider: User | None
    due_date: date | None


class DecisionTakenError(Exception):
    """It has its outcome already; a new decision supersedes it."""


def create_decision(
    *, launch: Launch, fields: DecisionFields, milestones: Sequence[Milestone] = (), actor: User
) -> Decision:
    """Ask for a decision and tell who decides."""
    with transaction.atomic():
        _let_decider_in(launch, fields["decider"], actor)
        decision = Decision.objects.create(launch=launch, created_at=clock.now(), **fields)
        decision.milestones.set(milestones)
        after = _as_data(fields, milestones)
        record("decision.created", decision, actor=actor, launch_id=launch.pk, after=after)
        _tell_decider(decision, launch, actor)
        wish_recompute([launch.pk])
    return decision


def edit_decision(
    *, decision: Decision, version: int, fields: DecisionFields, milestones: Sequence[Milestone], actor: User
) -> None:
    """Write what changed of an open question; a new decider is told. Raises DecisionTakenError, StaleVersionError."""
    if decision.state != DecisionState.OPEN:
        raise DecisionTakenError
    old_decider = decision.decider_id
    now_affected = list(decision.milestones.all())
    before, after = changed_fields(_as_data(_fields_of(decision), now_affected), _as_data(fields, milestones))
    if not after:
        return
    with transaction.atomic():
        _let_decider_in(decision.launch, fields["decider"], actor)
        save_version(decision, expected=version, **fields)
        decision.milestones.set(milestones)
        record("decision.edited", decision, actor=actor, launch_id=decision.launch_id, before=before, after=after)
        if decision.decider_id != old_decider:
            _tell_decider(decision, decision.launch, actor)
        wish_recompute([decision.launch_id])


def record_outcome(*, decision: Decision, version: int, outcome: str, actor: User) -> None:
    """The decision is taken. Raises DecisionTakenError, StaleVersionError, and ValueError without an outcome."""
    if not outcome:
        raise ValueError("a decision is recorded with its outcome")
    if decision.state != DecisionState.OPEN:
        raise DecisionTakenError
    with transaction.atomic():
        save_version(decision, expected=version, outcome=outcome, state=DecisionState.DECIDED, decided_at=clock.now())
        record(
            "decision.decided",
            decision,
            actor=actor,
            launch_id=decision.launch_id,
            before={"state": DecisionState.OPEN.value},
            after={"state": DecisionState.DECIDED.value, "outcome": outcome},
        )
        settle_notices(reason=NoticeReason.DECISION_ASKED, subject=decision)
        wish_recompute([decision.launch_id])


def supersede_decision(
    *, decision: Decision, version: int, fields: DecisionFields, milestones: Sequence[Milestone], actor: User
) -> Decision:
    """Ask for a new decision in place of this one, which keeps its outcome. Raises DecisionTakenError where a newer
    one is there already, StaleVersionError."""
    before = decision.state
    if before == DecisionState.SUPERSEDED:
        raise DecisionTakenError
    with transaction.atomic():
        newer = create_decision(launch=decision.launch, fields=fields, milestones=milestones, actor=actor)
        save_version(decision, expected=version, state=DecisionState.SUPERSEDED, superseded_by=newer)
        record(
            "decision.superseded",
            decision,
            actor=actor,
            launch_id=decision.launch_id,
            before={"state": before},
            after={"state": DecisionState.SUPERSEDED.value, "superseded_by": newer.title},
        )
        settle_notices(reason=NoticeReason.DECISION_ASKED, subject=decision)
    return newer


def delete_decision(*, decision: Decision, actor: User) -> None:
    """Take the decision away; it can be brought back for a day."""
    with transaction.atomic():
        save_version(decision, expected=None, deleted_at=clock.now())
        record("decision.deleted", decision, actor=actor, launch_id=decision.launch_id)
        settle_notices(subject=decision)
        wish_recompute([decision.launch_id])


def restore_decision(*, decision: Decision, actor: User) -> None:
    """Bring a deleted decision back."""
    with transaction.atomic():
        save_version(decision, expected=None, deleted_at=None)
        record("decision.restored", decision, actor=actor, launch_id=decision.launch_id)
        wish_recompute([decision.launch_id])


def _let_decider_in(launch: Launch, decider: User | None, actor: User) -> None:
    if decider is not None:
        let_in(launch=launch, users=[decider], actor=actor)


def _tell_decider(decision: Decision, launch: Launch, actor: User) -> None:
    if decision.decider is None:
        return
    by = f" by {decision.due_date:%-d %B}" if decision.due_date else ""
    notify(
        user=decision.decider,
        reason=NoticeReason.DECISION_ASKED,
        subject=decision,
        sentence=f"{actor.name} asks you to decide “{decision.title}” for {launch.name}{by}.",
        path=reverse("milestones:decision", args=[launch.key, decision.pk]),
        launch=launch,
        actor=actor,
    )


def _fields_of(decision: Decision) -> DecisionFields:
    return DecisionFields(
        title=decision.title,
        context=decision.context,
        options=decision.options,
        decider=decision.decider,
        due_date=decision.due_date,
    )


def _as_data(fields: DecisionFields, milestones: Sequence[Milestone]) -> dict[str, Any]:
    """The fields as the log keeps them: people and milestones by name."""
    decider = fields["decider"]
    affected = sorted(milestones, key=lambda milestone: milestone.pk)
    return {
        **fields,
        "decider": decider.name if decider else None,
        "milestones": ", ".join(milestone.name for milestone in affected),
    }
