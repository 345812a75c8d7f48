"""Every URL × visitor × method × htmx, on an open and a private launch, against tests/access_matrix.py."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import models, transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.test.client import ClientHandler

from launches.models import Launch
from people.domain.types import Role
from tests.access_matrix import ACCESS, LAUNCH, Answer, Row, Visitor, expected
from tests.every_url import children_of, names, url_of
from tests.factories import add_participant, make_launch
from tests.people import make_user, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

pytestmark = pytest.mark.django_db
_HTMX = {"HX-Request": "true"}
# A file is never asked for by htmx, and a deck takes its time.
_WAYS = (("GET", False), ("GET", True), ("POST", False), ("POST", True))
# Loading the middleware looks through all static files: once is enough for all visitors.
_handler = ClientHandler(enforce_csrf_checks=False)
# A form that was refused, and a page that went on, are both answers to someone who may ask; /readyz may have bad news.
_OK = {200, 201, 202, 204, 301, 302, 303, 400, 409, 422, 503}
_SECRETS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ?")[^"]+')


@dataclass(frozen=True)
class World:
    """Two launches, what hangs on each, and a client for every visitor."""

    launches: dict[bool, Launch]
    children: dict[bool, dict[str, models.Model]]
    clients: dict[Visitor, Client]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once: nothing that is asked of it stays changed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _made_world()
        transaction.set_rollback(True)


def _made_world() -> World:
    guest_outside = make_user("otto", name="Otto Outside", role=Role.GUEST)
    people = {
        Visitor.GUEST_OUTSIDE: guest_outside,
        Visitor.GUEST_INSIDE: person("gus"),
        Visitor.MEMBER: person("cleo"),
        Visitor.MAKER: person("dan"),
        Visitor.EDITOR: person("ben"),
        Visitor.OWNER: person("ana"),
        Visitor.ADMIN: person("ada"),
    }
    clients = {visitor: Client(raise_request_exception=False) for visitor in Visitor}
    for client in clients.values():
        client.handler = _handler
    for visitor, user in people.items():
        clients[visitor].force_login(user)
    launches = {
        private: make_launch(person("ana"), key=key, private=private, editors=(person("ben"),))
        for private, key in ((False, "OPEN"), (True, "SECRET"))
    }
    for launch in launches.values():
        add_participant(launch, person("gus"))
    return World(launches, {private: children_of(launch) for private, launch in launches.items()}, clients)


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    urls = set(names())
    assert not urls - ACCESS.keys(), f"no row in tests/access_matrix.py: {sorted(urls - ACCESS.keys())}"
    assert not ACCESS.keys() - urls, f"no such URL: {sorted(ACCESS.keys() - urls)}"


def _ask(client: Client, method: str, url: str, *, htmx: bool) -> HttpResponse:
    """One request whose changes are taken back, in the browser, too."""
    cookies = copy(client.cookies)
    with transaction.atomic():
        response: Any = client.generic(method, url, headers=_HTMX if htmx else None)
        transaction.set_rollback(True)
    client.cookies = cookies
    assert isinstance(response, HttpResponse)
    return response


def _kind_of(response: HttpResponse) -> str:
    leads_to = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
    if leads_to.partition("?")[0] == resolve_url(settings.LOGIN_URL) or response.status_code == 401:
        return Answer.SIGN_IN
    if response.status_code in _OK:
        return Answer.OK
    return str(response.status_code)


def _wanted(row: Row, method: str, visitor: Visitor, *, private: bool) -> set[str]:
    policy = row.get if method == "GET" else row.post
    if policy is not None:
        return {expected(policy, visitor, private=private)}
    # Refusing the method before looking at the launch tells nothing, nor does looking first.
    other = row.post if method == "GET" else row.get
    looked_first = {expected(other, visitor, private=private)} - {Answer.OK} if other else set()
    return {Answer.NO_METHOD, *looked_first}


@pytest.mark.parametrize("name", ACCESS)
def test_everybody_gets_what_the_row_says(name: str, world: World) -> None:
    row = ACCESS[name]
    of_launch = {row.get, row.post} & LAUNCH.keys()
    wrong = []
    for private in (False, True) if of_launch else (False,):
        url = url_of(name, world.launches[private], world.children[private])
        for visitor, client in world.clients.items():
            for method, htmx in _WAYS if not name.endswith("_pptx") else _WAYS[::2]:
                got = _kind_of(_ask(client, method, url, htmx=htmx))
                wanted = _wanted(row, method, visitor, private=private)
                if got not in wanted:
                    where = f"{method}{' by htmx' if htmx else ''} {url}"
                    wrong.append(f"{visitor} {where}: {got}, not {' or '.join(sorted(wanted))}")
    assert not wrong, "\n".join(wrong)


def _rows_of_launches(*, with_child: bool = False) -> list[str]:
    return [
        name for name, row in ACCESS.items() if {row.get, row.post} & LAUNCH.keys() and (row.child or not with_child)
    ]


@pytest.mark.parametrize("name", _rows_of_launches())
def test_a_private_launch_looks_like_an_unknown_one(name: str, world: World) -> None:
    row = ACCESS[name]
    method = "GET" if row.get else "POST"
    for visitor in (Visitor.GUEST_OUTSIDE, Visitor.MEMBER, Visitor.MAKER):
        urls = [url_of(name, world.launches[True], world.children[True], key=key) for key in ("SECRET", "NOSUCH")]
        private, unknown = (_ask(world.clients[visitor], method, url, htmx=False) for url in urls)
        assert private.status_code == unknown.status_code == 404
        assert _without_secrets(private) == _without_secrets(unknown)
        assert "SECRET" not in private.content.decode()


def _without_secrets(response: HttpResponse) -> bytes:
    return _SECRETS.sub(b"", response.content)


@pytest.mark.parametrize("name", _rows_of_launches(with_child=True))
def test_a_child_is_unknown_under_another_launch(name: str, world: World) -> None:
    row = ACCESS[name]
    for private in (False, True):
        url = url_of(name, world.launches[private], world.children[not private])
        for visitor in set(Visitor) - {Visitor.ANONYMOUS}:
            for method in ("GET", "POST"):
                status = _ask(world.clients[visitor], method, url, htmx=False).status_code
                is_answered = (row.get if method == "GET" else row.post) is not None
                # Who may not change the launch may be told so before the child is looked for.
                wanted = {404} if is_answered else {404, 405}
                if visitor not in {Visitor.EDITOR, Visitor.OWNER, Visitor.ADMIN}:
                    wanted |= {403}
                assert status in wanted, f"{visitor} {method} {url}: {status}"
