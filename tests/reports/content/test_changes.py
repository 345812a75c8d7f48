"""Squashing: by examples, and the promise that no piece of an event is lost or told twice."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reports.content.changes import ChangeKind, squash
from reports.content.facts import EventFacts

_numbers = iter(range(1, 10_000))


def _event(verb: str, subject: int = 1, **fields: tuple[Any, Any]) -> EventFacts:
    return EventFacts(
        id=next(_numbers),
        verb=f"milestone.{verb}",
        subject=("milestone", subject),
        name=f"M{subject}",
        before={name: old for name, (old, _) in fields.items()},
        after={name: new for name, (_, new) in fields.items()},
    )


def test_several_edits_of_one_field_become_one_move() -> None:
    told = squash([_event("edited", due_date=("a", "b")), _event("edited", due_date=("b", "c"))])
    assert [(change.field, change.before, change.after) for change in told.changes] == [("due_date", "a", "c")]
    assert len(told.changes[0].pieces) == 2


def test_a_change_undone_disappears() -> None:
    told = squash([_event("edited", due_date=("a", "b")), _event("edited", due_date=("b", "a"))])
    assert told.changes == ()
    assert len(told.undone) == 2


def test_what_was_made_and_deleted_is_not_told() -> None:
    told = squash([_event("created", name=("", "x")), _event("edited", name=("x", "y")), _event("deleted")])
    assert told.changes == ()


def test_what_was_made_is_told_once_with_its_newest_values() -> None:
    told = squash([_event("created", due_date=(None, "a")), _event("edited", due_date=("a", "b"))])
    assert [(change.kind, change.after) for change in told.changes] == [(ChangeKind.ADDED, {"due_date": "b"})]


def test_deleted_and_restored_is_as_if_nothing_was() -> None:
    told = squash([_event("deleted"), _event("restored"), _event("edited", owner=("a", "b"))])
    assert [change.field for change in told.changes] == ["owner"]


def test_the_newest_reason_is_kept() -> None:
    first = _event("edited", due_date=("a", "b"))
    second = EventFacts(
        **{**first.__dict__, "id": first.id + 1, "before": {"due_date": "b"}, "after": {"due_date": "c"}, "why": "late"}
    )
    assert squash([first, second]).changes[0].why == "late"


_FIELDS = st.dictionaries(st.sampled_from(["due_date", "state", "owner"]), st.integers(0, 2), max_size=3)
_VERBS = st.sampled_from(["created", "edited", "deleted", "restored", "voted"])


@st.composite
def _histories(draw: st.DrawFn) -> list[EventFacts]:
    rows = draw(st.lists(st.tuples(_VERBS, st.integers(1, 3), _FIELDS, _FIELDS), max_size=25))
    return [
        EventFacts(id=number, verb=f"x.{verb}", subject=("milestone", subject), name="M", before=before, after=after)
        for number, (verb, subject, before, after) in enumerate(rows, 1)
    ]


@given(_histories())
def test_every_piece_of_every_event_ends_in_exactly_one_place(events: list[EventFacts]) -> None:
    told = squash(events)
    placed = [piece for change in told.changes for piece in change.pieces] + list(told.undone)
    names = {event.id: {*event.before, *event.after} or {""} for event in events}
    assert sorted(placed) == sorted((number, name) for number, fields in names.items() for name in fields)


@given(_histories())
def test_squashing_does_not_depend_on_the_order_of_reading(events: list[EventFacts]) -> None:
    assert squash(list(reversed(events))) == squash(events)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=10))
def test_a_chain_tells_its_ends_only(values: list[int]) -> None:
    steps = [_event("edited", due_date=(old, new)) for old, new in itertools.pairwise(values)]
    ends = [(change.before, change.after) for change in squash(steps).changes]
    assert ends == ([(values[0], values[-1])] if values[0] != values[-1] else [])
