"""The doors to risks, decisions and approvals: through their launch, and who may change, decide or vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from launches.access import UNDO_FOR, can_edit, get_launch
from luna import clock
from milestones.models import Approval, Approver, Decision, Risk

if TYPE_CHECKING:
    from people.models import User

Row = TypeVar("Row", Risk, Decision)


def get_risk(user: User, key: str, pk: int) -> Risk:
    """A risk of a launch that `user` may see. Raises Http404."""
    return _child(Risk, user, key, pk)


def get_risk_to_change(user: User, key: str, pk: int, *, deleted: bool = False) -> Risk:
    """The same for editors and the risk's owner; a `deleted` one within a day. Raises Http404 or PermissionDenied."""
    risk = _child(Risk, user, key, pk, deleted=deleted)
    if not may_change_risk(user, risk):
        raise PermissionDenied
    return risk


def may_change_risk(user: User, risk: Risk) -> bool:
    """Editors of the launch, and the risk's owner."""
    return risk.owner_id == user.pk or can_edit(user, risk.launch)


def get_decision(user: User, key: str, pk: int) -> Decision:
    """A decision of a launch that `user` may see. Raises Http404."""
    return _child(Decision, user, key, pk)


def get_decision_to_change(user: User, key: str, pk: int, *, deleted: bool = False) -> Decision:
    """The same for editors; a `deleted` one within a day. Raises Http404 or PermissionDenied."""
    decision = _child(Decision, user, key, pk, deleted=deleted)
    if not can_edit(user, decision.launch):
        raise PermissionDenied
    return decision


def get_decision_to_decide(user: User, key: str, pk: int) -> Decision:
    """The same for who decides it, and editors. Raises Http404 or PermissionDenied."""
    decision = get_decision(user, key, pk)
    if not may_decide(user, decision):
        raise PermissionDenied
    return decision


def may_decide(user: User, decision: Decision) -> bool:
    """The decider, and editors of the launch."""
    return decision.decider_id == user.pk or can_edit(user, decision.launch)


def get_approval(user: User, key: str, pk: int) -> Approval:
    """An approval of a launch that `user` may see, of no deleted milestone. Raises Http404."""
    launch = get_launch(user, key)
    found = launch.approvals.select_related("milestone", "asked_by").filter(milestone__deleted_at__isnull=True, pk=pk)
    approval: Approval | None = found.first()
    if approval is None:
        raise Http404
    approval.launch = launch
    return approval


def get_approval_to_change(user: User, key: str, pk: int) -> Approval:
    """The same for editors. Raises Http404 or PermissionDenied."""
    approval = get_approval(user, key, pk)
    if not can_edit(user, approval.launch):
        raise PermissionDenied
    return approval


def get_seat(user: User, approval: Approval, number: str) -> Approver:
    """The place in which `user` votes: the one of that number, or the first where none is given.

    Places are the user's own, and those of named teams of which the user is a member; nobody else has one, not even
    editors and admins. Raises PermissionDenied.
    """
    mine = approval.approvers.filter(Q(user=user) | Q(team__members=user)).select_related("user", "team")
    seats = {str(seat.pk): seat for seat in mine.order_by("pk")}
    found = seats.get(number) if number else next(iter(seats.values()), None)
    if found is None:
        raise PermissionDenied
    return found


def _child(model: type[Row], user: User, key: str, pk: int, *, deleted: bool = False) -> Row:
    launch = get_launch(user, key)
    wanted = Q(deleted_at__gt=clock.now() - UNDO_FOR) if deleted else Q(deleted_at__isnull=True)
    row = model._default_manager.filter(wanted, launch=launch, pk=pk).first()
    if row is None:
        raise Http404
    row.launch = launch
    return row
