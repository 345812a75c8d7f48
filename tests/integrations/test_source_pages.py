"""Linking tasks to a milestone through its panel, as a PM does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integrations.actions.connections import offer_projects
from integrations.forms import Preview
from integrations.models import Connection, SyncRun, TaskSource
from luna.events.models import Event
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from tests.factories import make_launch, make_milestone
from tests.integrations.world import link, sync
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]
PANEL = {"HX-Request": "true", "HX-Target": "progress-source"}


def at(name: str, milestone: Milestone, *more: int) -> str:
    return reverse(f"integrations:{name}", args=[milestone.launch.key, milestone.pk, *more])


def form(jira: Connection, query: str = "CAL-2", kind: str = "epic") -> dict[str, object]:
    return {"connection": jira.pk, "kind": kind, "query": query}


@pytest.fixture
def pm(signed_in: SignedIn, ben: User) -> Client:
    return signed_in(ben)


def test_check_counts_and_samples_and_saves_nothing(pm: Client, jira: Connection, milestone: Milestone) -> None:
    page = pm.post(at("check_source", milestone), form(jira), headers=PANEL).content.decode()
    assert "About 21 tasks" in page
    assert "Calendar sync, two-way" in page
    assert page.count("/browse/CAL-") == 5
    assert "<html" not in page
    assert not TaskSource.objects.exists()


@pytest.mark.parametrize("typed", [" cal-2 ", "https://fernhill.example/jira/browse/CAL-2?filter=1"])
def test_linking_reads_at_once_and_says_from_where(
    typed: str, pm: Client, jira: Connection, milestone: Milestone
) -> None:
    pm.post(at("link_source", milestone), form(jira, typed))
    source = TaskSource.objects.get()
    assert (source.query, source.title) == ("CAL-2", "Calendar sync, two-way")
    running = pm.get(at("milestone_sources", milestone), headers=PANEL).content.decode()
    assert "not read yet" in running
    assert "every 1s" in running
    sync(jira)
    page = pm.get(at("milestone_sources", milestone)).content.decode()
    assert "13 of 21" in page
    assert "Jira, as of" in page
    assert Event.objects.filter(verb="source.linked", launch_id=milestone.launch_id).exists()


@pytest.mark.parametrize(
    ("query", "kind", "sentence"),
    [
        ("nofield = 3", "jql", "Field &#x27;nofield&#x27; does not exist"),
        ("project = OPS", "jql", "does not offer OPS"),
        ("key in (SEC-1, SEC-2)", "jql", "does not offer SEC"),
        ("project = CAL) OR (project = OPS", "jql", "parenthesis"),
        ('summary ~ "x', "jql", "quotation mark"),
        ("ORDER BY created", "jql", "only sorts"),
        ("CAL-999", "epic", "There is no CAL-999"),
        ("OPS-1", "epic", "does not offer OPS"),
        ("what?", "epic", "named by its key"),
    ],
)
def test_a_query_that_cannot_be_asked_says_what_to_do_and_keeps_the_typing(
    query: str, kind: str, sentence: str, pm: Client, jira: Connection, milestone: Milestone
) -> None:
    answer = pm.post(at("link_source", milestone), form(jira, query, kind), headers=PANEL)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert answer.context["form"]["query"].value() == query
    assert not TaskSource.objects.exists()


def test_the_panel_asks_first_from_where(pm: Client, jira: Connection, toys: Connection, milestone: Milestone) -> None:
    page = pm.get(at("milestone_sources", milestone)).content.decode()
    assert f"?connection={jira.pk}" in page
    assert f"?connection={toys.pk}" in page
    assert "Link these tasks" not in page


def test_the_ways_to_choose_are_those_of_the_tool(
    pm: Client, jira: Connection, toys: Connection, milestone: Milestone
) -> None:
    panel = at("milestone_sources", milestone)
    of_jira = pm.get(panel, {"connection": jira.pk}).content.decode()
    assert "JQL query" in of_jira
    assert "Toys / BOX" not in of_jira
    of_toys = pm.get(panel, {"connection": toys.pk}, headers=PANEL).content.decode()
    assert "<html" not in of_toys
    assert '<option value="box:BOX">Toys / BOX</option>' in of_toys
    assert "JQL" not in of_toys


@pytest.mark.parametrize("asked", ["0", "9" * 18, "x", "١", ""])
def test_a_connection_that_is_not_there_shows_no_form(
    asked: str, pm: Client, jira: Connection, milestone: Milestone
) -> None:
    page = pm.get(at("milestone_sources", milestone), {"connection": asked})
    assert page.status_code == 200
    assert "Link these tasks" not in page.content.decode()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "epic", "query": "CAL-2"}, "Toy tracker chooses tasks by box, not by this."),
        ({"kind": "box", "query": ""}, "Choose or enter which tasks count."),
        ({"pick": ""}, "Choose or enter which tasks count."),
        ({"pick": "epic:CAL-2"}, "Toy tracker chooses tasks by box, not by this."),
        ({"pick": "box:STRANGE"}, "The toy offers no such box."),
    ],
)
def test_what_the_tool_does_not_have_is_a_plain_sentence(
    given: dict[str, str], sentence: str, pm: Client, toys: Connection, milestone: Milestone
) -> None:
    answer = pm.post(at("link_source", milestone), given | {"connection": str(toys.pk)}, headers=PANEL)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not TaskSource.objects.exists()


@pytest.mark.parametrize("given", [{"pick": "box:BOX"}, {"kind": "box", "query": " box "}, {"query": "box"}])
def test_tasks_are_picked_or_typed(given: dict[str, str], pm: Client, toys: Connection, milestone: Milestone) -> None:
    checked = pm.post(at("check_source", milestone), given | {"connection": str(toys.pk)}, headers=PANEL)
    assert "About 4 tasks in “Toy box”" in checked.content.decode()
    pm.post(at("link_source", milestone), given | {"connection": str(toys.pk)})
    source = TaskSource.objects.get()
    assert (source.kind, source.query, source.title) == ("box", "BOX", "Toy box")


def test_a_list_that_cannot_be_had_leaves_typing(pm: Client, toys: Connection, milestone: Milestone, ada: User) -> None:
    offer_projects(connection=toys, version=toys.version, projects=[], actor=ada)
    page = pm.get(at("milestone_sources", milestone), {"connection": toys.pk}).content.decode()
    assert "The toy offers no box yet. Ask an admin." in page
    assert 'name="query"' in page
    assert 'name="pick"' not in page


def test_several_tools_count_for_one_milestone_and_each_is_named(
    pm: Client, jira: Connection, toys: Connection, milestone: Milestone
) -> None:
    pm.post(at("link_source", milestone), form(jira))
    pm.post(at("link_source", milestone), {"connection": toys.pk, "pick": "box:BOX"})
    sync(jira)
    milestone.refresh_from_db()
    assert (milestone.tasks_done, milestone.tasks_total) == (13 + 2, 21 + 3)
    page = pm.get(at("milestone_sources", milestone)).content.decode()
    assert "13 of 21</b> done" in page
    assert "2 of 3</b> done" in page
    assert "Jira, as of" in page
    assert "Toys, as of" in page


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "About 1 task"), (12, "About 12 tasks"), (2000, "About 2,000 tasks"), (2001, "More than 2,000 tasks")],
)
def test_a_count_is_told_as_people_say_it(count: int, words: str) -> None:
    assert Preview(count, []).words == words


def test_a_broken_connection_is_named_on_the_form(
    pm: Client, jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("jira", "status", status=401)
    answer = pm.post(at("check_source", milestone), form(jira), headers=PANEL)
    assert "no longer lets Luna in. Ask an admin of Luna" in answer.content.decode()


def test_the_same_tasks_are_linked_once(pm: Client, jira: Connection, milestone: Milestone) -> None:
    pm.post(at("link_source", milestone), form(jira))
    answer = pm.post(at("link_source", milestone), form(jira))
    assert "linked to this milestone already" in answer.content.decode()


def test_unlinking_takes_the_tasks_out(pm: Client, jira: Connection, milestone: Milestone) -> None:
    source = link(milestone, jira)
    sync(jira)
    pm.post(at("unlink_source", milestone, source.pk))
    milestone.refresh_from_db()
    assert (milestone.sources_linked, milestone.tasks_total, milestone.tasks_synced_at) == (0, 0, None)


def test_a_source_of_another_launch_is_unknown(pm: Client, jira: Connection, milestone: Milestone, ben: User) -> None:
    theirs = link(make_milestone(make_launch(ben)), jira)
    assert pm.post(at("unlink_source", milestone, theirs.pk)).status_code == 404


def test_readers_see_figures_and_no_buttons(
    signed_in: SignedIn, cleo: User, jira: Connection, milestone: Milestone
) -> None:
    link(milestone, jira)
    sync(jira)
    page = signed_in(cleo).get(at("milestone_sources", milestone)).content.decode()
    assert "13 of 21" in page
    assert "Unlink" not in page
    assert "Link tasks" not in page


def test_sync_now_starts_one_run_for_each_connection(pm: Client, jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    link(milestone, jira, "CAL-1")
    sync(jira)
    pm.post(at("sync_milestone", milestone), headers=PANEL)
    assert SyncRun.objects.filter(state="waiting").count() == 1


def test_a_disconnected_tool_is_said_beside_its_figures(pm: Client, jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    sync(jira)
    Connection.objects.update(state="disconnected")
    assert "stay as they were last seen" in pm.get(at("milestone_sources", milestone)).content.decode()


def test_the_panel_needs_few_statements(pm: Client, jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    sync(jira)
    with frozen_queries("milestone sources"):
        pm.get(at("milestone_sources", milestone))
