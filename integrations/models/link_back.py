"""Links that Luna left on tasks in a team's own tool, and the rounds in which it leaves them.

The state machine: docs/decisions/0014-links-back.md.
"""

from __future__ import annotations

from django.db import models

from integrations.domain.types import LinkState
from integrations.models.connection import Connection
from integrations.models.task import Task
from luna.lib.work import DueRow
from milestones.models import Milestone


class LinkBack(models.Model):
    """That Luna began to tell on a task which milestone it serves. One for each task and milestone, for ever."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="links_back")
    """The task's own, here so that a connection's links are counted without its tasks."""
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="links_back")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="links_back")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in LinkState], default=LinkState.WAITING)
    mark = models.CharField(max_length=255)
    """The address that was written first: by it the link is found again, whatever the milestone's is by now."""
    remote_id = models.CharField(max_length=300, blank=True)
    """The comment's id, or the web link's; empty while surely nothing is there."""
    said = models.CharField(max_length=64, blank=True)
    """Digest of the words that stand there; empty while that is not known."""
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    """When the last call began."""
    again_at = models.DateTimeField(null=True, blank=True)
    """Not to be tried before."""
    error_sentence = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "milestone"], name="link_back_once")]
        indexes = [models.Index(fields=["connection", "state"], name="links_back_by_state")]

    def __str__(self) -> str:
        return f"{self.task_id} serves {self.milestone_id}"


class LinkRound(DueRow):
    """A connection's turns at leaving links: one at a time, a few links a minute, behind its syncs."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="link_round")
    begun_at = models.DateTimeField(null=True, blank=True)
    """When the last turn began."""
    error_sentence = models.CharField(max_length=500, blank=True)
    """What ended the last turn early."""

    def __str__(self) -> str:
        return f"links of {self.connection_id}"
