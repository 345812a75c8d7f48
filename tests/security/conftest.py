"""A launch with one of everything, its URLs, and an admin who may see them all."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from people.models import User
from people.selectors import workspace
from tests.access_matrix import ACCESS
from tests.every_url import children_of, url_of
from tests.factories import add_participant, make_launch


@pytest.fixture
def urls(ana: User, ben: User, gus: User, ada: User) -> dict[str, str]:
    """Every URL of Luna by its name, about a launch of Ana's with one of everything."""
    workspace()  # an installation has it from its first page on
    launch = make_launch(ana, key="OPEN", editors=(ben,))
    add_participant(launch, gus)
    children = children_of(launch)
    # As people.actions.users makes them; django-allauth would make them when it first misses them.
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in User.objects.all()
    )
    return {name: url_of(name, launch, children) for name in ACCESS}


@pytest.fixture
def admin(ada: User) -> Client:
    """Ada's session. What breaks is answered as in production."""
    client = Client(raise_request_exception=False)
    client.force_login(ada)
    return client
