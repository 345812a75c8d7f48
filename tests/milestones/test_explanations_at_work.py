"""How the worker gets through a night's explanations: many in one turn, behind all other long work, and given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.models import InboundEvent
from launches.models import Launch
from luna.clock import now
from luna.lib import work
from milestones.actions.movements import ask_movement, keep_inputs
from milestones.models import DateMovement, KeptInputs, Milestone, Since
from milestones.selectors_movements import movement_between
from people.models import User
from tests.factories import make_connection, make_launch
from tests.milestones.computing import compute
from tests.milestones.weeks import MONDAY, a_week_goes_by, at_work, more_tasks
from tests.moving_clock import MovingClock

pytestmark = pytest.mark.django_db
MANY = 5
ALL = MANY + 2
"""The launch since a week ago, and the same since its last change; its milestones since a week ago."""


@pytest.fixture(autouse=True)
def _monday(clock: MovingClock) -> None:
    clock.set(MONDAY)


@pytest.fixture
def night(ana: User, clock: MovingClock) -> Launch:
    """Its date is to be explained, and those of its milestones."""
    launch = make_launch(ana, key="APOLLO")
    rows = [at_work(launch, f"M{n}", left=20) for n in range(MANY)]
    compute(launch)
    a_week_goes_by(clock, *rows)
    for row in rows:
        more_tasks(row, 10)
    compute(launch)
    assert due().count() == ALL
    return launch


def due() -> QuerySet[DateMovement]:
    return DateMovement.objects.filter(due_at__isnull=False)


def first() -> int:
    row = due().order_by("due_at").first()
    assert row is not None
    return row.pk


@pytest.fixture
def call(night: Launch) -> InboundEvent:
    """Other long work that is due, after all the explanations."""
    del night
    given = {"delivery_key": "1", "received_at": now(), "due_at": now()}
    return InboundEvent.objects.create(connection=make_connection(), **given)


@pytest.mark.usefixtures("night")
def test_one_turn_explains_a_nights_many() -> None:
    work.run("movements", first())
    assert not due().exists()


@pytest.mark.usefixtures("call")
def test_a_turn_ends_when_other_long_work_is_due() -> None:
    work.run("movements", first())
    assert due().count() == ALL - 1


def test_at_a_tick_all_other_long_work_is_offered_first(call: InboundEvent) -> None:
    offered = work.due_now()
    names = [name for name, _pk in offered]
    assert ("calls", call.pk) in offered
    assert names.index("calls") < names.index("movements")
    assert [name for name, queue in work.queues().items() if queue.long][-1] == "movements"


def give_up(clock: MovingClock) -> None:
    """What was kept can't be read, however often the worker tries."""
    KeptInputs.objects.update(inputs=b"broken")
    for _ in range(work.MAX_CRASHES):
        work.drain("movements")
        clock.move(timedelta(hours=1))
    assert not due().exists()


def test_what_was_given_up_says_so_and_is_tried_again_when_somebody_asks(
    night: Launch, clock: MovingClock, ana: User, signed_in: Callable[[User], Client]
) -> None:
    kept = bytes(KeptInputs.objects.earliest("day").inputs), bytes(KeptInputs.objects.latest("day").inputs)
    give_up(clock)
    browser, milestone = signed_in(ana), Milestone.objects.filter(launch=night).first()
    assert milestone is not None
    why = f"/launches/APOLLO/milestones/{milestone.pk}/why/"
    for path in (why, f"/launches/APOLLO/milestones/{milestone.pk}/", "/launches/APOLLO/", "/launches/APOLLO/why/"):
        said = browser.get(path).content.decode()
        assert "Luna could not work out the reasons" in said, path
        assert "tries again tonight" in said, path
        assert "tasks arrived" not in said, path
        assert ("Try again now" in said) == path.endswith("why/"), path
        assert "being worked out" not in said
        assert "every 1s" not in said

    for n in range(2):  # the second time it's the same row, given up as well
        asked = browser.post(f"{why}compare/", {"from": "2026-11-23"})["Location"]
        assert "being worked out" in browser.get(asked).content.decode()
        if not n:
            give_up(clock)
    for day, inputs in zip(KeptInputs.objects.order_by("day"), kept, strict=True):
        KeptInputs.objects.filter(pk=day.pk).update(inputs=inputs)
    work.drain("movements")
    assert DateMovement.objects.get(since=Since.ASKED).shares
    for path in (asked, why):
        assert "Together" in browser.get(path).content.decode()
    for path in (f"/launches/APOLLO/milestones/{milestone.pk}/", why):
        assert "could not work out" not in browser.get(path).content.decode(), "what was asked for tells it here, too"


