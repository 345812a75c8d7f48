"""Risks: add, edit, change state, delete and bring back."""

from __future__ import annotations

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
from milestones.domain.types import Response, RiskState
from milestones.models import Milestone, Risk
from people.models import User


class RiskFields(TypedDict):
    """What people write about a risk."""

    title: str
    cause: str
    probability: int
    impact: int
    response: Response
    mitigation: str
    milestone: Milestone | None
    owner: User | None
    review_date: date | None


def create_risk(*, launch: Launch, fields: RiskFields, actor: User) -> Risk:
    """Add an open risk and tell its owner."""
    with transaction.atomic():
        _let_owner_in(launch, fields["owner"], actor)
        risk = Risk.objects.create(launch=launch, created_at=clock.now(), **fields)
        record("risk.created", risk, actor=actor, launch_id=launch.pk, after=_as_data(fields))
        _tell_owner(risk, launch, actor)
        wish_recompute([launch.pk])
    return risk


def edit_risk(*, risk: Risk, version: int, fields: RiskFields, actor: User) -> None:
    """Write what changed; a new owner is told. Raises StaleVersionError."""
    old_owner = risk.owner_id
    before, after = changed_fields(_as_data(_fields_of(risk)), _as_data(fields))
    if not after:
        return
    with transaction.atomic():
        _let_owner_in(risk.launch, fields["owner"], actor)
        save_version(risk, expected=version, **fields)
        record("risk.edited", risk, actor=actor, launch_id=risk.launch_id, before=before, after=after)
        if risk.owner_id != old_owner:
            _tell_owner(risk, risk.launch, actor)
        wish_recompute([risk.launch_id])


def change_risk_state(*, risk: Risk, version: int, state: RiskState, why: str = "", actor: User) -> None:
    """Move the risk to another state. Raises StaleVersionError."""
    before = risk.state
    if before == state:
        return
    with transaction.atomic():
        save_version(risk, expected=version, state=state)
        record(
            "risk.state_changed",
            risk,
            actor=actor,
            launch_id=risk.launch_id,
            before={"state": before},
            after={"state": state.value},
            why=why,
        )
        wish_recompute([risk.launch_id])


def delete_risk(*, risk: Risk, actor: User) -> None:
    """Take the risk away; it can be brought back for a day."""
    with transaction.atomic():
        save_version(risk, expected=None, deleted_at=clock.now())
        record("risk.deleted", risk, actor=actor, launch_id=risk.launch_id)
        settle_notices(subject=risk)
        wish_recompute([risk.launch_id])


def restore_risk(*, risk: Risk, actor: User) -> None:
    """Bring a deleted risk back."""
    with transaction.atomic():
        save_version(risk, expected=None, deleted_at=None)
        record("risk.restored", risk, actor=actor, launch_id=risk.launch_id)
        wish_recompute([risk.launch_id])


def _let_owner_in(launch: Launch, owner: User | None, actor: User) -> None:
    if owner is not None:
        let_in(launch=launch, users=[owner], actor=actor)


def _tell_owner(risk: Risk, launch: Launch, actor: User) -> None:
    if risk.owner is None:
        return
    notify(
        user=risk.owner,
        reason=NoticeReason.MADE_OWNER,
        subject=risk,
        sentence=f"{actor.name} made you the owner of the risk “{risk.title}” of {launch.name}.",
        path=reverse("milestones:risk", args=[launch.key, risk.pk]),
        launch=launch,
        actor=actor,
    )


def _fields_of(risk: Risk) -> RiskFields:
    return RiskFields(
        title=risk.title,
        cause=risk.cause,
        probability=risk.probability,
        impact=risk.impact,
        response=Response(risk.response),
        mitigation=risk.mitigation,
        milestone=risk.milestone,
        owner=risk.owner,
        review_date=risk.review_date,
    )


def _as_data(fields: RiskFields) -> dict[str, Any]:
    """The fields as the log keeps them: people and milestones by name."""
    owner, milestone = fields["owner"], fields["milestone"]
    return {
        **fields,
        "milestone": milestone.name if milestone else None,
        "owner": owner.name if owner else None,
    }
