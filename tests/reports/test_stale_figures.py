"""Past the freshness limit: “stale since …” and health not known, on the page and in what is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from launches.models import Launch
from luna import clock
from luna.lib.work import drain
from milestones.actions.progress import record_progress
from milestones.domain.progress import TaskCounts
from milestones.models import Milestone
from people.models import User
from reports.collect.launch_report import launch_report_facts
from reports.content.compose import compose_digest
from reports.content.document import Note, Plan
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]


def read_now(milestone: Milestone) -> None:
    """Its tasks were read: 5 of 8 points are done."""
    counts = TaskCounts(
        total=3, done=2, in_progress=1, last_completed_on=clock.today("UTC"), synced_at=clock.now(),
        work_total=8.0, work_done=5.0,
    )  # fmt: skip
    Milestone.objects.filter(pk=milestone.pk).update(
        progress_unit="points", state="in_progress", due_date=clock.today("UTC") + timedelta(days=60)
    )
    record_progress(milestone_id=milestone.pk, counts=counts, work_days=[], sources_linked=1)
    drain("recompute")


def test_a_figure_that_was_not_read_for_a_day_is_nowhere_green(
    book: Launch, ana: User, signed_in: SignedIn, clock: MovingClock
) -> None:
    milestone = book.milestones.get(name="Calendar sync")
    read_now(milestone)
    since = clock.now() - timedelta(days=7)

    def digest() -> tuple[str, str]:
        """The word in the plan, and the closing note."""
        drain("recompute")
        document = compose_digest(launch_report_facts(book.pk, since=since, until=clock.now()))
        [plan] = [block for block in document.blocks if isinstance(block, Plan)]
        [note] = [block for block in document.blocks[-1:] if isinstance(block, Note)]
        return next(item.word for item in plan.items if item.name == "Calendar sync"), note.text

    def page() -> str:
        url = reverse("milestones:detail", args=[book.key, milestone.pk])
        return str(signed_in(ana).get(url).content.decode())

    word, note = digest()
    assert word == "On track"
    assert "Counted by points: “Calendar sync”." in note
    assert "stale" not in note
    assert "stale since" not in page()
    clock.move(timedelta(hours=25))
    word, note = digest()
    assert word == "Not known"
    assert "“Calendar sync” is stale since" in note
    assert "stale since" in page()
    milestone.refresh_from_db()
    assert milestone.health == "unknown"
