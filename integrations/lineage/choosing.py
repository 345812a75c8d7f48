"""Which tasks are to tell of which milestone, and which no longer: all of it by rules on sets of rows."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.domain.types import LinkState, RemovedWhy, TaskState
from integrations.lineage.words import digest_of, note_of
from integrations.models import Connection, LinkBack, SourceTask
from launches.domain.types import Visibility
from milestones.domain.types import State
from milestones.models import Milestone

_NOT_BEGUN = (LinkState.WAITING, LinkState.REFUSED)


def _open(milestone: str = "") -> Q:
    """That everybody may know of the milestone: it and its launch are there, and the launch is open."""
    return Q(
        **{
            f"{milestone}deleted_at__isnull": True,
            f"{milestone}launch__deleted_at__isnull": True,
            f"{milestone}launch__visibility": Visibility.OPEN,
        }
    )


def serving(connection_id: int) -> QuerySet[SourceTask]:
    """By what tasks serve the milestones that they may tell of: they count, live, and are not cancelled; the connection
    allows it, and the launch is open."""
    counted = SourceTask.objects.filter(
        _open("source__milestone__"),
        source__connection_id=connection_id,
        source__connection__may_link_back=True,
        source__full_read_at__isnull=False,
        source__milestone__launch__archived_at__isnull=True,
        is_counted=True,
        task__removed_at__isnull=True,
    )
    return counted.exclude(task__state=TaskState.CANCELLED).exclude(source__milestone__state=State.CANCELLED)


def not_begun(connection_id: int) -> QuerySet[SourceTask, tuple[int, int]]:
    """(task, milestone), each once, of which Luna has not yet begun to tell."""
    begun = LinkBack.objects.filter(task=OuterRef("task_id"), milestone=OuterRef("source__milestone_id"))
    pairs = serving(connection_id).filter(~Exists(begun)).values_list("task_id", "source__milestone_id")
    return pairs.distinct().order_by("task_id", "source__milestone_id")


def milestone_served(link: LinkBack) -> Milestone | None:
    """The milestone as it is now; None where the task may not tell of it any more."""
    if not serving(link.connection_id).filter(task=link.task_id, source__milestone=link.milestone_id).exists():
        return None
    return Milestone.objects.filter(_open(), pk=link.milestone_id).select_related("launch").first()


def look_over(connection: Connection, *, follows_names: bool) -> None:
    """Decide anew what is to leave, what need not be begun, and, where the tool can, what reads otherwise by now."""
    with transaction.atomic():
        take_leave(connection)
        _forget_what_serves_no_more(connection)
        if follows_names:
            _note_other_words(connection)


def take_leave(connection: Connection) -> None:
    """Decide anew what is to leave, and nothing else."""
    links = LinkBack.objects.filter(connection=connection)
    closed = links.exclude(pk__in=links.filter(_open("milestone__")).values("pk"))
    closed.filter(state__in=_NOT_BEGUN, remote_id="").delete()
    there = closed.filter(state__in=[*_NOT_BEGUN, LinkState.STANDS])
    there.update(state=LinkState.LEAVING, tries=0, again_at=None, error_sentence="")
    links.filter(state=LinkState.LEAVING, task__removed_why=RemovedWhy.DELETED).delete()


def _forget_what_serves_no_more(connection: Connection) -> None:
    """What stands stays; what was only to be written is not."""
    serves = serving(connection.pk).filter(task=OuterRef("task_id"), source__milestone=OuterRef("milestone_id"))
    idle = LinkBack.objects.filter(~Exists(serves), connection=connection, state__in=_NOT_BEGUN)
    idle.filter(remote_id="").delete()
    idle.exclude(remote_id="").update(state=LinkState.STANDS)


def _note_other_words(connection: Connection) -> None:
    """One statement reads which words stand where, and one writes for each milestone that reads otherwise now."""
    serves = serving(connection.pk).filter(task=OuterRef("task_id"), source__milestone=OuterRef("milestone_id"))
    standing = LinkBack.objects.filter(Exists(serves), connection=connection, state=LinkState.STANDS)
    said: defaultdict[int, set[str]] = defaultdict(set)
    for milestone_id, digest in standing.order_by().values_list("milestone_id", "said").distinct():
        said[milestone_id].add(digest)
    for milestone in Milestone.objects.filter(pk__in=said).select_related("launch"):
        now = digest_of(note_of(milestone))
        if said[milestone.pk] - {now}:
            standing.filter(milestone=milestone).exclude(said=now).update(state=LinkState.WAITING, again_at=None)
