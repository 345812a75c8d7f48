"""The weekly word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from launches.actions.updates import write_update
from launches.domain.types import Status
from launches.models import Update
from launches.selectors import done_since_last_update, updates_of
from luna.events.log import record
from luna.events.models import Event
from people.models import User
from tests.factories import make_launch, make_milestone, make_update
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]
TYPED = {
    "status": "possible_delays",
    "headline": "The supplier slips",
    "highlights": "- Beta is out",
}


def test_the_owners_update_declares_the_status_too(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    answer = signed_in(ana).post("/launches/APOLLO/updates/write/", TYPED)
    assert answer.headers["Location"] == "/launches/APOLLO/updates/"
    launch.refresh_from_db()
    assert (launch.status, launch.status_reason) == (Status.POSSIBLE_DELAYS, "The supplier slips")
    page = signed_in(ana).get("/launches/APOLLO/updates/").content.decode()
    assert "The supplier slips" in page
    assert "<li>Beta is out</li>" in page
    assert set(Event.objects.values_list("verb", flat=True)) == {"update.written", "launch.status_declared"}


def test_a_members_update_leaves_the_status_alone(ana: User, cleo: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    signed_in(cleo).post("/launches/APOLLO/updates/write/", TYPED)
    launch.refresh_from_db()
    assert launch.status == Update.objects.get().status == Status.ON_TRACK
    assert write_update(launch=launch, headline="Well", status=Status.AT_RISK, actor=cleo).status == Status.ON_TRACK


def test_the_draft_names_what_was_completed_since_the_last_one(
    ana: User, signed_in: SignedIn, clock: MovingClock
) -> None:
    launch = make_launch(ana, key="APOLLO")
    old, new = make_milestone(launch, "Alpha"), make_milestone(launch, "Beta")
    record("milestone.completed", old, actor=ana, launch_id=launch.pk)
    clock.move(timedelta(hours=1))
    make_update(launch)
    clock.move(timedelta(hours=1))
    record("milestone.completed", new, actor=ana, launch_id=launch.pk)
    assert done_since_last_update(launch) == ["Beta"]
    assert "- Beta is completed" in signed_in(ana).get("/launches/APOLLO/updates/write/").content.decode()


def test_a_headline_is_at_most_280_letters_and_typing_is_kept(ana: User, signed_in: SignedIn) -> None:
    make_launch(ana, key="APOLLO")
    answer = signed_in(ana).post("/launches/APOLLO/updates/write/", TYPED | {"headline": "x" * 281})
    assert answer.status_code == 422
    assert "- Beta is out" in answer.content.decode()
    assert not Update.objects.exists()


def test_an_update_is_deleted_and_brought_back(ana: User, cleo: User, signed_in: SignedIn, clock: MovingClock) -> None:
    launch = make_launch(ana, key="APOLLO")
    update = make_update(launch, author=cleo)
    signed_in(cleo).post(f"/launches/APOLLO/updates/{update.pk}/delete/")
    assert list(updates_of(launch)) == []
    signed_in(cleo).post(f"/launches/APOLLO/updates/{update.pk}/restore/")
    assert list(updates_of(launch)) == [update]
    signed_in(ana).post(f"/launches/APOLLO/updates/{update.pk}/delete/")
    clock.move(timedelta(hours=25))
    assert signed_in(ana).post(f"/launches/APOLLO/updates/{update.pk}/restore/").status_code == 404


def test_what_people_write_is_no_markup(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    make_update(launch, "<script>alert(1)</script>", highlights="<img src=x onerror=alert(1)>")
    page = signed_in(ana).get("/launches/APOLLO/updates/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
