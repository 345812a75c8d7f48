"""The facts of a launch's digest, in at most eight queries whatever the number of milestones."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from launches.models import Launch
from luna.events.models import Event
from milestones.domain.types import DecisionState
from milestones.models import Approver, Decision, Milestone, Vote
from milestones.selectors import waiting_approvals
from people.models import User, Workspace
from reports.content.facts import AskFacts, DigestFacts, EventFacts, LaunchFacts, MilestoneFacts

TOLD_KINDS = ("launch", "milestone", "risk", "decision", "approval", "update")
"""What readers of a digest want to know of. Talk and Luna's own housekeeping are not among it, nor dependencies: they
may name a milestone of a private launch, and where one matters it stands among the reasons."""
_PEOPLE_FIELDS = ("owner", "owner_id", "unblocker", "unblocker_id", "decider", "decider_id")


def digest_facts(
    launch_id: int,
    *,
    since: datetime,
    until: datetime,
    commentary: str = "",
    commentary_by: str = "",
    was_due: str = "",
) -> DigestFacts:
    """What there is to tell about changes in (`since`, `until`] and about how things stand now."""
    launch: Launch = Launch.objects.select_related("owner", "summary").get(pk=launch_id)
    place = Workspace.objects.filter(pk=1).first() or Workspace(pk=1)
    zone = ZoneInfo(place.time_zone)
    events = _events(launch, since, until)
    return DigestFacts(
        workspace=place.name,
        since=since.astimezone(zone).date(),
        today=until.astimezone(zone).date(),
        launch=_launch_facts(launch, zone),
        milestones=tuple(_milestones(launch)),
        asks=(*_open_decisions(launch, zone), *_open_approvals(launch, zone)),
        events=events,
        paths=_paths(launch),
        names=_names(events),
        commentary=commentary,
        commentary_by=commentary_by,
        was_due=was_due,
    )


def _launch_facts(launch: Launch, zone: ZoneInfo) -> LaunchFacts:
    summary = launch.summary
    return LaunchFacts(
        key=launch.key,
        name=launch.name,
        path=reverse("reports:launch", args=[launch.key]),
        owner=launch.owner.name,
        status=launch.status,
        status_reason=launch.status_reason,
        health=summary.health,
        signals=_sentences(summary.signals),
        progress=summary.progress,
        milestones_total=summary.milestones_total,
        milestones_completed=summary.milestones_completed,
        target_date=launch.target_date,
        synced_at=summary.synced_at.astimezone(zone) if summary.synced_at else None,
    )


def _milestones(launch: Launch) -> list[MilestoneFacts]:
    rows = Milestone.objects.filter(launch=launch, deleted_at__isnull=True).select_related("owner")
    return [
        MilestoneFacts(
            id=row.pk,
            name=row.name,
            path=reverse("milestones:detail", args=[launch.key, row.pk]),
            owner=row.owner.name if row.owner else "",
            is_open=row.is_open,
            progress=row.progress,
            due_date=row.due_date,
            completed_date=row.completed_date,
            health=row.health,
            signals=_sentences(row.signals),
        )
        for row in rows
    ]


def _open_decisions(launch: Launch, zone: ZoneInfo) -> list[AskFacts]:
    rows = Decision.objects.filter(launch=launch, deleted_at__isnull=True, state=DecisionState.OPEN)
    path = reverse("milestones:decisions", args=[launch.key])
    return [
        AskFacts(
            kind="decision",
            title=row.title,
            path=path,
            people=(row.decider.name,) if row.decider else (),
            due_date=row.due_date,
            asked_on=row.created_at.astimezone(zone).date(),
        )
        for row in rows.select_related("decider")
    ]


def _open_approvals(launch: Launch, zone: ZoneInfo) -> list[AskFacts]:
    """Approvals that are not met, with those who have no vote in this round."""
    voted = Vote.objects.filter(approver=OuterRef("pk"), round=OuterRef("approval__round"), replaced_at__isnull=True)
    seats = (
        Approver.objects.filter(approval__in=waiting_approvals().filter(launch=launch))
        .annotate(has_voted=Exists(voted))
        .select_related("approval__milestone", "user", "team")
        .order_by(F("approval__due_date").asc(nulls_last=True), "approval_id", "pk")
    )
    path = reverse("milestones:approvals", args=[launch.key])
    asks: dict[int, AskFacts] = {}
    for seat in seats:
        approval = seat.approval
        known = asks.get(approval.pk)
        waiting = () if seat.has_voted else (str(seat),)
        asks[approval.pk] = AskFacts(
            kind="approval",
            title=approval.title,
            path=path,
            people=(*(known.people if known else ()), *waiting),
            due_date=approval.due_date,
            asked_on=approval.asked_at.astimezone(zone).date(),
            about=approval.milestone.name if approval.milestone else "",
        )
    return list(asks.values())


def _events(launch: Launch, since: datetime, until: datetime) -> tuple[EventFacts, ...]:
    rows = Event.objects.filter(
        launch_id=launch.pk, recorded_at__gt=since, recorded_at__lte=until, subject_kind__in=TOLD_KINDS
    )
    return tuple(
        EventFacts(
            id=row.pk,
            verb=row.verb,
            subject=(row.subject_kind, row.subject_id),
            name=row.subject_name,
            before=row.before,
            after=row.after,
            why=row.why,
            who=row.actor.name if row.actor else "",
        )
        for row in rows.select_related("actor").order_by("pk")
    )


def _names(events: tuple[EventFacts, ...]) -> dict[int, str]:
    """People whom events name by number."""
    values = [side.get(field) for event in events for side in (event.before, event.after) for field in _PEOPLE_FIELDS]
    numbers = {value for value in values if isinstance(value, int)}
    return dict(User.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}


def _paths(launch: Launch) -> dict[str, str]:
    names = {
        "milestone": "milestones:list",
        "risk": "milestones:risks",
        "decision": "milestones:decisions",
        "approval": "milestones:approvals",
        "update": "launches:updates",
    }
    return {kind: reverse(name, args=[launch.key]) for kind, name in names.items()}


def _sentences(signals: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(str(signal.get("sentence", "")) for signal in signals if signal.get("sentence"))
