"""The tasks behind a milestone's progress: in place, what is left first, and all of them on their page."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from integrations.models import Connection, SourceTask, Task
from integrations.selectors_tasks import SHOWN_TASKS, tasks_of
from milestones.models import Milestone
from people.models import User
from tests.integrations.world import link, sync

SignedIn = Callable[[User], Client]


def at(name: str, milestone: Milestone) -> str:
    return reverse(f"integrations:{name}", args=[milestone.launch.key, milestone.pk])


def test_what_is_left_stands_first_with_who_has_it_and_a_link_to_the_tool(
    jira: Connection, milestone: Milestone, cleo: User, signed_in: SignedIn
) -> None:
    link(milestone, jira)
    sync(jira)

    reader = signed_in(cleo)
    panel = reader.get(at("milestone_sources", milestone)).content.decode()
    shown = [task for task in tasks_of(milestone) if escape(task.title) in panel]
    assert len(shown) == SHOWN_TASKS
    left = [task for task in tasks_of(milestone) if task.state != "done"]
    assert shown[: len(left)] == left, "8 of 21 are left"
    assert all(f'href="{task.url}"' in panel and task.assignee in panel for task in shown)
    assert f'<a href="{at("milestone_tasks", milestone)}">All 21</a>' in panel

    page = reader.get(at("milestone_tasks", milestone)).content.decode()
    assert "<b>13 of 21 tasks</b> done" in page
    assert [task for task in Task.objects.all() if f'href="{task.url}"' not in page] == []


def test_what_does_not_count_is_not_listed(jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    sync(jira)
    one, other, *_ = tasks_of(milestone)
    SourceTask.objects.filter(task=one).update(is_counted=False)
    Task.objects.filter(pk=other.pk).update(removed_at=other.remote_updated_at)

    assert {one, other} & set(tasks_of(milestone)) == set()


def test_without_tasks_the_page_says_so(milestone: Milestone, cleo: User, signed_in: SignedIn) -> None:
    page = signed_in(cleo).get(at("milestone_tasks", milestone)).content.decode()

    assert "No task counts for it yet." in page
