"""Risks, decisions and approvals."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from launches.models import Launch
from luna.lib.versions import VersionedRow
from milestones.domain.types import ApprovalState, Ballot, DecisionState, Response, RiskState, VoteRule
from milestones.models.milestone import Milestone
from people.models import Team, User

_ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


def _choices(vocabulary: Any) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in vocabulary]


class Risk(VersionedRow):
    """What may happen, how bad it would be and what we do about it."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="risks")
    milestone = models.ForeignKey(Milestone, null=True, blank=True, on_delete=models.SET_NULL, related_name="risks")
    title = models.CharField(max_length=200)
    cause = models.TextField(max_length=4000, blank=True)
    probability = models.PositiveSmallIntegerField(default=3, validators=_ONE_TO_FIVE)
    impact = models.PositiveSmallIntegerField(default=3, validators=_ONE_TO_FIVE)
    response = models.CharField(max_length=10, choices=_choices(Response), default=Response.MITIGATE)
    mitigation = models.TextField(max_length=4000, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_risks")
    review_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=_choices(RiskState), default=RiskState.OPEN)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(probability__gte=1, probability__lte=5, impact__gte=1, impact__lte=5),
                name="risk_scores_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def exposure(self) -> int:
        """Probability × impact, 1 to 25."""
        return self.probability * self.impact

    @property
    def exposure_word(self) -> str:
        """High from 15, medium from 8, else low; closed risks have none."""
        if self.state == RiskState.CLOSED:
            return ""
        return "high" if self.exposure >= 15 else "medium" if self.exposure >= 8 else "low"


class Decision(VersionedRow):
    """A question with options, someone who decides, and the outcome."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="decisions")
    milestones: models.ManyToManyField[Milestone, Any] = models.ManyToManyField(
        Milestone, blank=True, related_name="decisions"
    )
    title = models.CharField(max_length=200)
    context = models.TextField(max_length=4000, blank=True)
    options = models.TextField(max_length=4000, blank=True)
    outcome = models.TextField(max_length=4000, blank=True)
    decider = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions_to_take"
    )
    due_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=_choices(DecisionState), default=DecisionState.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="supersedes"
    )
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=DecisionState.DECIDED) | ~models.Q(outcome=""), name="decided_has_an_outcome"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Approval(VersionedRow):
    """A gate on a milestone, or the launch's go/no-go when no milestone is named."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="approvals")
    milestone = models.ForeignKey(Milestone, null=True, blank=True, on_delete=models.CASCADE, related_name="approvals")
    title = models.CharField(max_length=200)
    rule = models.CharField(max_length=10, choices=_choices(VoteRule), default=VoteRule.ALL)
    at_least = models.PositiveSmallIntegerField(default=1)
    """How many must approve where the rule is `at_least`."""
    state = models.CharField(max_length=20, choices=_choices(ApprovalState), default=ApprovalState.ASKED)
    round = models.PositiveSmallIntegerField(default=1)
    """Votes count for one round; when what they approved changes, a new round is asked for."""
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_date = models.DateField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(at_least__gte=1, round__gte=1), name="approval_asks_at_least_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_voting_open(self) -> bool:
        """Whether a vote would still change something: not withdrawn, its milestone neither over nor deleted."""
        over = self.milestone is not None and (self.milestone.deleted_at is not None or not self.milestone.is_open)
        return self.state != ApprovalState.WITHDRAWN and not over


class Approver(models.Model):
    """A user, or any member of a team, who is asked."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="approvers")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="approvals_asked")
    # A team that is asked, or has voted, is not deleted from beneath the approval.
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.RESTRICT, related_name="approvals_asked")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True, team__isnull=False)
                | models.Q(user__isnull=False, team__isnull=True),
                name="approver_user_or_team",
            ),
            models.UniqueConstraint(fields=["approval", "user"], name="approver_user_once"),
            models.UniqueConstraint(fields=["approval", "team"], name="approver_team_once"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.team)


class Vote(models.Model):
    """What an approver said in one round. Kept for ever; a newer vote of the same approver and round counts instead."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="votes")
    approver = models.ForeignKey(Approver, on_delete=models.RESTRICT, related_name="votes")
    voter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    ballot = models.CharField(max_length=16, choices=_choices(Ballot))
    comment = models.CharField(max_length=1000, blank=True)
    voted_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    """When the same approver voted again in the round: from then on the newer vote counts."""

    class Meta:
        ordering = ["voted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["approver", "round"], condition=models.Q(replaced_at__isnull=True), name="one_vote_counts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.voter}: {self.ballot}"
