"""One milestone as a page and in the drawer: what is shown, what is refused and how."""

from __future__ import annotations

from datetime import date, timedelta

from launches.models import Launch, Participant
from milestones.actions.milestones import edit_milestone
from milestones.models import Dependency
from people.models import User
from tests.factories import (
    make_launch,
    make_milestone,
)
from tests.milestones.computing import compute
from tests.milestones.pages import CANARY, DRAWER, DUE, SignedIn, fresh, row_of, url
from tests.moving_clock import MovingClock


def test_the_page_says_what_when_why_and_with_whom(launch: Launch, ana: User, ben: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta", due=date(2026, 11, 14), owner=ana, unblocker=ben, progress_by_hand=40)
    compute(launch)

    page = signed_in(ana).get(url("detail", milestone.pk)).content.decode()

    for shown in (
        "Due Sat 14 Nov, 10 days late.",
        "40 % complete",
        "unblocked by",
        "Ben Berger",
        "It waits for nothing",
    ):
        assert shown in page
    assert "Write the definition of done" in page
    assert "<html" in page


def test_activity_and_comments_come_as_a_part_and_as_a_page(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta", due=DUE)
    edit_milestone(milestone=milestone, version=1, fields={"due_date": None}, why="The partner left.", actor=ana)
    part = {"HX-Request": "true", "HX-Target": "section#talk"}

    page = signed_in(ana).get(url("activity", milestone.pk)).content.decode()
    fragment = signed_in(ana).get(url("activity", milestone.pk), headers=part).content.decode()

    assert fragment.lstrip().startswith('<div id="talk"')
    for shown in ("Due date: Fri 4 Dec → none", "The partner left.", 'name="text"'):
        assert shown in page
        assert shown in fragment


def test_the_drawer_is_the_same_without_the_shell(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta")

    drawer = signed_in(ana).get(url("detail", milestone.pk), headers=DRAWER).content.decode()

    assert "<html" not in drawer
    assert "drawer-head" in drawer


def test_what_people_write_is_shown_as_text(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, CANARY, definition_of_done=CANARY, due=DUE)
    waiting = make_milestone(launch, f"{CANARY}2")
    Dependency.objects.create(predecessor=milestone, successor=waiting, created_at=waiting.created_at)

    for page in (url("list"), url("timeline"), url("detail", waiting.pk), url("dependencies", waiting.pk)):
        assert CANARY not in signed_in(ana).get(page).content.decode()


def test_the_whole_form_saves_and_keeps_typing_when_refused(
    launch: Launch, ana: User, ben: User, signed_in: SignedIn
) -> None:
    milestone = make_milestone(launch, "Beta")
    sent = row_of(
        milestone, unblocker=ben.pk, owner=ana.pk, estimate_days="12.5", start_date="2026-11-02", team="", stage=""
    )
    sent |= {"definition_of_done": "All 5 clinics book.\x00", "due_date": "2026-12-04"}
    client = signed_in(ana)

    refused = client.post(url("edit", milestone.pk), sent | {"unblocker": ana.pk, "name": "Typed"})
    assert refused.status_code == 422
    assert "Someone other than the owner" in refused.content.decode()
    assert 'value="Typed"' in refused.content.decode()

    saved = client.post(url("edit", milestone.pk), sent)
    assert (saved.status_code, saved["Location"]) == (303, url("detail", milestone.pk))
    row = fresh(milestone)
    assert (row.definition_of_done, str(row.estimate_days), row.unblocker) == ("All 5 clinics book.", "12.5", ben)


def test_fields_that_the_form_does_not_have_are_ignored(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta")

    signed_in(ana).post(
        url("row_edit", milestone.pk), row_of(milestone, name="New", health="on_track", tasks_done=9, launch=99)
    )

    row = fresh(milestone)
    assert (row.name, row.health, row.tasks_done, row.launch_id) == ("New", "unknown", 0, launch.pk)


def test_a_stale_form_shows_both(launch: Launch, ana: User, ben: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta")
    edit_milestone(milestone=fresh(milestone), version=1, fields={"name": "Theirs"}, actor=ben)
    sent = row_of(milestone, name="Mine")

    stale = signed_in(ana).post(url("edit", milestone.pk), sent, headers=DRAWER)

    assert stale.status_code == 409
    assert "Theirs" in stale.content.decode()
    assert 'value="Mine"' in stale.content.decode()


def test_deleting_can_be_undone_for_a_day(launch: Launch, ana: User, signed_in: SignedIn, clock: MovingClock) -> None:
    milestone = make_milestone(launch, "Beta")
    client = signed_in(ana)

    page = client.post(url("delete", milestone.pk), follow=True).content.decode()
    assert url("restore", milestone.pk) in page
    assert client.get(url("detail", milestone.pk)).status_code == 404

    clock.move(timedelta(hours=23))
    assert client.post(url("restore", milestone.pk)).status_code == 303
    assert client.get(url("detail", milestone.pk)).status_code == 200

    client.post(url("delete", milestone.pk))
    clock.move(timedelta(hours=25))
    assert client.post(url("restore", milestone.pk)).status_code == 404


def test_naming_who_cannot_see_a_private_launch_asks_first(ana: User, cleo: User, signed_in: SignedIn) -> None:
    secret = make_launch(ana, key="BOOK", private=True)
    milestone = make_milestone(secret, "Beta")
    client = signed_in(ana)

    asked = client.post(url("row_edit", milestone.pk), row_of(milestone, owner=cleo.pk))
    assert asked.status_code == 422
    assert "Cleo Costa can’t see this launch. Make them a participant?" in asked.content.decode()
    assert not Participant.objects.exists()

    client.post(url("row_edit", milestone.pk), row_of(milestone, owner=cleo.pk, let_in="on"))
    assert fresh(milestone).owner == cleo
    assert Participant.objects.get().user == cleo
