"""The pages of milestones through the client: what is shown, what is refused and how, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from launches.models import Launch, Participant
from milestones.actions.milestones import edit_milestone
from milestones.models import Dependency, Milestone
from people.models import User
from tests.factories import (
    add_participant,
    make_approval,
    make_decision,
    make_dependency,
    make_launch,
    make_milestone,
    make_risk,
)
from tests.milestones.computing import compute
from tests.moving_clock import MovingClock
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]
DUE = date(2026, 12, 4)
DRAWER = {"HX-Request": "true", "HX-Target": "div#drawer-body"}
CANARY = "<script>alert(1)</script>"


@pytest.fixture
def launch(ana: User, ben: User, clock: MovingClock) -> Launch:
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    return make_launch(ana, key="BOOK", name="Booking", editors=(ben,))


def url(name: str, *args: Any) -> str:
    return reverse(f"milestones:{name}", args=["BOOK", *args])


def row_of(milestone: Milestone, **changes: Any) -> dict[str, Any]:
    """What the row's form sends."""
    return {
        "version": milestone.version,
        "name": milestone.name,
        "owner": milestone.owner_id or "",
        "due_date": milestone.due_date or "",
        "state": milestone.state,
        "priority": milestone.priority,
        "why": "",
    } | changes


def fresh(milestone: Milestone) -> Milestone:
    return Milestone.objects.get(pk=milestone.pk)


# The list


def test_an_empty_list_teaches(launch: Launch, ana: User, cleo: User, signed_in: SignedIn) -> None:
    page = signed_in(ana).get(url("list")).content.decode()
    assert "No milestones yet" in page
    assert "Add milestones" in page

    assert 'name="lines"' not in signed_in(cleo).get(url("list")).content.decode()


