"""What belongs to a milestone in its team's own tool: sources, and the mirror of their tasks."""

from __future__ import annotations

from typing import Any

from django.db import models

from integrations.domain.types import RemovedWhy, ScopeKind, TaskState
from integrations.models.connection import Connection
from milestones.models import Milestone
from people.models import User


class TaskSource(models.Model):
    """The tasks of a connection that count for a milestone, with the cursor of their sync."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sources")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=12)
    """One of the ways to choose tasks that the connection's provider offers."""
    query = models.CharField(max_length=2000)
    """JQL as the person wrote it, or the epic's key."""
    title = models.CharField(max_length=200, blank=True)
    """The epic's summary, for showing."""
    cursor_ms = models.BigIntegerField(null=True, blank=True)
    """Newest remote `updated` that is committed, epoch milliseconds; null before the first full read."""
    full_read_at = models.DateTimeField(null=True, blank=True)
    """When all that the query finds was last read to the end."""
    synced_at = models.DateTimeField(null=True, blank=True)
    error_sentence = models.CharField(max_length=500, blank=True)
    censused_at = models.DateTimeField(null=True, blank=True)
    """When the ids of all that the query finds were last compared with the mirror, without a gap."""
    at_source = models.PositiveIntegerField(null=True, blank=True)
    """How many tasks that comparison found at the source."""
    mirrored = models.PositiveIntegerField(null=True, blank=True)
    """How many of those the mirror held when it ended; what it holds now is counted by its links."""
    bookmark = models.CharField(max_length=200, blank=True, editable=False)
    """Where the tool's own record of changes was left, for tools that keep one."""
    counting: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    """Which of the tasks found count: see integrations.domain.counting.Rules."""
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "milestone", "query"], name="source_once")]

    def __str__(self) -> str:
        return self.title or self.query


class Task(models.Model):
    """The mirror of one task. Written by sync alone, never back.

    Its connection has no index of its own, nor have a link's source and a blocker's task: each begins a unique key.
    While a first sync fills a table that was never analysed, PostgreSQL takes the shorter index and reads all rows.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    external_id = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in TaskState])
    status_word = models.CharField(max_length=80, blank=True)
    """The status as the team calls it."""
    assignee = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    """The type as the team calls it: Bug, Story, Approval."""
    labels: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    is_subtask = models.BooleanField(default=False)
    parent_id_there = models.CharField(max_length=64, blank=True)
    """External id of the task or epic above it."""
    sprint = models.CharField(max_length=120, blank=True)
    """The newest sprint that it is in."""
    estimate_seconds = models.PositiveIntegerField(null=True, blank=True)
    points = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    """Why the state is not the one that the tool's category suggests."""
    remote_created_at = models.DateTimeField(null=True, blank=True)
    remote_updated_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_why = models.CharField(max_length=12, blank=True, choices=[(w.value, w.value) for w in RemovedWhy])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="task_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class SourceTask(models.Model):
    """That a source's query found a task."""

    source = models.ForeignKey(TaskSource, on_delete=models.CASCADE, related_name="links", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="links")
    seen_by = models.BigIntegerField(default=0)
    """The id of the last run that saw it: a full read unlinks what it did not see."""
    is_counted = models.BooleanField(default=True)
    """Whether the source's rules of counting take it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "task"], name="source_task_once")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.task_id}"


class TaskBlocker(models.Model):
    """That a task waits for another one, as its tool says. The other one need not be in the mirror."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="blockers", db_index=False)
    blocker_id_there = models.CharField(max_length=64)
    """External id in the same connection."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "blocker_id_there"], name="task_blocker_once")]
        indexes = [models.Index(fields=["blocker_id_there"], name="blocker_there")]

    def __str__(self) -> str:
        return f"{self.task_id} waits for {self.blocker_id_there}"


class TaskShare(models.Model):
    """Which part of a task counts for a milestone, where a person said so; else its milestones share it equally."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="shares")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="task_shares")
    share = models.FloatField()
    """0 to 1; the shares of a task's milestones add up to 1."""
    set_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "milestone"], name="task_share_once"),
            models.CheckConstraint(condition=models.Q(share__gte=0) & models.Q(share__lte=1), name="share_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.share} of {self.task_id} in {self.milestone_id}"


class ScopeChange(models.Model):
    """A change of a milestone's scope, dated: a task came, left, or was estimated anew. Append-only."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="scope_changes")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="scope_changes")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in ScopeKind])
    at = models.DateTimeField()
    """When it happened at the tool, as far as the tool tells; else when Luna saw it."""
    seen_at = models.DateTimeField()
    before = models.FloatField(null=True, blank=True)
    """Estimate in seconds or points, in the unit of the milestone's progress."""
    after = models.FloatField(null=True, blank=True)
    why = models.CharField(max_length=12, blank=True)
    """Of a removal: one of RemovedWhy."""

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["milestone", "-at"], name="scope_changes_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.task_id} in {self.milestone_id}"
