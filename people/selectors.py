"""Reading about the workspace and its people."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet

from luna import clock
from luna.lib.prepared import Prepared
from people.domain.types import Role
from people.models import Invitation, Team, User, Workspace

_FIELDS = [field.attname for field in Workspace._meta.concrete_fields]
_WORKSPACE = Prepared(lambda: Workspace.objects.filter(pk=1).values_list(*_FIELDS))  # nearly every page reads it


def workspace() -> Workspace:
    """The one workspace, made with defaults when it is not there yet."""
    found = _WORKSPACE.rows()
    return Workspace.from_db("default", _FIELDS, found[0]) if found else Workspace.objects.get_or_create(pk=1)[0]


def has_users() -> bool:
    """Whether anybody can sign in yet."""
    return User.objects.exists()


def people_here() -> QuerySet[User]:
    """Everyone, those who can sign in first."""
    return User.objects.select_related("primary_team").order_by("-is_active", "name", "pk")


def active_people() -> QuerySet[User]:
    """Who can be named as owner, approver, participant."""
    return User.objects.filter(is_active=True)


def all_teams() -> QuerySet[Team]:
    """Every team by name."""
    return Team.objects.all()


def teams_shown_to(user: User) -> QuerySet[Team]:
    """Teams with their active members (`people`); guests see those that they are in."""
    members = Prefetch("members", queryset=active_people(), to_attr="people")
    teams = Team.objects.filter(members=user) if user.is_guest else Team.objects.all()
    return teams.prefetch_related(members)


def other_admins_count(user: User) -> int:
    """How many admins can still sign in without `user`."""
    return User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk).aggregate(n=Count("pk"))["n"] or 0


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that can still be accepted, the newest first."""
    return _open().exclude(email="").select_related("team", "invited_by")


def invitation_of(token_sha256: str, *, for_first_admin: bool = False) -> Invitation | None:
    """The open invitation with this token's hash, or None: unknown, used, revoked and expired look alike."""
    of_kind = Q(email="") if for_first_admin else ~Q(email="")
    return _open().filter(of_kind, token_sha256=token_sha256).select_related("team", "invited_by").first()


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now())
