"""Suggested dependencies on the pages of a milestone and a launch, as a PM decides them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from integrations.domain.types import SuggestionState
from integrations.models import DependencySuggestion, TaskBlocker
from integrations.suggestions import refresh_suggestions
from milestones.models import Dependency, Milestone
from people.models import User
from people.selectors import workspace
from tests.factories import make_connection, make_launch, make_milestone
from tests.integrations.crossings import cross
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]
PANEL = {"HX-Request": "true", "HX-Target": "suggestions"}
COUNT = {"HX-Request": "true", "HX-Target": "suggested"}


@pytest.fixture
def waiting(milestone: Milestone) -> Milestone:
    """A milestone of the same launch whose task waits for one of the first."""
    after = make_milestone(milestone.launch, "Booking by phone")
    cross(make_connection(), milestone, after, "CAL")
    refresh_suggestions([after.pk])
    return after


@pytest.fixture
def pm(signed_in: SignedIn, ben: User) -> Client:
    return signed_in(ben)


def panel(milestone: Milestone) -> str:
    return reverse("integrations:suggestions", args=[milestone.launch.key, milestone.pk])


def do(what: str) -> str:
    row = DependencySuggestion.objects.get()
    return reverse(f"integrations:{what}_suggestion", args=[row.successor.launch.key, row.pk])


def shown(**typed: str) -> dict[str, str]:
    """The form, with the mark of the evidence that stands now."""
    return typed | {"shown": DependencySuggestion.objects.get().evidence_mark}


def test_the_dependencies_of_a_milestone_ask_and_confirming_answers(pm: Client, waiting: Milestone) -> None:
    tab = reverse("milestones:dependencies", args=[waiting.launch.key, waiting.pk])
    assert panel(waiting) in pm.get(tab).content.decode()
    page = pm.get(panel(waiting), headers=PANEL).content.decode()
    assert "<html" not in page
    assert "seems to wait" in page
    assert "CAL-2</a> waits for" in page
    answer = pm.post(do("confirm"), shown(), headers=PANEL)
    assert "dependencies-changed" in answer.headers["HX-Trigger"]
    assert "seems to wait" not in answer.content.decode().split("hx-partial")[0]
    assert Dependency.objects.get().successor == waiting
    TaskBlocker.objects.all().delete()
    refresh_suggestions([waiting.pk])
    assert "Unsupported now" in pm.get(panel(waiting)).content.decode()


def test_dismissing_needs_a_reason_and_keeps_the_typing(pm: Client, waiting: Milestone) -> None:
    refused = pm.post(do("dismiss"), {"why": " "}, headers=PANEL)
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    pm.post(do("dismiss"), shown(why="They share a name only."), headers=PANEL)
    assert DependencySuggestion.objects.get().state == SuggestionState.DISMISSED
    late = pm.post(do("confirm"), shown(), headers=PANEL)
    assert late.status_code == 422
    assert "meanwhile" in late.content.decode()


@pytest.mark.parametrize(("what", "typed"), [("confirm", {}), ("dismiss", {"why": "No."}), ("snooze", {"until": ""})])
def test_a_link_that_came_while_the_form_was_open_is_not_decided_unseen(
    what: str, typed: dict[str, str], pm: Client, waiting: Milestone
) -> None:
    form = shown(**typed)
    if "until" in form:
        form["until"] = (workspace().today + timedelta(days=5)).isoformat()
    assert pm.get(panel(waiting)).content.decode().count(f'name="shown" value="{form["shown"]}"') == 3
    row = DependencySuggestion.objects.get()
    row.evidence = [*row.evidence, {"task": row.evidence[0]["blocker"], "blocker": row.evidence[0]["task"]}]
    row.save()
    refused = pm.post(do(what), form, headers=PANEL)
    assert refused.status_code == 422
    assert "changed meanwhile" in refused.content.decode()
    assert DependencySuggestion.objects.get().state == SuggestionState.OPEN
    assert pm.post(do(what), form | shown(), headers=PANEL).status_code == 200


@pytest.mark.parametrize("days", [0, 400])
def test_snoozing_asks_for_a_day_to_come(days: int, pm: Client, waiting: Milestone) -> None:
    day = (workspace().today + timedelta(days=days)).isoformat()
    refused = pm.post(do("snooze"), shown(until=day), headers=PANEL)
    assert refused.status_code == 422
    assert f'value="{day}"' in refused.content.decode()
    day = (workspace().today + timedelta(days=5)).isoformat()
    back = reverse("integrations:launch_suggestions", args=[waiting.launch.key])
    assert pm.post(do("snooze"), shown(until=day, next=back)).headers["Location"] == back
    assert "Nothing to decide" in pm.get(back).content.decode()


def test_a_launch_counts_and_lists_them(pm: Client, waiting: Milestone) -> None:
    url = reverse("integrations:launch_suggestions", args=[waiting.launch.key])
    assert url in pm.get(reverse("reports:launch", args=[waiting.launch.key])).content.decode()
    assert "1 suggested dependency</a>" in pm.get(url, headers=COUNT).content.decode()
    page = pm.get(url).content.decode()
    assert "Booking by phone</a> seems to wait" in page
    DependencySuggestion.objects.all().delete()
    assert "suggested dependenc" not in pm.get(url, headers=COUNT).content.decode()


def test_what_one_may_not_read_is_neither_named_nor_decided(
    signed_in: SignedIn, ana: User, ben: User, milestone: Milestone
) -> None:
    secret = make_milestone(make_launch(ana, key="SECRET", private=True), "The quiet one")
    cross(make_connection(), secret, milestone, "SEC")
    refresh_suggestions([secret.pk])
    pm, owner = signed_in(ben), panel(milestone)
    assert "quiet one" not in pm.get(owner).content.decode()
    assert "SEC-1" not in pm.get(owner).content.decode()
    assert pm.post(do("dismiss"), {"why": "No."}).status_code == 404
    told = signed_in(ana).get(owner).content.decode()
    assert "The quiet one" in told
    assert "private launch" in told
    assert do("confirm") not in told


def test_suggestions_need_few_statements(pm: Client, waiting: Milestone) -> None:
    with frozen_queries("suggestions"):
        assert pm.get(reverse("integrations:launch_suggestions", args=[waiting.launch.key])).status_code == 200
    with frozen_queries("milestone suggestions"):
        assert pm.get(panel(waiting)).status_code == 200
