"""State and progress, and who may do what."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from launches.models import Launch
from people.models import User
from tests.factories import (
    add_participant,
    make_approval,
    make_launch,
    make_milestone,
)
from tests.milestones.pages import DRAWER, DUE, SignedIn, fresh, row_of, url


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
