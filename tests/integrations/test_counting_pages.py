"""Choosing what counts, as a PM does, and reading what it comes to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from integrations.domain.types import ScopeKind, TaskState
from integrations.models import ScopeChange, TaskSource
from luna import clock
from milestones.models import Milestone
from people.models import User
from tests.factories import make_connection, make_milestone
from tests.integrations.counted import count, put, read_source
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]


def at(name: str, milestone: Milestone, *more: int) -> str:
    return reverse(f"integrations:{name}", args=[milestone.launch.key, milestone.pk, *more])


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def pm(signed_in: SignedIn, ben: User) -> Client:
    return signed_in(ben)


@pytest.fixture
def source(milestone: Milestone) -> TaskSource:
    """Three tasks, of which one is done; two have points."""
    source = read_source(milestone, make_connection())
    put(source, "T-1", TaskState.DONE, kind="Bug", points=3, labels=["web"])
    put(source, "T-2", kind="Story", points=5, is_subtask=True)
    put(source, "T-3", kind="Story")
    count(milestone)
    return source


def test_choosing_points_is_counted_at_once_and_said(pm: Client, milestone: Milestone, source: TaskSource) -> None:
    page = pm.get(at("counting", milestone)).content.decode()
    assert "33 % by count of tasks, 1 of 3 tasks done" in words(page)
    answer = pm.post(at("progress_unit", milestone), {"unit": "points", "version": milestone.version}, follow=True)
    said = words(answer.content.decode())
    assert "25 % by points, 3 of 12 points done" in said
    assert "1 of 3 tasks has no estimate and counts as the median, 4 points" in said
    assert "by points" in words(pm.get(reverse("milestones:detail", args=["BOOK", milestone.pk])).content.decode())
    panel = words(pm.get(at("milestone_sources", milestone)).content.decode())
    assert "25 % by points, 3 of 12 points. Scope since last week" in panel
    assert "+3 since last week" in said
    stale = pm.post(at("progress_unit", milestone), {"unit": "tasks", "version": milestone.version})
    assert stale.status_code == 409
    assert pm.post(at("progress_unit", milestone), {"unit": "smiles"}).status_code == 422


def test_rules_are_looked_at_before_they_are_saved(pm: Client, milestone: Milestone, source: TaskSource) -> None:
    rules = at("source_rules", milestone, source.pk)
    page = words(pm.get(rules).content.decode())
    assert "3 tasks count, 0 do not" in page
    assert "Story (2)" in page
    assert "web (1)" in page
    chosen = {"kind_way": "only", "kind": ["Story"], "with_subtasks": ""}
    look = pm.post(rules, chosen | {"look": "1"}, headers={"HX-Request": "true", "HX-Target": "form#rules"})
    assert "1 task counts, 2 do not" in words(look.content.decode())
    assert "<html" not in look.content.decode()
    source.refresh_from_db()
    assert source.counting == {}
    said = words(pm.post(rules, chosen, follow=True).content.decode())
    assert "only types Story; without sub-tasks" in said
    source.refresh_from_db()
    milestone.refresh_from_db()
    assert (source.counting, milestone.tasks_total) == ({"kind": {"only": ["Story"]}, "subtasks": False}, 1)
    again = pm.get(rules).content.decode()
    assert re.search(r'value="Story"[^>]*checked', again)


@pytest.mark.parametrize("given", [{"kind_way": "only"}, {"kind_way": "sometimes"}, {"kind": ["Epic"]}])
def test_rules_that_cannot_be_meant_are_refused(
    given: dict[str, object], pm: Client, milestone: Milestone, source: TaskSource
) -> None:
    answer = pm.post(at("source_rules", milestone, source.pk), given)
    assert answer.status_code == 422
    source.refresh_from_db()
    assert source.counting == {}


def test_what_the_sources_add_is_what_is_shown(pm: Client, milestone: Milestone, source: TaskSource) -> None:
    for number in range(2):
        more = read_source(milestone, make_connection(f"Tool {number}"), f"Q{number}")
        put(more, f"M-{number}", TaskState.DONE)
        put(more, f"N-{number}")
    count(milestone)
    answer = pm.get(at("counting", milestone))
    points = [part.points for part in answer.context["parts"]]
    assert "43 % by count of tasks" in words(answer.content.decode())
    assert sum(points) == 43
    assert sorted(points) == [14, 14, 15]


def test_a_share_is_moved_where_the_task_is_shown(pm: Client, milestone: Milestone, source: TaskSource) -> None:
    other = make_milestone(milestone.launch, "Public launch")
    task = put(read_source(other, source.connection, "B"), "T-1")
    count(other)
    said = words(pm.get(at("counting", milestone)).content.decode())
    assert "50 % here, 50 % for Public launch" in said
    page = pm.post(at("move_share", milestone), {"task": task.pk, "percent": "20"}, follow=True).content.decode()
    assert "20 % here, 80 % for Public launch" in words(page)
    other.refresh_from_db()
    assert other.counted.words == "0.8 of 0.8 tasks"
    assert pm.post(at("move_share", milestone), {"task": task.pk, "percent": "101"}).status_code == 422
    alone = put(source, "T-9")
    assert pm.post(at("move_share", milestone), {"task": alone.pk, "percent": "10"}).status_code == 422
    elsewhere = put(read_source(other, source.connection, "C"), "T-77")
    assert pm.post(at("move_share", milestone), {"task": elsewhere.pk, "percent": "10"}).status_code == 404


def test_the_scope_is_told_in_words(pm: Client, milestone: Milestone, source: TaskSource) -> None:
    task, now = source.links.all()[0].task, clock.now()
    given = {"milestone": milestone, "task": task, "at": now, "seen_at": now}
    ScopeChange.objects.create(kind=ScopeKind.REMOVED, why="deleted", **given)
    milestone.progress_unit = "points"
    milestone.save()
    ScopeChange.objects.create(kind=ScopeKind.RE_ESTIMATED, before=None, after=1.0, **given)
    said = words(pm.get(at("counting", milestone)).content.decode())
    assert "+3, −1, 1 estimated anew since last week" in said
    assert "left: deleted in its tool" in said
    assert "estimated anew: no estimate → 1 point" in said


def test_who_only_reads_sees_the_figures_and_no_buttons(
    signed_in: SignedIn, cleo: User, milestone: Milestone, source: TaskSource
) -> None:
    page = signed_in(cleo).get(at("counting", milestone)).content.decode()
    assert "33 % by count of tasks" in words(page)
    assert at("progress_unit", milestone) not in page
    assert at("source_rules", milestone, source.pk) not in page


def test_what_a_source_adds_is_said_where_there_are_several(
    pm: Client, milestone: Milestone, source: TaskSource
) -> None:
    assert "Adds" not in words(pm.get(at("counting", milestone)).content.decode())
    other = read_source(milestone, make_connection("Asana", "asana"), "CAL-3")
    put(other, "A-1", TaskState.DONE)
    count(milestone)
    page = words(pm.get(at("counting", milestone)).content.decode())
    assert "Adds" in page
    assert page.count("25 %") == 2, "each adds one of four tasks"


def test_what_counts_needs_few_statements(pm: Client, milestone: Milestone, source: TaskSource) -> None:
    # A cursor on the server, by which PostgreSQL's tasks come, is not among the statements that are counted.
    with frozen_queries("counting by a cursor" if connection.vendor == "postgresql" else "counting"):
        assert pm.get(at("counting", milestone)).status_code == 200
    with frozen_queries("source rules"):
        assert pm.get(at("source_rules", milestone, source.pk)).status_code == 200
