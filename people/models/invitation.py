"""Links that let someone in: an invitation, and the first admin's set-up link."""

from __future__ import annotations

from django.db import models

from people.domain.types import Role
from people.models.team import Team
from people.models.user import User


class Invitation(models.Model):
    """A link for one e-mail address and role; only the SHA-256 of its token is kept. Used once, within 72 hours."""

    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(blank=True)
    """Empty for the first admin's link: that person types an address."""
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=8, choices=[(r.value, r.value.capitalize()) for r in Role], default=Role.MEMBER)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"invitation of {self.email or 'the first admin'}"
