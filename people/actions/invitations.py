"""Letting people in by a link that works once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from luna import clock
from luna.events.log import record
from luna.lib.mail import mail_is_set, send_mail
from people.actions.tokens import fresh_token
from people.actions.users import create_user
from people.domain.roles import may_grant
from people.domain.types import Role
from people.models import Invitation, Team, User
from people.selectors import workspace

LINK_LASTS = timedelta(hours=72)
USED_UP = "This link no longer works: it was used, withdrawn, or is older than 72 hours. Ask for a new one."


@dataclass(frozen=True)
class FreshInvitation:
    """An invitation just made. Its link can't be shown again; `mail_problem` says why no mail went out."""

    invitation: Invitation
    link: str
    mailed: bool
    mail_problem: str = ""


def invite_person(*, email: str, name: str, role: Role, team: Team | None = None, actor: User) -> FreshInvitation:
    """A link for one address and role, mailed where mail is set. An older open one for the address stops working.

    Raises PermissionDenied when the actor has less than that role, ValidationError where there is an account.
    """
    if not may_grant(Role(actor.role), role):
        raise PermissionDenied
    token, token_sha256 = fresh_token()
    email, now = email.lower(), clock.now()
    with transaction.atomic():
        if User.objects.filter(email=email).exists():
            raise ValidationError({"email": "There is an account with this e-mail address already."})
        Invitation.objects.filter(email=email, accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
        invitation = Invitation.objects.create(
            token_sha256=token_sha256,
            email=email,
            name=name,
            role=role,
            team=team,
            invited_by=actor,
            created_at=now,
            expires_at=now + LINK_LASTS,
        )
        record("invitation.sent", invitation, actor=actor, after={"email": email, "role": str(role)})
    link = settings.BASE_URL + reverse("people:invitation", args=[token])
    if not mail_is_set():
        return FreshInvitation(invitation, link, mailed=False)
    problem = send_mail(to=[email], subject=f"{actor.name} invites you to Luna", text=_letter(invitation, link))
    return FreshInvitation(invitation, link, mailed=not problem, mail_problem=problem)


def accept_invitation(*, invitation: Invitation, name: str, password: str, time_zone: str) -> User:
    """Use the link up: the account gets the invitation's address, role and team, whatever else was sent along.

    Raises ValidationError when the link was used up meanwhile.
    """
    with transaction.atomic():
        claim_invitation(invitation)
        return create_user(
            email=invitation.email,
            name=name,
            role=Role(invitation.role),
            password=password,
            time_zone=time_zone,
            team=invitation.team,
            actor=None,
        )


def revoke_invitation(*, invitation: Invitation, actor: User) -> None:
    """The link stops working."""
    with transaction.atomic():
        unused = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True)
        if unused.update(revoked_at=clock.now()):
            record("invitation.revoked", invitation, actor=actor)


def claim_invitation(invitation: Invitation) -> None:
    """Within the caller's transaction: only one of two who come with the same link gets it. Raises ValidationError."""
    now = clock.now()
    still_open = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
    if not still_open.update(accepted_at=now):
        raise ValidationError(USED_UP)


def _letter(invitation: Invitation, link: str) -> str:
    inviter = invitation.invited_by.name if invitation.invited_by else "An admin"
    return (
        f"Hello{' ' + invitation.name if invitation.name else ''},\n\n"
        f"{inviter} invites you to Luna of {workspace().name}, where launches and their milestones live.\n\n"
        f"Choose a password here; the link works once, within 72 hours:\n{link}\n\n"
        "If you did not expect this, you can leave it unanswered.\n"
    )
