"""The doors to schedules, editions and deliveries: through their launch, or through the workspace for all launches."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from launches.access import Need, get_launch
from launches.models import Launch
from people.models import User
from reports.models import Delivery, Edition, Schedule
from reports.selectors import hidden_editions, may_see_portfolio_editions


def get_scope(user: User, key: str, need: Need = Need.READ) -> Launch | None:
    """What a report is about: the launch of that key, or None for all of them where the key is empty.

    Reports on all launches are read by everybody but guests, and sent by makers and admins.
    Raises Http404 or PermissionDenied.
    """
    if key:
        return get_launch(user, key, need)
    allowed = may_see_portfolio_editions(user) if need == Need.READ else user.can_create_launches
    if not allowed:
        raise PermissionDenied
    return None


def get_schedule(user: User, key: str, pk: int, need: Need = Need.EDIT) -> Schedule:
    """A schedule of the launch, or of all launches. Raises Http404 or PermissionDenied."""
    launch = get_scope(user, key, need)
    schedule = Schedule.objects.filter(launch=launch, pk=pk).first()
    if schedule is None:
        raise Http404
    schedule.launch = launch
    return schedule


def get_edition(user: User, key: str, pk: int, need: Need = Need.READ) -> Edition:
    """An edition on the launch, or on all launches. Raises Http404 or PermissionDenied."""
    launch = get_scope(user, key, need)
    rows = Edition.objects.select_related("created_by").filter(launch=launch, pk=pk)
    edition = rows.exclude(pk__in=hidden_editions(user)).first()
    if edition is None:
        raise Http404
    edition.launch = launch
    return edition


def get_delivery(user: User, key: str, pk: int, need: Need = Need.EDIT) -> Delivery:
    """A delivery of one of the editions on the launch, or on all launches. Raises Http404 or PermissionDenied."""
    launch = get_scope(user, key, need)
    rows = Delivery.objects.select_related("edition", "destination__connection").filter(edition__launch=launch, pk=pk)
    delivery = rows.exclude(edition__in=hidden_editions(user)).first()
    if delivery is None:
        raise Http404
    delivery.edition.launch = launch
    return delivery
