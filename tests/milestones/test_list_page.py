"""The list: what it shows, adding, editing rows where they stand, their order."""

from __future__ import annotations

from datetime import date

import pytest

from launches.models import Launch
from milestones.actions.milestones import edit_milestone
from milestones.models import Milestone
from people.models import User
from tests.factories import (
    make_approval,
    make_milestone,
)
from tests.milestones.pages import DUE, SignedIn, fresh, row_of, url


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
