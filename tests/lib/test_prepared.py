"""Prepared statements bring what their query sets bring, and refuse what they would get wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from launches.models import Launch, LaunchSummary
from luna import clock
from luna.lib.prepared import Prepared
from people.models import User
from tests.factories import make_launch

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
COLUMNS = ("key", "target_date", "created_at", "summary__signals", "summary__progress")


def test_rows_are_those_of_the_query_set_with_the_values_of_python(ana: User) -> None:
    for days in range(4):
        launch = make_launch(ana, target_date=DAY + timedelta(days=days))
        LaunchSummary.objects.filter(launch=launch).update(signals=[{"sentence": "Größer als “alles”"}])

    def due_until(owner_id: int, until: date, made_until: datetime) -> object:
        found = Launch.objects.filter(owner_id=owner_id, target_date__lte=until, created_at__lte=made_until)
        return found.order_by("pk").values_list(*COLUMNS)[:3]

    asked = Prepared(due_until, owner_id=int, until=date, made_until=datetime)  # type: ignore[arg-type]
    now = clock.now() + timedelta(days=1)
    for days in (-1, 1, 9):
        until = DAY + timedelta(days=days)
        expected = list(due_until(ana.pk, until, now))  # type: ignore[call-overload]
        assert asked.rows(owner_id=ana.pk, until=until, made_until=now) == expected
    assert len(asked.rows(owner_id=ana.pk, until=DAY + timedelta(days=9), made_until=now)) == 3
    assert asked.rows(owner_id=ana.pk + 1, until=DAY + timedelta(days=9), made_until=now) == []


def test_unread_rows_are_hashable_and_can_be_read(ana: User) -> None:
    make_launch(ana, key="ONE")
    asked = Prepared(lambda owner_id: Launch.objects.filter(owner_id=owner_id).values_list(*COLUMNS), owner_id=int)
    (unread,) = asked.unread(owner_id=ana.pk)
    assert hash(unread)
    assert [asked.read(unread)] == asked.rows(owner_id=ana.pk)


def test_json_in_the_statement_is_the_same_each_time(ana: User) -> None:
    with_signals, without = make_launch(ana, key="ONE"), make_launch(ana, key="TWO")
    LaunchSummary.objects.filter(launch=with_signals).update(signals=[{"sentence": "Late"}])
    asked = Prepared(
        lambda owner_id: Launch.objects.filter(owner_id=owner_id, summary__signals=[]).values_list("key"), owner_id=int
    )
    for _ in range(2):
        assert asked.rows(owner_id=ana.pk) == [(without.key,)]


def test_an_argument_that_is_changed_on_its_way_is_refused() -> None:
    asked = Prepared(
        lambda today: Launch.objects.filter(target_date__lte=today + timedelta(days=30)).values_list("key"), today=date
    )
    with pytest.raises(ValueError, match="an argument of its own"):
        asked.rows(today=DAY)


def test_a_text_that_depends_on_an_argument_is_refused() -> None:
    def by_parity(number: int) -> object:
        found = Launch.objects.filter(owner_id=number) if number % 2 else Launch.objects.filter(pk=number)
        return found.values_list("key")

    with pytest.raises(ValueError, match="text depends"):
        Prepared(by_parity, number=int).rows(number=1)  # type: ignore[arg-type]


def test_missing_and_strange_arguments_are_refused() -> None:
    asked = Prepared(lambda owner_id: Launch.objects.filter(owner_id=owner_id).values_list("key"), owner_id=int)
    strange: list[dict[str, int | date | datetime]] = [{}, {"owner_id": 1, "today": DAY}]
    for given in strange:
        with pytest.raises(TypeError, match="owner_id"):
            asked.rows(**given)
