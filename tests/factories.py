"""Rows for tests, made directly: small, plain, and with nothing in them that a test did not ask for."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from integrations.domain.types import SourceKind
from integrations.models import Connection, DependencySuggestion, QuarantinedPayload, TaskSource
from launches.domain.types import LaunchRole, StageCategory, Visibility
from launches.models import Comment, Launch, LaunchSummary, Participant, Stage, Update
from luna import clock
from milestones.models import Approval, Approver, Decision, Dependency, Milestone, Risk
from people.models import Team, User

_numbers = itertools.count(1)


def make_stage(name: str = "Build", category: StageCategory = StageCategory.IN_PROGRESS) -> Stage:
    """The stage of that name."""
    stage, _ = Stage.objects.get_or_create(name=name, defaults={"category": category})
    return stage


def make_launch(
    owner: User, *, key: str = "", editors: tuple[User, ...] = (), private: bool = False, **fields: Any
) -> Launch:
    """A launch with its summary row; `editors` take part in it with that role."""
    key = key or f"L{next(_numbers)}"
    launch = Launch(
        key=key,
        owner=owner,
        visibility=Visibility.PRIVATE if private else Visibility.OPEN,
        **{"name": f"Launch {key}", "stage": fields.pop("stage", None) or make_stage(), "created_at": clock.now()}
        | fields,
    )
    launch.save()
    LaunchSummary.objects.create(launch=launch)
    for editor in editors:
        add_participant(launch, editor, LaunchRole.EDITOR)
    return launch


def add_participant(launch: Launch, who: User | Team, role: LaunchRole = LaunchRole.PARTICIPANT) -> Participant:
    """Let a user or a team take part."""
    place = {"user": who} if isinstance(who, User) else {"team": who}
    return Participant.objects.create(launch=launch, role=role, **place)


def make_milestone(launch: Launch, name: str = "", *, due: date | None = None, **fields: Any) -> Milestone:
    """A milestone at the end of the launch's list."""
    position = launch.milestones.count()
    name = name or f"Milestone {position + 1}"
    row: Milestone = Milestone.objects.create(
        **{"launch": launch, "name": name, "due_date": due, "position": position, "created_at": clock.now()} | fields
    )
    return row


def make_dependency(launch: Launch) -> Dependency:
    """Two milestones of which the second waits for the first."""
    before, after = make_milestone(launch), make_milestone(launch)
    return Dependency.objects.create(predecessor=before, successor=after, created_at=clock.now())


def make_risk(launch: Launch, title: str = "A supplier is late", **fields: Any) -> Risk:
    """An open risk."""
    return Risk.objects.create(**{"launch": launch, "title": title, "created_at": clock.now()} | fields)


def make_decision(launch: Launch, title: str = "Which supplier?", **fields: Any) -> Decision:
    """An open decision."""
    return Decision.objects.create(**{"launch": launch, "title": title, "created_at": clock.now()} | fields)


def make_approval(launch: Launch, *approvers: User | Team, title: str = "Go?", **fields: Any) -> Approval:
    """An approval that asks these users and teams."""
    approval = Approval.objects.create(
        **{"launch": launch, "title": title, "asked_by": launch.owner, "asked_at": clock.now()} | fields
    )
    for who in approvers:
        Approver.objects.create(approval=approval, **({"user": who} if isinstance(who, User) else {"team": who}))
    return approval


def make_update(launch: Launch, headline: str = "All is well", **fields: Any) -> Update:
    """An update by the launch's owner."""
    return Update.objects.create(
        **{"launch": launch, "author": launch.owner, "headline": headline, "created_at": clock.now()} | fields
    )


def make_comment(launch: Launch, text: str = "Good.", **fields: Any) -> Comment:
    """A comment by the launch's owner, on the launch."""
    about = {"subject_kind": "launch", "subject_id": launch.pk}
    return Comment.objects.create(
        **{"launch": launch, "author": launch.owner, "text": text, "created_at": clock.now()} | about | fields
    )


def make_connection(name: str = "Jira", provider: str = "jira_cloud", **fields: Any) -> Connection:
    """A connection without credentials, that leads nowhere."""
    given = {"name": name, "provider": provider, "base_url": "https://jira.example", "created_at": clock.now()}
    return Connection.objects.create(**given | fields)


def make_payload(connection: Connection, external_id: str = "10007", **fields: Any) -> QuarantinedPayload:
    """What could not be read of one task."""
    given = {"reason": "“updated” is no time", "payload": "{}", "first_seen_at": clock.now()}
    return QuarantinedPayload.objects.create(
        connection=connection, external_id=external_id, last_seen_at=clock.now(), **given | fields
    )


def make_source(milestone: Milestone, connection: Connection | None = None, query: str = "CAL-2") -> TaskSource:
    """An epic that was never read."""
    through = connection or make_connection(f"Jira for {milestone.pk}")
    return TaskSource.objects.create(
        connection=through, milestone=milestone, kind=SourceKind.EPIC, query=query, created_at=clock.now()
    )


def make_suggestion(launch: Launch) -> DependencySuggestion:
    """Two milestones of which the second seems to wait for the first."""
    before, after = make_milestone(launch), make_milestone(launch)
    return DependencySuggestion.objects.create(predecessor=before, successor=after, created_at=clock.now())
