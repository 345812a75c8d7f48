"""The first admin of a new Luna."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from luna import clock
from people.actions.invitations import claim_invitation
from people.actions.tokens import fresh_token
from people.actions.users import create_user
from people.actions.workspace import change_workspace
from people.domain.types import Role
from people.models import Invitation, User
from people.selectors import has_users, workspace

LINK_LASTS = timedelta(hours=72)
NOT_NEW = "This Luna has people already: ask an admin for an invitation."


def issue_setup_link() -> str:
    """The path of a one-time link with which the first admin is made; an older link stops working.

    Raises ValidationError as soon as there is anybody.
    """
    token, token_sha256 = fresh_token()
    now = clock.now()
    with transaction.atomic():
        if has_users():
            raise ValidationError(NOT_NEW)
        Invitation.objects.filter(email="", accepted_at__isnull=True).update(revoked_at=now)
        Invitation.objects.create(
            token_sha256=token_sha256, role=Role.ADMIN, created_at=now, expires_at=now + LINK_LASTS
        )
    return reverse("people:setup", args=[token])


def create_first_admin(
    *, invitation: Invitation, email: str, name: str, password: str, workspace_name: str, time_zone: str
) -> User:
    """Use the link up: make the admin, and name the workspace. Raises ValidationError when someone was faster."""
    with transaction.atomic():
        claim_invitation(invitation)
        if has_users():
            raise ValidationError(NOT_NEW)
        admin = create_user(email=email, name=name, role=Role.ADMIN, password=password, time_zone=time_zone, actor=None)
        change_workspace(
            name=workspace_name, time_zone=time_zone, working_weekdays=workspace().working_weekdays, actor=admin
        )
    return admin
