"""Dates as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.ui import wording

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), "today"),
        (date(2026, 11, 24), "tomorrow"),
        (date(2026, 11, 22), "yesterday"),
        (date(2026, 12, 1), "in 8 days"),
        (date(2026, 12, 14), "in 3 weeks"),
        (date(2027, 3, 23), "in 4 months"),
        (date(2026, 11, 14), "9 days ago"),
    ],
)
def test_how_far_a_day_is(day: date, words: str) -> None:
    assert wording.distance_words(day, TODAY) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 11), "Fri 11 Dec"),
        (date(2027, 1, 28), "Thu 28 Jan"),
        (date(2027, 8, 2), "Mon 2 Aug 2027"),
        (date(2026, 1, 5), "Mon 5 Jan"),
    ],
)
def test_a_day_has_its_year_only_when_it_is_far(day: date, words: str) -> None:
    assert wording.day_words(day, TODAY) == words


def test_lateness_is_short_in_tables_and_long_in_prose() -> None:
    late = TODAY - timedelta(days=9)
    assert wording.late_words(late, TODAY) == "9 d late"
    assert wording.late_words(late, TODAY, short=False) == "9 days late"
    assert wording.late_words(TODAY - timedelta(days=1), TODAY, short=False) == "1 day late"
    assert wording.late_words(TODAY, TODAY) == ""


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=8), "today 06:30"),
        (timedelta(hours=20), "yesterday 18:30"),
        (timedelta(days=3), "Fri 20 Nov 14:30"),
        (timedelta(days=30), "Sat 24 Oct"),
        (-timedelta(days=1), "tomorrow 14:30"),
    ],
)
def test_how_long_ago_an_instant_was(before: timedelta, words: str) -> None:
    now = datetime(2026, 11, 23, 14, 30, tzinfo=ZoneInfo("UTC"))
    assert wording.ago_words(now - before, now) == words


def test_the_exact_instant_names_its_zone() -> None:
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC).astimezone(ZoneInfo("Europe/Lisbon"))
    assert wording.exact_instant(at) == "Monday 23 November 2026, 09:00 (Europe/Lisbon)"


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_what_is_late_is_never_also_to_come(day: date) -> None:
    to_come = wording.distance_words(day, TODAY).startswith("in ")
    assert not (to_come and wording.late_words(day, TODAY))


@pytest.mark.parametrize(
    ("name", "letters"), [("Martin Hale", "MH"), ("Zoë", "Z"), ("", "·"), ("ana maria de souza", "AS"), (" ! ", "·")]
)
def test_initials(name: str, letters: str) -> None:
    assert wording.initials(name) == letters


@pytest.mark.parametrize(
    ("fraction", "words"),
    [
        (0, "0 %"),
        (13 / 21, "62 %"),
        (0.554, "55 %"),
        (0.999, "99 %"),
        (1 - 1e-12, "100 %"),
        (1, "100 %"),
        (1.2, "100 %"),
    ],
)
def test_only_what_is_complete_says_a_hundred_per_cent(fraction: float, words: str) -> None:
    assert wording.percent(fraction) == words
