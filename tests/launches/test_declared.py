"""The declared status against computed health: how far apart, with which reason, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from launches.actions.statuses import Gap, declare_status, review_status
from launches.domain.declared import LONGEST, gap, is_worse
from launches.domain.types import NoticeReason, Status
from launches.models import Launch, LaunchSummary, Notice
from luna.events.models import Event, Through
from people.models import User
from people.selectors import workspace
from tests.factories import make_launch

SignedIn = Callable[[User], Client]
LEVELS = ("on_track", "possible_delays", "at_risk")


@pytest.mark.parametrize(
    ("computed", "said", "levels"),
    [
        ("at_risk", "on_track", 2),
        ("at_risk", "possible_delays", 1),
        ("possible_delays", "on_track", 1),
        ("on_track", "at_risk", 0),
        ("at_risk", "at_risk", 0),
        ("unknown", "on_track", 0),
        ("at_risk", "paused", 0),
        ("completed", "on_track", 0),
    ],
)
def test_how_much_worse_than_said(computed: str, said: str, levels: int) -> None:
    assert gap(computed, said=said) == levels
    assert is_worse(computed, than=said) is (levels > 0)


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_a_gap_grows_with_worse_health_and_shrinks_with_worse_words(computed: str, other: str, said: str) -> None:
    worse, better = sorted((computed, other), key=LEVELS.index, reverse=True)
    assert gap(worse, said=said) >= gap(better, said=said)
    assert gap(said, said=worse) <= gap(said, said=better)


def _computed(launch: Launch, level: str) -> Launch:
    LaunchSummary.objects.filter(launch=launch).update(health=level)
    return Launch.objects.select_related("summary", "owner").get(pk=launch.pk)


def _reviewed(launch: Launch, level: str, *, today: date, known: Gap = Gap()) -> tuple[Gap, Launch]:  # noqa: B008 frozen
    fresh = _computed(launch, level)
    found = review_status(launch=fresh, computed=level, known=known, today=today)
    return found, Launch.objects.get(pk=launch.pk)


def test_a_better_word_needs_a_reason_and_ends_after_a_fortnight_at_most(ana: User) -> None:
    launch, today = _computed(make_launch(ana, key="APOLLO"), "at_risk"), workspace().today
    with pytest.raises(ValidationError, match="say why"):
        declare_status(launch=launch, status=Status.ON_TRACK, reason=" ", actor=ana)
    for day in (today - timedelta(days=1), today + timedelta(days=15)):
        with pytest.raises(ValidationError, match="Choose a day"):
            declare_status(launch=launch, status=Status.ON_TRACK, reason="Parts are here", until=day, actor=ana)
    assert not Event.objects.exists()
    declare_status(launch=launch, status=Status.ON_TRACK, reason="Parts are here", actor=ana)
    assert Launch.objects.get().status_until == today + LONGEST
    declare_status(launch=launch, status=Status.AT_RISK, reason="They are not", until=None, actor=ana)
    assert Launch.objects.get().status_until is None


def test_the_page_asks_until_when_only_where_it_is_better(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    assert 'name="until"' not in signed_in(ana).get("/launches/APOLLO/status/").content.decode()
    _computed(launch, "possible_delays")
    page = signed_in(ana).get("/launches/APOLLO/status/").content.decode()
    assert 'name="until"' in page
    assert "named in the next digest" in page
    too_far = (workspace().today + timedelta(days=40)).isoformat()
    typed = {"status": "on_track", "reason": "Parts are here", "until": too_far}
    refused = signed_in(ana).post("/launches/APOLLO/status/", typed)
    assert refused.status_code == 422
    assert "Choose a day from today" in refused.content.decode()
    assert "Parts are here" in refused.content.decode()
    assert signed_in(ana).post("/launches/APOLLO/status/", typed | {"until": ""}).status_code == 303
    assert Launch.objects.get().status_until == workspace().today + LONGEST


def test_a_status_that_became_too_good_is_doubted_then_lapses(ana: User) -> None:
    launch, today = make_launch(ana, key="APOLLO"), workspace().today
    found, row = _reviewed(launch, "at_risk", today=today)
    assert found == Gap(2, today)
    assert (row.status, row.status_until) == (Status.ON_TRACK, today + LONGEST)
    notice = Notice.objects.get(reason=NoticeReason.STATUS_DOUBTED)
    assert notice.user == ana
    assert "Luna computes at risk. Say why it is so, or it becomes at risk after " in notice.sentence

    found, row = _reviewed(launch, "at_risk", today=today + LONGEST, known=found)
    assert (found, row.status) == (Gap(2, today), Status.ON_TRACK)
    found, row = _reviewed(launch, "at_risk", today=today + LONGEST + timedelta(days=1), known=found)
    assert (found, row.status, row.status_reason, row.status_until) == (Gap(), Status.AT_RISK, "", None)
    event = Event.objects.get(verb="launch.status_lapsed")
    assert (event.through, event.actor) == (Through.COMPUTED, None)
    assert "nobody renewed it" in event.why


def test_who_gave_a_reason_is_asked_to_check_it_and_not_for_a_reason(ana: User) -> None:
    launch = _computed(make_launch(ana, key="APOLLO", name="Apollo"), "on_track")
    declare_status(launch=launch, status=Status.ON_TRACK, reason="Parts are here", actor=ana)
    _, row = _reviewed(launch, "at_risk", today=date(2026, 11, 22))
    assert row.status_until == date(2026, 12, 6)
    assert Notice.objects.get(reason=NoticeReason.STATUS_DOUBTED).sentence == (
        "Apollo is declared on track, and Luna computes at risk. Check it again: it becomes at risk after Sun 6 Dec."
    )


def test_a_doubt_ends_when_health_recovers_but_not_while_nothing_is_known(ana: User) -> None:
    launch, today = make_launch(ana, key="APOLLO"), workspace().today
    known, _ = _reviewed(launch, "at_risk", today=today)
    found, row = _reviewed(launch, "unknown", today=today, known=known)
    assert (found, row.status_until) == (Gap(), today + LONGEST)
    _, row = _reviewed(launch, "on_track", today=today)
    assert row.status_until is None
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_who_declares_meanwhile_is_not_overruled(ana: User) -> None:
    launch, today = make_launch(ana, key="APOLLO"), workspace().today
    _reviewed(launch, "at_risk", today=today)
    read_before = _computed(launch, "at_risk")
    declare_status(launch=Launch.objects.get(), status=Status.ON_TRACK, reason="Parts are here", actor=ana)
    late = today + LONGEST + timedelta(days=1)
    assert review_status(launch=read_before, computed="at_risk", known=Gap(2, today), today=late) == Gap(2, today)
    row = Launch.objects.get()
    assert (row.status, row.status_reason) == (Status.ON_TRACK, "Parts are here")
