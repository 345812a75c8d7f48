"""Fixtures: the people of tests/people.py, and a client for each kind of visitor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from people.models import User
from tests.people import person


@pytest.fixture
def ana(db: None) -> User:
    """Owns launches."""
    return person("ana")


@pytest.fixture
def ben(db: None) -> User:
    """Edits Ana's launch."""
    return person("ben")


@pytest.fixture
def cleo(db: None) -> User:
    """Reads all open launches."""
    return person("cleo")


@pytest.fixture
def dan(db: None) -> User:
    """A maker who has no part in Ana's launch."""
    return person("dan")


@pytest.fixture
def gus(db: None) -> User:
    """A guest."""
    return person("gus")


@pytest.fixture
def ada(db: None) -> User:
    """The workspace's admin."""
    return person("ada")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(ana).get(url)`: a client with that person's session."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of
