"""Dependencies that task links give away and nobody recorded."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import models

from integrations.domain.types import SuggestionState
from milestones.models import Milestone
from people.models import User


class DependencySuggestion(models.Model):
    """One pair of milestones whose tasks wait for each other. A decision stays until the evidence changes."""

    predecessor = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    successor = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in SuggestionState], default=SuggestionState.OPEN
    )
    evidence: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    """The links: {"task": id, "blocker": id} of integrations.Task, in a fixed order."""
    decided_evidence: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    """As it stood when a person decided: only what is not in it brings the suggestion back."""
    is_supported = models.BooleanField(default=True)
    """False once confirmed and the links are gone."""
    snoozed_until = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["predecessor", "successor"], name="suggestion_once")]

    def __str__(self) -> str:
        return f"{self.successor} waits for {self.predecessor_words}"

    @property
    def evidence_mark(self) -> str:
        """Tells this evidence from any other: a form carries it, so that nobody decides what they were not shown."""
        return hashlib.sha256(json.dumps(self.evidence, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def predecessor_words(self) -> str:
        """For the log, which keeps names for ever: another launch may turn private, so its milestone is not named."""
        is_near = self.predecessor.launch_id == self.successor.launch_id
        return self.predecessor.name if is_near else "a milestone of another launch"
