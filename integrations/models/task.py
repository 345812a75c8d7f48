"""What belongs to a milestone in its team's own tool: sources, and the mirror of their tasks."""

from __future__ import annotations

from django.db import models

from integrations.domain.types import TaskState
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
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "milestone", "query"], name="source_once")]

    def __str__(self) -> str:
        return self.title or self.query


class Task(models.Model):
    """The mirror of one task. Written by sync alone, never back."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tasks")
    external_id = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in TaskState])
    status_word = models.CharField(max_length=80, blank=True)
    """The status as the team calls it."""
    assignee = models.CharField(max_length=160, blank=True)
    estimate_seconds = models.PositiveIntegerField(null=True, blank=True)
    remote_created_at = models.DateTimeField(null=True, blank=True)
    remote_updated_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="task_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class SourceTask(models.Model):
    """That a source's query found a task."""

    source = models.ForeignKey(TaskSource, on_delete=models.CASCADE, related_name="links")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="links")
    seen_by = models.BigIntegerField(default=0)
    """The id of the last run that saw it: a full read unlinks what it did not see."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "task"], name="source_task_once")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.task_id}"
