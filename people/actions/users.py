"""What happens to someone's account."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from luna import clock
from luna.events.log import record
from people.domain.roles import may_grant
from people.domain.types import Role
from people.models import Invitation, Team, User
from people.selectors import other_admins_count

LAST_ADMIN = "This is the last admin who can sign in. Make somebody else an admin first."


def create_user(
    *,
    email: str,
    name: str,
    role: Role,
    password: str | None = None,
    time_zone: str = "UTC",
    team: Team | None = None,
    actor: User | None,
) -> User:
    """An account with a verified address. `actor` is None when the person lets themselves in by a link.

    Raises ValidationError where the address has an account already.
    """
    with transaction.atomic():
        if User.objects.filter(email=email.lower()).exists():
            raise ValidationError("There is an account with this e-mail address already.")
        user = User.objects.create_user(email, password, name=name, role=role, time_zone=time_zone, primary_team=team)
        if team is not None:
            user.teams.add(team)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        record("user.joined", user, actor=actor or user, after={"role": str(role)})
    return user


def change_role(*, user: User, role: Role, actor: User) -> None:
    """Give someone another workspace role and end their sessions. The last admin stays one; with a lesser role the
    person's open invitations are withdrawn.

    Raises PermissionDenied when the actor has less than that role, ValidationError for the last admin.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not (may_grant(Role(actor.role), role) and may_grant(Role(actor.role), Role(user.role))):
            raise PermissionDenied
        if user.role == role:
            return
        _keep_an_admin(user)
        before = user.role
        User.objects.filter(pk=user.pk).update(role=role, session_generation=F("session_generation") + 1)
        if not may_grant(role, Role(before)):
            _withdraw_invitations_of(user)
        record("user.role_changed", user, actor=actor, before={"role": before}, after={"role": str(role)})


def deactivate_user(*, user: User, actor: User) -> None:
    """Close the account, end its sessions and withdraw its open invitations; what was written stays.

    Raises ValidationError for the last admin.
    """
    with transaction.atomic():
        _keep_an_admin(user)
        _set_active(user, active=False, verb="user.deactivated", actor=actor)
        _withdraw_invitations_of(user)


def reactivate_user(*, user: User, actor: User) -> None:
    """Open a closed account again."""
    with transaction.atomic():
        _set_active(user, active=True, verb="user.reactivated", actor=actor)


def end_sessions(*, user: User, actor: User) -> None:
    """Sign someone out everywhere."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
        record("user.sessions_ended", user, actor=actor)


def make_reset_link(*, user: User, actor: User) -> str:
    """The path of a link with which the person chooses a new password: works once, for an hour.

    Raises ValidationError for a closed account.
    """
    if not user.is_active:
        raise ValidationError("This account is closed. Open it again first.")
    key = default_token_generator.make_token(user)
    with transaction.atomic():
        record("user.reset_link_made", user, actor=actor)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])


def _set_active(user: User, *, active: bool, verb: str, actor: User) -> None:
    changed = User.objects.filter(pk=user.pk, is_active=not active).update(
        is_active=active, session_generation=F("session_generation") + 1
    )
    if changed:
        record(verb, user, actor=actor, before={"is_active": not active}, after={"is_active": active})


def _withdraw_invitations_of(user: User) -> None:
    """Whoever may no longer let people in leaves no link behind that does."""
    unused = Invitation.objects.filter(invited_by=user, accepted_at__isnull=True, revoked_at__isnull=True)
    unused.update(revoked_at=clock.now())


def _keep_an_admin(user: User) -> None:
    """The admins' rows are locked, so that two admins who leave at the same time don't both go."""
    list(User.objects.select_for_update(no_key=True).filter(role=Role.ADMIN).values_list("pk", flat=True))
    if user.role == Role.ADMIN and user.is_active and not other_admins_count(user):
        raise ValidationError(LAST_ADMIN)
