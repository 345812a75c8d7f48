"""The milestone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models

from launches.models import Launch, Stage
from luna import clock
from luna.lib.versions import VersionedRow
from luna.ui.wording import percent
from milestones.domain.progress import Done, done_of
from milestones.domain.rollup import progress_of
from milestones.domain.thresholds import FRESH_HOURS
from milestones.domain.types import Level, Priority, ProgressUnit, State
from milestones.querysets import MilestoneQuerySet
from people.models import Team, User

STATE_WORDS: dict[State, str] = {
    State.NOT_STARTED: "Not started",
    State.IN_PROGRESS: "In progress",
    State.IN_REVIEW: "In review",
    State.COMPLETED: "Completed",
    State.CANCELLED: "Cancelled",
}
PRIORITY_WORDS: dict[Priority, str] = {
    Priority.MUST: "Must",
    Priority.SHOULD: "Should",
    Priority.COULD: "Could",
    Priority.WONT: "Won’t",
}
UNIT_WORDS: dict[ProgressUnit, str] = {
    ProgressUnit.TASKS: "number of tasks",
    ProgressUnit.ESTIMATE: "estimated time",
    ProgressUnit.POINTS: "points",
}


class Milestone(VersionedRow):
    """A checkpoint that every team shares. People own the first columns, sync and recompute the others."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(max_length=160)
    definition_of_done = models.TextField(max_length=4000, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_milestones")
    unblocker = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="unblocked_milestones"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="milestones")
    stage = models.ForeignKey(Stage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(
        max_length=12, choices=[(s.value, w) for s, w in STATE_WORDS.items()], default=State.NOT_STARTED
    )
    priority = models.CharField(
        max_length=8, choices=[(p.value, w) for p, w in PRIORITY_WORDS.items()], default=Priority.MUST
    )
    start_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    baseline_due_date = models.DateField(null=True, blank=True)
    moved_from_date = models.DateField(null=True, blank=True, editable=False)
    """The due date that was agreed first, where it was moved away from that; null while the baseline's date, or else
    the due date, is it. Written whenever one of these two changes."""
    completed_date = models.DateField(null=True, blank=True)
    estimate_days = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True)
    """Effort in person-days."""
    first_estimate_days = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True, editable=False)
    """The first estimate that was ever given, in person-days; never changed afterwards."""
    progress_by_hand = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(100)])
    """Per cent, counted only while no tasks are linked."""
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    progress_unit = models.CharField(
        max_length=8, choices=[(u.value, w) for u, w in UNIT_WORDS.items()], default=ProgressUnit.TASKS
    )

    # Counted by sync, through milestones.actions.progress.record_progress.
    sources_linked = models.PositiveSmallIntegerField(default=0)
    tasks_total = models.PositiveIntegerField(default=0)
    """Without cancelled ones."""
    tasks_done = models.PositiveIntegerField(default=0)
    tasks_in_progress = models.PositiveIntegerField(default=0)
    work_total = models.FloatField(null=True, blank=True)
    """In the unit of its progress, shares taken into account; null where the tasks' number says it."""
    work_done = models.FloatField(null=True, blank=True)
    tasks_synced_at = models.DateTimeField(null=True, blank=True)
    last_task_completed_on = models.DateField(null=True, blank=True)

    # Computed by milestones.actions.recompute.
    health = models.CharField(max_length=16, default=Level.UNKNOWN)
    """A Level, or `completed`, `cancelled`, `paused`."""
    signals: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    """Worst first: {rule, level, sentence}."""
    reasons_named: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    """Key of milestones.domain.insights.REASONS → the ISO day of the first verdict that named it."""

    objects: ClassVar[Any] = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["launch", "position"], name="milestone_order")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_date__isnull=True)
                | models.Q(start_date__isnull=True)
                | models.Q(due_date__gte=models.F("start_date")),
                name="milestone_due_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(progress_by_hand__isnull=True) | models.Q(progress_by_hand__lte=100),
                name="milestone_progress_0_to_100",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.COMPLETED) | models.Q(completed_date__isnull=False),
                name="milestone_completed_has_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(tasks_done__lte=models.F("tasks_total")), name="milestone_done_within_total"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Neither completed nor cancelled."""
        return self.state not in {State.COMPLETED, State.CANCELLED}

    @property
    def progress(self) -> float:
        """Fraction 0 to 1: done tasks where tasks are linked, else what was set by hand; completed is 1."""
        return progress_of(
            self.state,
            is_linked=self.sources_linked > 0,
            done=(counted := self.counted).done,
            total=counted.total,
            by_hand=self.progress_by_hand,
        )

    @property
    def counted(self) -> Done:
        """What is done of its linked tasks, in the unit by which they could be counted."""
        return done_of(
            unit=self.progress_unit,
            tasks_done=self.tasks_done,
            tasks_total=self.tasks_total,
            work_done=self.work_done,
            work_total=self.work_total,
        )

    @property
    def is_calm(self) -> bool:
        """Whether its health asks for nobody: shown quietly."""
        return self.health not in {Level.POSSIBLE_DELAYS, Level.AT_RISK}

    @property
    def stale_since(self) -> datetime | None:
        """When what was read of its tasks passed the freshness limit; None while it is fresh or nothing was read."""
        if not self.sources_linked or self.tasks_synced_at is None:
            return None
        limit = self.tasks_synced_at + timedelta(hours=FRESH_HOURS)
        return limit if limit < clock.now() else None

    @property
    def tasks_words(self) -> str:
        """`13 of 21`, or nothing where no tasks are linked."""
        return f"{self.tasks_done} of {self.tasks_total}" if self.sources_linked else ""

    @property
    def moon_label(self) -> str:
        """What the moon says: the per cent and the figures behind it."""
        said = f"{percent(self.progress)} complete"
        return f"{said}, {self.counted.words}" if self.sources_linked else said


class Dependency(models.Model):
    """Finish-to-start: the successor waits for the predecessor, and `lag_days` working days more."""

    predecessor = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="successor_links")
    successor = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="predecessor_links")
    lag_days = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="dependency_once"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="dependency_not_on_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(lag_days__gte=0, lag_days__lte=365), name="dependency_lag_0_to_365"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.successor} waits for {self.predecessor_words}"

    @property
    def predecessor_words(self) -> str:
        """For the log, which keeps names for ever: another launch may turn private, so its milestone is not named."""
        is_near = self.predecessor.launch_id == self.successor.launch_id
        return self.predecessor.name if is_near else "a milestone of another launch"
