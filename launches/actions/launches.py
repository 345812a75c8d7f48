"""What people do with a launch as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from launches.actions.notices import notify
from launches.actions.participants import ensure_participant
from launches.actions.summaries import wish_recompute, wish_recompute_everywhere
from launches.domain.keys import RESERVED, suggest_key
from launches.domain.types import LaunchRole, NoticeReason, Visibility
from launches.models import Label, Launch, LaunchSummary, Participant, Stage
from launches.selectors import first_stage, taken_keys
from luna import clock
from luna.events.log import changed_fields, record
from luna.lib.versions import save_version
from people.models import User


@dataclass(frozen=True, kw_only=True)
class LaunchFields:
    """What the form of a launch says; everything else of it has an action of its own."""

    name: str
    owner: User
    description: str = ""
    outcome: str = ""
    tier: int = 2
    stage: Stage | None = None
    """None: where a launch begins."""
    start_date: date | None = None
    target_date: date | None = None
    launched_date: date | None = None
    visibility: Visibility = Visibility.OPEN

    def columns(self) -> dict[str, Any]:
        """Column → value."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"stage": self.stage or first_stage()}


def create_launch(*, fields: LaunchFields, key: str = "", labels: Iterable[str] = (), actor: User) -> Launch:
    """A launch with its summary. Without a key it gets one made from its name.

    Raises PermissionDenied for who may not create launches, ValidationError for a key that is taken.
    """
    if not actor.can_create_launches:
        raise PermissionDenied
    with transaction.atomic():
        launch = _create_row(fields, key.upper())
        LaunchSummary.objects.create(launch=launch)
        _set_labels(launch, labels)
        if fields.owner != actor:
            _keep_as_editor(launch, actor, actor)
        record("launch.created", launch, actor=actor, launch_id=launch.pk, after=facts(launch) | {"key": launch.key})
        _tell_owner(launch, actor)
        wish_recompute([launch.pk])
    return launch


def edit_launch(*, launch: Launch, version: int, fields: LaunchFields, labels: Iterable[str], actor: User) -> None:
    """Save the form of a launch. A former owner stays on as an editor. Raises StaleVersionError."""
    with transaction.atomic():
        old_row = Launch.objects.select_related("owner", "stage").get(pk=launch.pk)
        old, old_owner = facts(old_row), old_row.owner
        save_version(launch, expected=version, **fields.columns())
        _set_labels(launch, labels)
        before, after = changed_fields(old, facts(launch))
        if old_owner != launch.owner:
            _keep_as_editor(launch, old_owner, actor)
            _tell_owner(launch, actor)
        if after:
            record("launch.edited", launch, actor=actor, launch_id=launch.pk, before=before, after=after)
        if "visibility" in after:
            wish_recompute_everywhere()
        else:
            wish_recompute([launch.pk])


def archive_launch(*, launch: Launch, actor: User) -> None:
    """Put it away: it leaves the lists of what runs, its schedules and syncs rest, and it can still be read."""
    _stamp(launch, "archived_at", set_it=True, verb="launch.archived", actor=actor)


def unarchive_launch(*, launch: Launch, actor: User) -> None:
    """Take it out again."""
    _stamp(launch, "archived_at", set_it=False, verb="launch.unarchived", actor=actor)


def delete_launch(*, launch: Launch, actor: User) -> None:
    """Nobody sees it from now on; for a day it can be brought back."""
    _stamp(launch, "deleted_at", set_it=True, verb="launch.deleted", actor=actor)


def restore_launch(*, launch: Launch, actor: User) -> None:
    """Bring a deleted launch back as it was."""
    _stamp(launch, "deleted_at", set_it=False, verb="launch.restored", actor=actor)


def facts(launch: Launch) -> dict[str, Any]:
    """What the form shows, as the log and a comparison of versions keep it: plain values in a reader's words."""
    return {
        "name": launch.name,
        "owner": launch.owner.name,
        "outcome": launch.outcome,
        "description": launch.description,
        "tier": launch.tier,
        "labels": ", ".join(launch.labels.values_list("name", flat=True)),
        "stage": launch.stage.name,
        "start_date": _day(launch.start_date),
        "target_date": _day(launch.target_date),
        "launched_date": _day(launch.launched_date),
        "visibility": str(launch.visibility),
    }


def _create_row(fields: LaunchFields, key: str) -> Launch:
    taken = taken_keys()
    key = key or suggest_key(fields.name, taken)
    refused = ValidationError(
        {"key": f"“{key}” is or was another launch’s key. {suggest_key(key, taken | {key})} is free."}
    )
    if key in taken or key in RESERVED:
        raise refused
    try:
        with transaction.atomic():
            launch: Launch = Launch.objects.create(key=key, created_at=clock.now(), **fields.columns())
    except IntegrityError as error:
        # Someone took it between the look and the save.
        if "key" not in str(error):
            raise
        raise refused from None
    return launch


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _stamp(launch: Launch, field: str, *, set_it: bool, verb: str, actor: User) -> None:
    with transaction.atomic():
        changed = Launch.objects.filter(pk=launch.pk, **{f"{field}__isnull": set_it}).update(
            **{field: clock.now() if set_it else None}
        )
        if changed:
            record(verb, launch, actor=actor, launch_id=launch.pk)
            if field == "deleted_at":
                wish_recompute_everywhere()
            else:
                wish_recompute([launch.pk])


def _set_labels(launch: Launch, names: Iterable[str]) -> None:
    wanted = {name.casefold(): name for name in names}
    known = {label.name.casefold(): label for label in Label.objects.all()}
    chosen = [known.get(folded) or Label.objects.get_or_create(name=name)[0] for folded, name in wanted.items()]
    launch.labels.set(chosen)


def _keep_as_editor(launch: Launch, user: User, actor: User) -> None:
    ensure_participant(launch=launch, user=user, actor=actor)
    if not user.is_guest:
        Participant.objects.filter(launch=launch, user=user).update(role=LaunchRole.EDITOR)


def _tell_owner(launch: Launch, actor: User) -> None:
    notify(
        user=launch.owner,
        reason=NoticeReason.MADE_OWNER,
        subject=launch,
        sentence=f"{actor.name} made you the owner of the launch {launch.name}.",
        path=reverse("reports:launch", args=[launch.key]),
        launch=launch,
        actor=actor,
    )