def test_the_list_shows_progress_health_people_and_dates(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    make_milestone(
        launch, "Calendar sync", due=DUE, owner=ana, sources_linked=1, tasks_total=21, tasks_done=13, health="at_risk"
    )

    page = signed_in(ana).get(url("list")).content.decode()

    for shown in ("Calendar sync", "62 % complete, 13 of 21 tasks", "At risk", "Ana Alves", "13 of 21", "in 10 days"):
        assert shown in page


def test_a_pasted_list_is_added_and_bad_lines_stay_in_the_box(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    client = signed_in(ana)

    good = client.post(url("add"), {"lines": "1. Beta ready | 2026-12-04\r\n- Pilot – 22 Jan\r\n"})
    assert good.status_code == 303
    half = client.post(url("add"), {"lines": "Gamma\nDelta | soon"})

    assert list(Milestone.objects.order_by("position").values_list("name", "due_date")) == [
        ("Beta ready", DUE),
        ("Pilot", date(2027, 1, 22)),
        ("Gamma", None),
    ]
    page = half.content.decode()
    assert half.status_code == 422
    assert "Line 2, “Delta | soon”: “soon” is no day Luna can read" in page
    assert ">Delta | soon</textarea>" in page


@pytest.mark.parametrize("lines", ["", "   \n  ", "- \n"])
def test_nothing_typed_is_said_at_the_box(launch: Launch, ana: User, signed_in: SignedIn, lines: str) -> None:
    answer = signed_in(ana).post(url("add"), {"lines": lines})

    assert answer.status_code == 422
    assert "Write at least one name." in answer.content.decode()
    assert not Milestone.objects.exists()


def test_htmx_gets_the_rows_and_a_toast(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "div#rows"}
    answer = signed_in(ana).post(url("add"), {"lines": "Beta"}, headers=headers).content.decode()

    assert answer.lstrip().startswith('<div id="rows"')
    assert "1 milestone added." in answer


def test_a_row_is_edited_where_it_stands(launch: Launch, ana: User, ben: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta", due=DUE)
    client = signed_in(ben)
    htmx = {"HX-Request": "true", "HX-Target": f"tr#milestone-{milestone.pk}"}

    form = client.get(url("row_edit", milestone.pk), headers=htmx).content.decode()
    assert form.lstrip().startswith(f'<tr class="why" id="milestone-{milestone.pk}"')

    sent = row_of(milestone, name="Beta two", owner=ana.pk, state="in_progress", priority="should")
    saved = client.post(url("row_edit", milestone.pk), sent, headers=htmx)

    assert saved.status_code == 200
    assert "Beta two" in saved.content.decode()
    row = fresh(milestone)
    assert (row.name, row.owner, row.state, row.priority) == ("Beta two", ana, "in_progress", "should")
    back = client.get(url("row", milestone.pk), headers=htmx).content.decode()
    assert back.lstrip().startswith(f'<tr id="milestone-{milestone.pk}"')


def test_a_row_is_edited_on_a_page_without_scripts(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta", due=DUE)
    client = signed_in(ana)

    assert "<html" in client.get(url("row_edit", milestone.pk)).content.decode()
    saved = client.post(url("row_edit", milestone.pk), row_of(milestone, name="Beta two"))

    assert (saved.status_code, saved["Location"]) == (303, url("list"))


def test_moving_the_date_in_a_row_asks_why(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta", due=DUE)
    client = signed_in(ana)

    refused = client.post(url("row_edit", milestone.pk), row_of(milestone, name="Typed", due_date="2026-12-11"))
    assert refused.status_code == 422
    assert "Say in a few words why the due date moves." in refused.content.decode()
    assert 'value="Typed"' in refused.content.decode()
    assert fresh(milestone).name == "Beta"

    client.post(url("row_edit", milestone.pk), row_of(milestone, due_date="2026-12-11", why="The partner was late."))
    assert fresh(milestone).due_date == date(2026, 12, 11)


def test_a_stale_row_shows_both_and_a_second_save_wins(
    launch: Launch, ana: User, ben: User, signed_in: SignedIn
) -> None:
    milestone = make_milestone(launch, "Beta")
    sent = row_of(milestone, name="Mine")
    edit_milestone(milestone=milestone, version=1, fields={"name": "Theirs"}, actor=ben)

    stale = signed_in(ana).post(url("row_edit", milestone.pk), sent)

    page = stale.content.decode()
    assert stale.status_code == 409
    assert "Ben Berger saved this" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert fresh(milestone).name == "Theirs"
    again = signed_in(ana).post(url("row_edit", milestone.pk), sent | {"version": 2})
    assert again.status_code == 303
    assert fresh(milestone).name == "Mine"


def test_completing_a_row_with_an_unmet_approval_says_which(
    launch: Launch, ana: User, ben: User, signed_in: SignedIn
) -> None:
    milestone = make_milestone(launch, "Beta")
    make_approval(launch, ben, title="Legal review", milestone=milestone)

    refused = signed_in(ana).post(url("row_edit", milestone.pk), row_of(milestone, name="New", state="completed"))

    assert refused.status_code == 422
    assert "“Legal review”" in refused.content.decode()
    assert (fresh(milestone).name, fresh(milestone).state) == ("Beta", "not_started"), "nothing of it is saved"


def test_order_by_dragging_and_by_buttons(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    a, b, c = (make_milestone(launch, name) for name in "abc")
    client = signed_in(ana)

    def names() -> str:
        return "".join(Milestone.objects.order_by("position").values_list("name", flat=True))

    dragged = client.post(url("order"), {"id": c.pk, "before": a.pk}, headers={"HX-Request": "true"})
    assert (dragged.status_code, names()) == (204, "cab")
    client.post(url("order"), {"id": c.pk, "before": ""})
    assert names() == "abc"
    client.post(url("shift", b.pk), {"direction": "up"})
    assert names() == "bac"
    client.post(url("shift", b.pk), {"direction": "up"})
    assert names() == "bac"
    client.post(url("shift", a.pk), {"direction": "down"})
    assert names() == "bca"
    assert client.post(url("order"), {"id": "x"}).status_code == 422


def test_the_baseline_is_frozen_from_the_list(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, due=DUE)

    assert signed_in(ana).post(url("freeze"), {}).status_code == 303
    assert fresh(milestone).baseline_due_date == DUE


# The page and the drawer


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


# State and progress


def test_a_state_is_changed_in_the_drawer(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = make_milestone(launch, "Beta")

    answer = signed_in(ana).post(url("state", milestone.pk), {"state": "completed", "version": 1}, headers=DRAWER)

    assert answer.status_code == 200
    assert "milestones-changed" in answer["HX-Trigger"]
    assert fresh(milestone).completed_date == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("name", "sent", "status", "words"),
    [
        ("state", {"state": "completed", "version": 1}, 422, "“Legal review”"),
        ("state", {"state": "nonsense", "version": 1}, 422, "Choose one of the states."),
        ("state", {"state": "in_review", "version": 9}, 409, "Someone changed this meanwhile."),
        ("progress", {"percent": "120", "version": 1}, 422, "less than or equal to 100"),
        ("progress", {"percent": "much", "version": 1}, 422, "Write a whole number from 0 to 100."),
        ("progress", {"percent": "40", "version": 9}, 409, "Someone changed this meanwhile."),
    ],
)
def test_what_is_refused_is_said_on_the_page(
    launch: Launch, ana: User, ben: User, signed_in: SignedIn, name: str, sent: dict[str, Any], status: int, words: str
) -> None:
    milestone = make_milestone(launch, "Beta")
    make_approval(launch, ben, title="Legal review", milestone=milestone)

    answer = signed_in(ana).post(url(name, milestone.pk), sent)

    assert answer.status_code == status
    assert words in answer.content.decode()
    assert (fresh(milestone).state, fresh(milestone).progress_by_hand) == ("not_started", None)


@pytest.mark.parametrize("role", ["owner", "unblocker"])
def test_owner_and_unblocker_change_state_and_progress_but_not_the_plan(
    launch: Launch, cleo: User, signed_in: SignedIn, role: str
) -> None:
    milestone = make_milestone(launch, "Beta", due=DUE, **{role: cleo})
    client = signed_in(cleo)

    assert client.post(url("progress", milestone.pk), {"percent": "40", "version": 1}).status_code == 303
    assert client.post(url("state", milestone.pk), {"state": "in_progress", "version": 2}).status_code == 303
    row = fresh(milestone)
    assert (row.progress_by_hand, row.state) == (40, "in_progress")

    for refused in (
        client.post(url("row_edit", milestone.pk), row_of(row, due_date="2027-01-01", why="x")),
        client.post(url("edit", milestone.pk), row_of(row, due_date="2027-01-01", why="x")),
        client.post(url("delete", milestone.pk)),
        client.post(url("add"), {"lines": "Mine"}),
        client.post(url("dependencies", milestone.pk), {}),
    ):
        assert refused.status_code == 403
    assert fresh(milestone).due_date == DUE
    assert 'name="state"' in client.get(url("detail", milestone.pk)).content.decode()


def test_a_guest_works_on_what_is_assigned_and_sees_nothing_to_edit(
    launch: Launch, gus: User, signed_in: SignedIn
) -> None:
    mine, other = make_milestone(launch, "Mine", owner=gus), make_milestone(launch, "Other")
    assert signed_in(gus).get(url("detail", mine.pk)).status_code == 404, "not before taking part"
    add_participant(launch, gus)
    client = signed_in(gus)

    assert client.post(url("state", mine.pk), {"state": "in_progress", "version": 1}).status_code == 303
    assert client.post(url("state", other.pk), {"state": "in_progress", "version": 1}).status_code == 403
    page = client.get(url("list")).content.decode()
    assert "row/edit" not in page
    assert 'name="lines"' not in page


def test_a_milestone_of_another_launch_is_not_found_here(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    elsewhere = make_milestone(make_launch(ana), "Elsewhere")
    mine = make_milestone(launch, "Mine")
    client = signed_in(ana)

    for name in ("detail", "edit", "row", "row_edit", "dependencies"):
        assert client.get(url(name, elsewhere.pk)).status_code == 404
    for name in ("state", "progress", "delete", "shift", "restore"):
        assert client.post(url(name, elsewhere.pk), {"state": "completed"}).status_code == 404
    assert client.post(url("order"), {"id": mine.pk, "before": elsewhere.pk}).status_code == 404


# Dependencies


def test_a_dependency_is_picked_changed_and_removed(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    beta, pilot = make_milestone(launch, "Beta", due=DUE), make_milestone(launch, "Pilot", start_date=DUE)
    client = signed_in(ana)

    client.post(url("dependencies", pilot.pk), {"predecessor": beta.pk, "lag_days": "3"})
    dependency = Dependency.objects.get()
    assert dependency.lag_days == 3
    page = client.get(url("detail", pilot.pk)).content.decode()
    assert "3 working days between." in page
    assert "planned to start before that one is due" in page

    client.post(url("dependency_lag", dependency.pk), {"lag_days": "5"})
    assert Dependency.objects.get().lag_days == 5
    assert client.post(url("dependency_lag", dependency.pk), {"lag_days": "-1"}).status_code == 422
    client.post(url("dependency_remove", dependency.pk))
    assert not Dependency.objects.exists()


def test_a_circle_is_named_on_the_form(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    dependency = make_dependency(launch)
    first, second = dependency.predecessor, dependency.successor

    refused = signed_in(ana).post(url("dependencies", first.pk), {"predecessor": second.pk, "lag_days": ""})

    assert refused.status_code == 422
    assert "That would be a circle: “Milestone 2” → “Milestone 1” → “Milestone 2”." in refused.content.decode()


def test_a_milestone_one_cannot_see_cannot_be_picked(launch: Launch, ana: User, ben: User, signed_in: SignedIn) -> None:
    hidden = make_milestone(make_launch(ana, private=True), "Hush")
    mine = make_milestone(launch, "Mine")

    page = signed_in(ben).get(url("dependencies", mine.pk)).content.decode()
    refused = signed_in(ben).post(url("dependencies", mine.pk), {"predecessor": hidden.pk})

    assert "Hush" not in page
    assert refused.status_code == 422
    assert "Hush" not in refused.content.decode()
    assert not Dependency.objects.exists()


# The timeline and what pages cost


def test_the_timeline_draws_and_says_the_same_in_a_table(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    beta = make_milestone(launch, "Beta", due=DUE, start_date=date(2026, 11, 2), health="at_risk")
    pilot = make_milestone(launch, "Pilot", due=date(2027, 1, 22))
    Dependency.objects.create(predecessor=beta, successor=pilot, created_at=beta.created_at)

    page = signed_in(ana).get(url("timeline")).content.decode()

    assert page.count('<path class="halo"') == 2
    assert '<rect class="track"' in page
    assert '<path class="line s-still"' in page
    assert '<td class="soft opt wrap" data-at="c">Beta</td>' in page
    assert (
        "Nothing to draw yet"
        in signed_in(ana).get(reverse("milestones:timeline", args=[make_launch(ana).key])).content.decode()
    )


@pytest.fixture
def full(launch: Launch, ana: User, ben: User) -> Milestone:
    """A milestone with everything on it, in a launch of twenty."""
    milestone = make_milestone(launch, "Beta", due=DUE, owner=ana, unblocker=ben)
    for number in range(19):
        other = make_milestone(launch, f"M{number}", due=DUE, owner=ben)
        Dependency.objects.create(predecessor=milestone, successor=other, created_at=other.created_at)
    make_approval(launch, ben, milestone=milestone)
    make_risk(launch, milestone=milestone)
    make_decision(launch).milestones.add(milestone)
    compute(launch)
    return milestone


@pytest.mark.parametrize("page", ["list", "timeline", "detail", "activity"])
def test_pages_take_few_statements(full: Milestone, ana: User, signed_in: SignedIn, page: str) -> None:
    client = signed_in(ana)
    address = url(page, full.pk) if page in {"detail", "activity"} else url(page)
    client.get(address)

    with frozen_queries(f"milestones_{page}"):
        assert client.get(address).status_code == 200
