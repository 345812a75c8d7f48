"""Pages that are written together leave the mirror as if each had been written by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.domain.types import TaskState
from integrations.models import QuarantinedPayload, SourceTask, Task, TaskBlocker, TaskSource
from integrations.sources.base import BadPayload, Page, TaskRecord
from integrations.sync import mirror
from milestones.models import Milestone
from tests.factories import make_source

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
IDS = st.sampled_from(["1", "2", "3"])


@st.composite
def records(draw: st.DrawFn) -> TaskRecord:
    external_id = draw(IDS)
    return TaskRecord(
        external_id=external_id,
        key=f"CAL-{external_id}",
        title=draw(st.sampled_from(["One", "Two", 'Three "quoted", \\ and {braced}'])),
        url="",
        state=TaskState.TO_DO,
        updated_at=NOW + timedelta(minutes=draw(st.integers(0, 2))),
        labels=draw(st.sampled_from([(), ("web",), ('a "b"', "c")])),
        points=draw(st.sampled_from([None, 0.1])),
        blocked_by=tuple(draw(st.sets(st.sampled_from(["7", "8"])))),
    )


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """No tool names a task twice on one page."""
    readable = draw(st.lists(records(), max_size=3, unique_by=lambda one: one.external_id))
    left = [one for one in ("1", "2", "3") if one not in {record.external_id for record in readable}]
    bad = draw(st.lists(st.sampled_from(left), unique=True)) if left else []
    return Page(tuple(readable), tuple(BadPayload(one, draw(st.sampled_from(["Why", "Else"])), "{}") for one in bad))


def held(source: TaskSource) -> list[Any]:
    """What the mirror holds of the source."""
    tasks = Task.objects.order_by("external_id")
    return [
        list(tasks.values_list("external_id", "title", "labels", "points", "remote_updated_at")),
        sorted(TaskBlocker.objects.values_list("task__external_id", "blocker_id_there")),
        sorted(SourceTask.objects.filter(source=source).values_list("task__external_id", "seen_by")),
        sorted(QuarantinedPayload.objects.values_list("external_id", "reason")),
    ]


def after(source: TaskSource, written: list[Page]) -> list[Any]:
    """The mirror after these were written, which is undone."""
    with transaction.atomic():
        for page in written:
            mirror.write_page(source, page, run_id=5, marks_seen=True, now=NOW)
        found = held(source)
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=st.lists(pages(), max_size=1), following=st.lists(pages(), min_size=2, max_size=4))
def test_the_mirror_is_as_after_one_by_one(milestone: Milestone, known: list[Page], following: list[Page]) -> None:
    source = TaskSource.objects.first() or make_source(milestone)
    together = mirror.as_one(following)
    assert after(source, [*known, together]) == after(source, [*known, *following])
    assert together.next_token == following[-1].next_token
