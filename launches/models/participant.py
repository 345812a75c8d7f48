"""Who takes part in a launch."""

from __future__ import annotations

from django.db import models

from launches.domain.types import LaunchRole
from launches.models.launch import Launch
from people.models import Team, User


class Participant(models.Model):
    """A user or a team in a launch, with a role."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="participations")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(
        max_length=12, choices=[(r.value, r.value.capitalize()) for r in LaunchRole], default=LaunchRole.PARTICIPANT
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True, team__isnull=False)
                | models.Q(user__isnull=False, team__isnull=True),
                name="participant_user_or_team",
            ),
            models.UniqueConstraint(fields=["launch", "user"], name="user_once_a_launch"),
            models.UniqueConstraint(fields=["launch", "team"], name="team_once_a_launch"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.team)
