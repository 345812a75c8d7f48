"""A save that meets a newer save is refused; the log tells both sides."""

from __future__ import annotations

import pytest

from luna.events.log import changed_fields, record
from luna.events.models import Event
from luna.lib.versions import StaleVersionError, save_version
from people.models import User
from tests.factories import make_launch


def test_the_second_of_two_editors_is_refused_with_the_first_ones_row(ana: User) -> None:
    launch = make_launch(ana, name="Old")
    seen_by_both = launch.version
    save_version(launch, expected=seen_by_both, name="First")
    with pytest.raises(StaleVersionError) as refused:
        save_version(launch, expected=seen_by_both, name="Second")
    assert str(refused.value.current) == "First"
    launch.refresh_from_db()
    assert (launch.name, launch.version) == ("First", seen_by_both + 1)


def test_an_event_keeps_who_what_before_and_after(ana: User) -> None:
    launch = make_launch(ana)
    before, after = changed_fields({"name": "A", "tier": 1}, {"name": "B", "tier": 1})
    record("launch.edited", launch, actor=ana, launch_id=launch.pk, before=before, after=after, why="because")
    event = Event.objects.get()
    assert (event.verb, event.before, event.after) == ("launch.edited", {"name": "A"}, {"name": "B"})
    assert (event.subject_kind, event.subject_id, event.actor, event.why) == ("launch", launch.pk, ana, "because")
