"""What people do with the sources of a milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.domain.types import ConnectionState, RunTrigger
from integrations.models import SourceTask, SyncRun, TaskSource
from integrations.sync.counting import one_at_a_time, recount, sharers_of
from integrations.sync.mirror import mark_removed
from integrations.sync.runs import start_for_person, start_run
from integrations.webhooks.keeping import look_again
from luna import clock
from luna.events.log import record

if TYPE_CHECKING:
    from integrations.models import Connection
    from milestones.models import Milestone
    from people.models import User


def link_source(
    *, milestone: Milestone, connection: Connection, kind: str, query: str, title: str, actor: User
) -> TaskSource:
    """Let tasks count for the milestone, after the query was verified; a sync starts at once.

    Raises ValidationError when the milestone has this source already, or the connection is no more.
    """
    if connection.state == ConnectionState.DISCONNECTED:
        raise ValidationError("This connection was disconnected. Choose another one.")
    with transaction.atomic():
        source, is_new = TaskSource.objects.get_or_create(
            connection=connection,
            milestone=milestone,
            query=query,
            defaults={"kind": kind, "title": title[:200], "created_by": actor, "created_at": clock.now()},
        )
        if not is_new:
            raise ValidationError("These tasks are linked to this milestone already.")
        record(
            "source.linked",
            source,
            actor=actor,
            launch_id=milestone.launch_id,
            after={
                "milestone": milestone.name,
                "milestone_id": milestone.pk,
                "connection": connection.name,
                "query": query,
            },
        )
        start_run(connection, RunTrigger.NEW_SOURCE, requested_by=actor)
        look_again(connection.pk)
    return source


def unlink_source(*, source: TaskSource, actor: User) -> None:
    """Its tasks no longer count for the milestone; those of other sources do."""
    now = clock.now()
    milestone = source.milestone
    with transaction.atomic():
        one_at_a_time([milestone.pk])
        before = {"milestone": milestone.name, "milestone_id": milestone.pk, "query": source.query}
        record("source.unlinked", source, actor=actor, launch_id=milestone.launch_id, before=before)
        task_ids = list(SourceTask.objects.filter(source=source).values_list("task_id", flat=True))
        shared_before = sharers_of(milestone.pk, now)
        source.delete()
        mark_removed(task_ids, now)
        recount(milestone.pk, formerly=shared_before, now=now, actor=actor)


def sync_milestone(*, milestone: Milestone, actor: User) -> list[SyncRun]:
    """Start a run of every connection that the milestone reads from."""
    runs: list[SyncRun] = []
    with transaction.atomic():
        for source in (
            TaskSource.objects.filter(milestone=milestone).select_related("connection").order_by("connection_id")
        ):
            if source.connection.state == ConnectionState.DISCONNECTED:
                continue
            if not runs or runs[-1].connection_id != source.connection_id:
                runs.append(start_for_person(source.connection, RunTrigger.PERSON, requested_by=actor))
    return runs
