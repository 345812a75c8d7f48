"""A milestone's page says that what it shows is about to be computed anew, and asks again for that part alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from launches.models import LaunchSummary
from luna import clock
from people.models import User
from tests.factories import make_launch, make_milestone

SignedIn = Callable[[User], Client]
WORDS = "are being computed anew"


def test_the_page_asks_again_until_it_is_computed(ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(make_launch(ana, key="APOLLO"), "Beta")
    client, path = signed_in(ana), f"/launches/APOLLO/milestones/{milestone.pk}/"
    assert WORDS not in client.get(path).content.decode()
    LaunchSummary.objects.update(due_at=clock.now())
    assert WORDS in client.get(path).content.decode()
    part = client.get(path, headers={"HX-Request": "true", "HX-Target": "div#judged"}).content.decode()
    assert WORDS in part
    assert "hx-trigger" in part
    assert "<h2>Progress" not in part
    LaunchSummary.objects.update(due_at=clock.now() + timedelta(hours=1))
    assert WORDS not in client.get(path).content.decode()


def test_it_asks_less_and_less_often_and_ends(ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(make_launch(ana, key="APOLLO"), "Beta")
    LaunchSummary.objects.update(due_at=clock.now())
    client, path = signed_in(ana), f"/launches/APOLLO/milestones/{milestone.pk}/"
    waited, again = [], path
    while again:
        part = client.get(again, headers={"HX-Request": "true", "HX-Target": "div#judged"}).content.decode()
        assert WORDS in part
        waited += [int(seconds) for seconds in re.findall(r"load delay:(\d+)s", part)]
        again = "".join(re.findall(r'hx-get="([^"]+asked=[^"]+)"', part))
        assert len(waited) < 20
    assert waited == sorted(waited)
    assert 60 <= sum(waited) <= 120
    for strange in ("-1", "x", "9" * 5000, "²"):
        assert client.get(path, {"asked": strange}).status_code == 200
