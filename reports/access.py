"""The doors to schedules, editions and deliveries: through their launch."""

from __future__ import annotations

from django.http import Http404

from launches.access import Need, get_launch
from people.models import User
from reports.models import Delivery, Edition, Schedule


def get_schedule(user: User, key: str, pk: int, need: Need = Need.EDIT) -> Schedule:
    """A schedule of the launch. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key, need)
    schedule = Schedule.objects.filter(launch=launch, pk=pk).first()
    if schedule is None:
        raise Http404
    schedule.launch = launch
    return schedule


def get_edition(user: User, key: str, pk: int, need: Need = Need.READ) -> Edition:
    """An edition of the launch. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key, need)
    edition = Edition.objects.select_related("created_by").filter(launch=launch, pk=pk).first()
    if edition is None:
        raise Http404
    edition.launch = launch
    return edition


def get_delivery(user: User, key: str, pk: int, need: Need = Need.EDIT) -> Delivery:
    """A delivery of one of the launch's editions. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key, need)
    rows = Delivery.objects.select_related("edition", "destination__connection")
    delivery = rows.filter(edition__launch=launch, pk=pk).first()
    if delivery is None:
        raise Http404
    delivery.edition.launch = launch
    return delivery
