"""What a progress figure opens to, and that nothing which is stale looks well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from integrations.actions.connections import sync_now
from integrations.domain.types import RunTrigger, SourceKind
from integrations.models import Connection, QuarantinedPayload, SourceTask, Task, TaskSource
from integrations.selectors import source_lines
from integrations.selectors_progress import stale_since
from integrations.sync.runs import start_run
from integrations.troubles import Reader
from launches.actions.summaries import wish_recompute
from luna import clock as clock_of
from luna.lib.work import drain
from milestones.domain.types import Level
from milestones.models import Milestone
from people.models import User
from tests.factories import make_milestone
from tests.integrations.world import link, sync
from tests.moving_clock import MovingClock
from tests.query_counts import frozen_queries

if TYPE_CHECKING:
    from sandbox.control import SandboxControl

SignedIn = Callable[[User], Client]
PARTIAL = {"HX-Request": "true", "HX-Target": "div#origin"}


@pytest.fixture
def reader(signed_in: SignedIn, ben: User) -> Client:
    return signed_in(ben)


def opened(reader: Client, milestone: Milestone) -> str:
    url = reverse("integrations:progress_origin", args=[milestone.launch.key, milestone.pk])
    return reader.get(url, headers=PARTIAL).content.decode()


def test_a_figure_opens_to_its_source_query_times_and_counts(
    reader: Client, jira: Connection, milestone: Milestone
) -> None:
    source = link(milestone, jira)
    sync(jira)
    part = opened(reader, milestone)
    assert part.strip().startswith('<div class="origin" id="origin"')
    assert "Jira (" not in part, "the connection's name says the tool"
    assert "<code>CAL-2</code>" in part
    assert "21 of 21 at the source when compared" in opened(reader, milestone)
    assert "1 now<" not in opened(reader, milestone), "it is what it was then"
    TaskSource.objects.filter(pk=source.pk).update(mirrored=None)
    assert "21; not compared with the source yet" in opened(reader, milestone)


def test_the_figure_compares_what_was_there_at_one_time(
    reader: Client,
    jira: Connection,
    milestone: Milestone,
    clock: MovingClock,
    sandbox_control: SandboxControl,
) -> None:
    link(milestone, jira, "project = CAL AND type != Epic", SourceKind.JQL)
    sync(jira)
    clock.move(timedelta(hours=1))
    sandbox_control.create_issues("CAL", count=3)
    start_run(jira, RunTrigger.SCHEDULE)
    drain("sync")
    source = TaskSource.objects.get()
    assert (source.mirrored, source.at_source) == (81, 81)
    part = opened(reader, milestone)
    assert "81 of 81 at the source when compared" in part
    assert "; 84 now" in part
    start_run(jira, RunTrigger.CENSUS)
    drain("sync")
    source.refresh_from_db()
    assert (source.mirrored, source.at_source) == (84, 84)


def test_what_could_not_be_read_is_missing_in_the_comparison(
    reader: Client, jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira)
    sandbox_control.add_fault("jira", "malformed_issue", key="CAL-120")
    sync(jira)
    assert "20 of 21 at the source when compared" in opened(reader, milestone)


def test_what_does_not_count_is_told_by_its_reason(reader: Client, jira: Connection, milestone: Milestone) -> None:
    source = link(milestone, jira)
    sync(jira)
    first, second, third = Task.objects.filter(links__source=source).exclude(state="cancelled").order_by("pk")[:3]
    Task.objects.filter(pk=first.pk).update(state="cancelled")
    SourceTask.objects.filter(task=second).update(is_counted=False)
    Task.objects.filter(pk=third.pk).update(removed_at=clock_of.now())
    QuarantinedPayload.objects.create(
        connection=jira,
        external_id="9",
        reason="odd",
        payload="{}",
        first_seen_at=clock_of.now(),
        last_seen_at=clock_of.now(),
    )
    [line] = source_lines(milestone, clock_of.now(), Reader.VIEWER)
    origin = line.origin
    assert (origin.held, origin.cancelled, origin.excluded, origin.set_aside) == (20, 1, 1, 1)
    assert line.total == origin.counted == 18, "the figure's whole is what stands behind it"
    part = opened(reader, milestone)
    assert "18; 1 cancelled; 1 left out by this source’s rules" in part
    assert "1 task of the connection whose data could not be read; it may belong elsewhere" in part


@pytest.mark.parametrize(("hours", "is_stale"), [(0.0, False), (24.0, False), (24.1, True), (240.0, True)])
def test_a_figure_is_stale_a_day_after_it_was_read(hours: float, is_stale: bool) -> None:
    now = clock_of.now()
    found = stale_since(now - timedelta(hours=hours), now)
    assert (found is not None) is is_stale
    assert found is None or found == now - timedelta(hours=hours - 24)


def test_what_was_never_read_is_not_called_stale() -> None:
    assert stale_since(None, clock_of.now()) is None


def test_stale_progress_says_since_when_and_is_never_on_track(
    reader: Client, jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    link(milestone, jira)
    sync(jira)
    due = clock_of.today("UTC") + timedelta(days=200)
    Milestone.objects.filter(pk=milestone.pk).update(due_date=due, owner=milestone.launch.owner)
    wish_recompute([milestone.launch_id])
    drain("recompute")
    milestone.refresh_from_db()
    assert milestone.health == Level.ON_TRACK
    page = reverse("milestones:detail", args=[milestone.launch.key, milestone.pk])
    assert "stale since" not in reader.get(page).content.decode()
    clock.move(timedelta(hours=25))
    drain("recompute")
    milestone.refresh_from_db()
    assert milestone.health == Level.UNKNOWN
    assert "stale since" in reader.get(page).content.decode()
    assert "stale since" in opened(reader, milestone)


def test_a_milestone_is_as_fresh_as_the_source_that_was_read_longest_ago(
    jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    stuck = link(milestone, jira)
    link(milestone, jira, query="CAL-3")
    sync(jira)
    read_at = clock_of.now() - timedelta(hours=30)
    TaskSource.objects.filter(pk=stuck.pk).update(synced_at=read_at, query="project = GONE", kind="jql")
    clock.move(timedelta(minutes=10))
    sync_now(connection=jira, actor=milestone.launch.owner)
    sync(jira)
    milestone.refresh_from_db()
    assert milestone.tasks_synced_at == read_at
    drain("recompute")
    milestone.refresh_from_db()
    assert milestone.health != Level.ON_TRACK
    assert "sync_stale" in [signal["rule"] for signal in milestone.signals]


def test_a_figure_opens_with_few_statements(reader: Client, jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    sync(jira)
    with frozen_queries("progress origin"):
        assert opened(reader, milestone)


DRAWER = {"HX-Request": "true", "HX-Target": "div#drawer-body"}


def test_a_launchs_figure_opens_to_its_milestones_with_their_shares(
    reader: Client, jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    make_milestone(milestone.launch, "Written by hand", progress_by_hand=50)
    link(milestone, jira)
    sync(jira)
    key = milestone.launch.key
    whole = reverse("milestones:launch_origin", args=[key])
    figure = reverse("integrations:progress_origin", args=[key, milestone.pk])
    front = reader.get(reverse("reports:launch", args=[key])).content.decode()
    assert f'class="opens-drawer" href="{whole}"' in front
    assert f'class="opens-drawer" href="{figure}"' in front
    assert f'href="{whole}"' in reader.get(reverse("reports:portfolio")).content.decode()
    part = reader.get(whole, headers=DRAWER).content.decode()
    assert "<main" not in part
    assert part.count("50\xa0% of the whole") == 2
    assert f'href="{figure}"' in part
    assert "50\xa0%, set by hand" in part
    assert "stale since" not in part + front
    clock.move(timedelta(hours=25))
    assert "stale since" in reader.get(whole, headers=DRAWER).content.decode()
    assert "stale since" in reader.get(reverse("reports:launch", args=[key])).content.decode()
    opened_figure = reader.get(figure, headers=DRAWER).content.decode()
    assert "<main" not in opened_figure
    assert 'id="origin"' in opened_figure


def test_a_launchs_figure_opens_with_few_statements_however_many_milestones(
    reader: Client, milestone: Milestone
) -> None:
    url = reverse("milestones:launch_origin", args=[milestone.launch.key])
    for number in range(5):
        make_milestone(milestone.launch, f"More {number}")
    with frozen_queries("launch origin"):
        assert reader.get(url, headers=DRAWER).content
