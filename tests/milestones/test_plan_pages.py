"""Dependencies and the timeline, and what the pages cost."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from launches.models import Launch
from milestones.models import Dependency, Milestone
from people.models import User
from tests.factories import (
    make_approval,
    make_decision,
    make_dependency,
    make_launch,
    make_milestone,
    make_risk,
)
from tests.milestones.computing import compute
from tests.milestones.pages import DUE, SignedIn, url
from tests.query_counts import frozen_queries


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