def test_what_somebody_asked_for_is_not_promised_for_tonight(
    night: Launch, clock: MovingClock, ana: User, signed_in: Callable[[User], Client]
) -> None:
    DateMovement.objects.all().delete()
    ask_movement(launch=night, milestone=None, before_day=MONDAY.date(), actor=ana)
    give_up(clock)
    said = signed_in(ana).get(f"/launches/APOLLO/why/?from={MONDAY.date()}").content.decode()
    assert "could not work out" in said
    assert "tonight" not in said


def keep_again(launch: Launch, days: int) -> None:
    """So many days after the week that went by, the forecasts are what they were."""
    last = KeptInputs.objects.filter(launch=launch).latest("day")
    day = MONDAY.date() + timedelta(days=7 + days)
    keep_inputs(
        KeptInputs(launch=launch, day=day, inputs=last.inputs, p85=last.p85, p50=last.p50, milestones=last.milestones)
    )


def test_what_was_given_up_is_tried_again_on_each_new_day_and_once(night: Launch, clock: MovingClock) -> None:
    given_up = {(row.since, row.milestone_id) for row in due()}
    assert {(Since.WEEK, None), (Since.CHANGE, None)} < given_up
    give_up(clock)
    for days in (0, 1, 1, 2, 2):
        is_new = not KeptInputs.objects.filter(day=MONDAY.date() + timedelta(days=7 + days)).exists()
        keep_again(night, days)
        assert {(row.since, row.milestone_id) for row in due()} == (given_up if is_new else set())
        give_up(clock)


def test_trying_many_again_costs_as_many_statements_as_trying_one(night: Launch, clock: MovingClock) -> None:
    changes = DateMovement.objects.filter(milestone__isnull=False)
    changes.update(since=Since.CHANGE)
    keep_again(night, 1)
    statements = []
    for days in (2, 3):
        give_up(clock)
        with CaptureQueriesContext(connection) as asked:
            keep_again(night, days)
        statements.append(len(asked))
        changes.filter(since=Since.CHANGE).delete()
    assert statements[0] == statements[1]


def test_what_was_worked_out_is_not_tried_again(night: Launch) -> None:
    work.drain("movements")
    keep_again(night, 1)
    assert {row.since for row in due()} == {Since.WEEK}


def test_of_the_same_two_days_what_is_due_is_shown_before_what_was_given_up(
    night: Launch, clock: MovingClock, ana: User
) -> None:
    ask_movement(launch=night, milestone=None, before_day=MONDAY.date(), actor=ana)
    give_up(clock)
    for since in (Since.ASKED, Since.WEEK):
        wanted = DateMovement.objects.get(launch=night, milestone=None, since=since)
        DateMovement.objects.update(due_at=None)
        DateMovement.objects.filter(pk=wanted.pk).update(due_at=now())
        assert movement_between(night.pk, None, wanted.before_day, wanted.after_day) == wanted


def test_keeping_a_day_does_not_read_what_earlier_explanations_say(night: Launch) -> None:
    work.drain("movements")
    Milestone.objects.filter(launch=night).update(tasks_total=95)
    with CaptureQueriesContext(connection) as asked:
        compute(night)
    read = [one["sql"] for one in asked if one["sql"].startswith("SELECT") and "datemovement" in one["sql"]]
    assert read
    assert not [sql for sql in read if '"shares"' in sql]
    assert due().count() == ALL
