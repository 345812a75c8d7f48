"""The declared status: said by who runs the launch, and held against what Luna computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse

from launches.actions.notices import notify, settle_notices
from launches.actions.summaries import wish_recompute
from launches.domain import declared
from launches.domain.types import NoticeReason, Status
from launches.models import STATUS_WORDS, Launch
from luna import clock
from luna.events.log import record
from luna.events.models import Through
from luna.ui.wording import day_words
from people.models import User
from people.selectors import workspace


@dataclass(frozen=True)
class Gap:
    """How far computed health is from the declared status, in levels, and since which day."""

    levels: int = 0
    since: date | None = None


def status_words(status: str) -> str:
    """The declared status as people read it."""
    return STATUS_WORDS[Status(status)]


def declare_status(*, launch: Launch, status: Status, reason: str, until: date | None = None, actor: User) -> None:
    """Say how it goes, in one of four words and a line. Leaves the form's version alone: nobody's typing gets stale.

    A word that is better than computed health stands until `until`, at most 14 days, which is what it gets without
    one. Raises ValidationError where it has no reason, or another day.
    """
    with transaction.atomic():
        before = _said(launch)
        launch.status, launch.status_reason, launch.status_at = status, reason, clock.now()
        launch.status_until = _until(launch, reason, until, workspace().today)
        launch.save(update_fields=["status", "status_reason", "status_at", "status_until"])
        record(
            "launch.status_declared",
            launch,
            actor=actor,
            launch_id=launch.pk,
            before=before,
            after=_said(launch),
            why=reason,
        )
        settle_notices(subject=launch, reason=NoticeReason.STATUS_DOUBTED)
        wish_recompute([launch.pk])


def review_status(*, launch: Launch, computed: str, known: Gap, today: date) -> Gap:
    """Hold what was declared against what was computed, in the caller's transaction; how far apart they are now.

    A status that has become too good stands for 14 days more, and its owner is told. After its last day it gives way
    to the computed level. `known` is the gap as it was.
    """
    levels = declared.gap(computed, said=launch.status)
    until = launch.status_until
    if levels and until is None:
        _limit(launch, computed, declared.last_day(today), today)
    elif levels and until is not None and until < today:
        levels = 0 if _lapse(launch, computed, until, today) else levels
    elif until is not None and not levels and declared.is_level(computed):
        _as_it_was(launch).update(status_until=None)
        settle_notices(subject=launch, reason=NoticeReason.STATUS_DOUBTED)
    return Gap(levels, (known.since or today) if levels else None)


def _said(launch: Launch) -> dict[str, str | None]:
    said: dict[str, str | None] = {"status": str(launch.status), "status_reason": launch.status_reason}
    return said | {"status_until": launch.status_until.isoformat() if launch.status_until else None}


def _until(launch: Launch, reason: str, until: date | None, today: date) -> date | None:
    """Raises ValidationError."""
    if not declared.is_worse(launch.summary.health, than=launch.status):
        return None
    if not reason.strip():
        raise ValidationError({"reason": "It is better than what Luna computes: say why."})
    latest = declared.last_day(today)
    if until is not None and not today <= until <= latest:
        raise ValidationError({"until": f"Choose a day from today to {day_words(latest, today)}."})
    return until or latest


def _as_it_was(launch: Launch) -> models.QuerySet[Launch]:
    """The launch, unless somebody has declared anew since it was read: that is looked at by the next computation."""
    rows: models.QuerySet[Launch] = Launch.objects.filter(pk=launch.pk, status_at=launch.status_at)
    return rows.filter(status=launch.status)


def _limit(launch: Launch, computed: str, until: date, today: date) -> None:
    if _as_it_was(launch).update(status_until=until):
        said, level = status_words(launch.status).lower(), status_words(computed).lower()
        lapse = f"it becomes {level} after {day_words(until, today)}"
        has_reason = bool(launch.status_reason.strip())
        wanted = f"Check it again: {lapse}." if has_reason else f"Say why it is so, or {lapse}."
        _tell_owner(launch, f"{launch.name} is declared {said}, and Luna computes {level}. {wanted}")


def _lapse(launch: Launch, computed: str, until: date, today: date) -> bool:
    """The status gives way to the computed level. False: somebody has declared anew meanwhile."""
    before, now = _said(launch), clock.now()
    changes: dict[str, Any] = {"status": computed, "status_reason": "", "status_at": now, "status_until": None}
    if not _as_it_was(launch).update(**changes):
        return False
    said, level = status_words(str(before["status"])).lower(), status_words(computed).lower()
    for name, value in changes.items():
        setattr(launch, name, value)
    why = f"“{status_words(str(before['status']))}” stood until {day_words(until, today)}, and nobody renewed it"
    record(
        "launch.status_lapsed",
        launch,
        actor=None,
        launch_id=launch.pk,
        through=Through.COMPUTED,
        before=before,
        after=_said(launch),
        why=f"{why}.",
    )
    _tell_owner(launch, f"{launch.name} was declared {said} until {day_words(until, today)}; it is {level} now.")
    return True


def _tell_owner(launch: Launch, sentence: str) -> None:
    notify(
        user=launch.owner,
        reason=NoticeReason.STATUS_DOUBTED,
        subject=launch,
        sentence=sentence,
        path=reverse("launches:status", args=[launch.key]),
        launch=launch,
        actor=None,
    )
