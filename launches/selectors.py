"""Reading about launches: stages, labels, who takes part, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from launches.domain.types import StageCategory
from launches.models import Comment, Label, Launch, Participant, Stage, Update
from luna.events.models import Event
from people.domain.types import Role
from people.models import User

DEFAULT_STAGES = (
    ("Not started", StageCategory.NOT_STARTED),
    ("Planning", StageCategory.IN_PROGRESS),
    ("Build", StageCategory.IN_PROGRESS),
    ("Readiness", StageCategory.IN_PROGRESS),
    ("Launched", StageCategory.COMPLETED),
    ("Closed", StageCategory.CLOSED),
)


def stages() -> QuerySet[Stage]:
    """The stages in their order; the usual six where there are none yet."""
    if not Stage.objects.exists():
        rows = [Stage(name=name, category=kind, position=at) for at, (name, kind) in enumerate(DEFAULT_STAGES)]
        Stage.objects.bulk_create(rows, ignore_conflicts=True)
    return Stage.objects.all()


def first_stage() -> Stage:
    """Where a launch begins."""
    found = stages().filter(category=StageCategory.NOT_STARTED).first() or stages().first()
    assert found is not None  # noqa: S101  stages() never leaves the table empty
    return found


def labels_in_use(reader: User) -> list[str]:
    """The words that the launches which `reader` may see carry: a label can tell what a private one is about."""
    seen = Label.objects.filter(launches__in=Launch.objects.visible_to(reader))
    return list(seen.distinct().values_list("name", flat=True))


def taken_keys() -> set[str]:
    """Every key that a launch has or had: keys stand in addresses, so none is used twice."""
    return set(Launch.objects.values_list("key", flat=True))


def participants_of(launch: Launch) -> QuerySet[Participant]:
    """Who takes part, people before teams."""
    rows = Participant.objects.filter(launch=launch).select_related("user", "team")
    return rows.order_by("team__name", "user__name", "pk")


def people_who_see(launch: Launch) -> QuerySet[User]:
    """Everyone who can sign in and may know of the launch."""
    allowed = Q(role=Role.ADMIN) | Q(pk=launch.owner_id)
    takes_part = Q(participations__launch=launch) | Q(teams__participations__launch=launch)
    everyone = allowed | takes_part if launch.is_private else allowed | takes_part | ~Q(role=Role.GUEST)
    return User.objects.filter(everyone, is_active=True).distinct()


def updates_of(launch: Launch) -> QuerySet[Update]:
    """What was said about the launch, the newest first."""
    return Update.objects.filter(launch=launch, deleted_at__isnull=True).select_related("author")


def last_change(launch: Launch) -> Event | None:
    """The newest event of the launch itself, with who did it."""
    own = Event.objects.filter(subject_kind="launch", subject_id=launch.pk, verb="launch.edited")
    return own.select_related("actor").order_by("-recorded_at", "-pk").first()


def done_since_last_update(launch: Launch) -> list[str]:
    """Names of the milestones completed since the newest update, for the draft of the next one."""
    newest = updates_of(launch).first()
    events = Event.objects.filter(launch_id=launch.pk, verb="milestone.completed")
    if newest is not None:
        events = events.filter(recorded_at__gt=newest.created_at)
    return list(dict.fromkeys(events.order_by("recorded_at", "pk").values_list("subject_name", flat=True)))


@dataclass(frozen=True)
class Thread:
    """The comments on one thing, as templates/launches/_comments.html shows them."""

    kind: str
    pk: int
    comments: Sequence[Comment]


def comment_thread(launch: Launch, kind: str, pk: int) -> Thread:
    """The comments on a thing of this launch, the oldest first."""
    rows = Comment.objects.filter(launch=launch, subject_kind=kind, subject_id=pk, deleted_at__isnull=True)
    return Thread(kind, pk, list(rows.select_related("author")))


def comment_threads(launch: Launch, kind: str, pks: Sequence[int]) -> dict[int, Thread]:
    """The threads of several things of one kind, in one query."""
    threads: dict[int, list[Comment]] = {pk: [] for pk in pks}
    rows = Comment.objects.filter(launch=launch, subject_kind=kind, subject_id__in=pks, deleted_at__isnull=True)
    for comment in rows.select_related("author"):
        threads[comment.subject_id].append(comment)
    return {pk: Thread(kind, pk, comments) for pk, comments in threads.items()}
