"""The tests' own people and clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from luna import clock as luna_clock
from people.models import User
from tests.factories import make_launch
from tests.moving_clock import MovingClock


def test_the_clock_moves_as_often_as_it_is_told(clock: MovingClock) -> None:
    before = luna_clock.now()
    for days in range(1, 4):
        clock.move(timedelta(days=1))
        assert timedelta(days=days) <= luna_clock.now() - before < timedelta(days=days, minutes=1)


def test_the_clock_can_be_set(clock: MovingClock) -> None:
    clock.set(datetime(2031, 3, 4, 9, tzinfo=UTC))
    assert luna_clock.today("UTC").isoformat() == "2031-03-04"


def test_an_editor_takes_part_in_the_launch(ana: User, ben: User, dan: User) -> None:
    launch = make_launch(ana, private=True, editors=(ben,))
    assert type(launch).objects.visible_to(ben).get() == launch
    assert not type(launch).objects.visible_to(dan).exists()
