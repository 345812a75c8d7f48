"""Squashing: many edits of one thing become one honest change each, and what was undone disappears.

An event with two changed fields is two *pieces*. Every piece of every event ends in exactly one place: in one
change, or among the undone ones. Nothing is lost and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from reports.content.facts import EventFacts

Piece = tuple[int, str]
"""Event id and field; the field is empty for what happened to the thing as a whole."""

_BORN = {"created", "added", "asked", "raised", "written"}
_GONE = {"deleted", "removed"}
_BACK = {"restored"}


class ChangeKind(StrEnum):
    """What became of the thing."""

    ADDED = "added"
    REMOVED = "removed"
    SET = "set"
    """One field has another value."""
    HAPPENED = "happened"
    """An event that changed no field."""


@dataclass(frozen=True)
class Change:
    """One difference between then and now."""

    kind: ChangeKind
    subject: tuple[str, int]
    name: str
    pieces: tuple[Piece, ...]
    field: str = ""
    before: Any = None
    after: Any = None
    """For what was added: its newest values by field."""
    verb: str = ""
    why: str = ""
    who: str = ""
    launch: str = ""
    """The launch's key."""


@dataclass(frozen=True)
class Squashed:
    """All pieces of a stretch of the log, each once."""

    changes: tuple[Change, ...]
    undone: tuple[Piece, ...]


def squash(events: Iterable[EventFacts]) -> Squashed:
    """What differs after `events`, in the order in which the things were first touched."""
    ordered = sorted(events, key=lambda event: event.id)
    first_touch = {event.subject: event.id for event in reversed(ordered)}
    by_subject = sorted(ordered, key=lambda event: (first_touch[event.subject], event.id))
    changes: list[Change] = []
    undone: list[Piece] = []
    for _, group in groupby(by_subject, key=lambda event: event.subject):
        told, dropped = _of_one_thing(list(group))
        changes += told
        undone += dropped
    return Squashed(tuple(changes), tuple(undone))


def _of_one_thing(events: Sequence[EventFacts]) -> tuple[list[Change], list[Piece]]:
    lives = [event for event in events if _tail(event) in _BORN | _GONE | _BACK]
    born = bool(lives) and _tail(lives[0]) in _BORN
    gone = bool(lives) and _tail(lives[-1]) in _GONE
    pieces = [piece for event in events for piece in _pieces(event)]
    if born and gone:
        return [], pieces
    if born or gone:
        kind = ChangeKind.ADDED if born else ChangeKind.REMOVED
        values = {name: value for event in events for name, value in event.after.items()}
        return [_change(kind, events, pieces, after=values, source=lives[0 if born else -1])], []
    changes, undone = _by_field([event for event in events if event not in lives])
    # Deleted and restored: as if nothing had happened to the thing as a whole.
    return changes, undone + [piece for event in lives for piece in _pieces(event)]


def _by_field(events: Sequence[EventFacts]) -> tuple[list[Change], list[Piece]]:
    changes: list[Change] = []
    undone: list[Piece] = []
    names = dict.fromkeys(name for event in events for _, name in _pieces(event))
    for name in names:
        touching = [event for event in events if (event.id, name) in _pieces(event)]
        pieces = [(event.id, name) for event in touching]
        if not name:
            changes += [_change(ChangeKind.HAPPENED, [event], [(event.id, "")], source=event) for event in touching]
            continue
        before, after = touching[0].before.get(name), touching[-1].after.get(name)
        if before == after:
            undone += pieces
        else:
            source = touching[-1]
            changes.append(
                _change(ChangeKind.SET, touching, pieces, field=name, before=before, after=after, source=source)
            )
    return changes, undone


def _change(
    kind: ChangeKind,
    events: Sequence[EventFacts],
    pieces: Sequence[Piece],
    *,
    source: EventFacts,
    field: str = "",
    before: Any = None,
    after: Any = None,
) -> Change:
    """A change under the thing's newest name, with the newest reason that somebody gave."""
    whys = [event.why for event in events if event.why]
    return Change(
        kind=kind,
        subject=source.subject,
        name=events[-1].name,
        pieces=tuple(pieces),
        field=field,
        before=before,
        after=after,
        verb=source.verb,
        why=whys[-1] if whys else "",
        who=source.who,
        launch=source.launch,
    )


def _pieces(event: EventFacts) -> list[Piece]:
    names = [*event.after, *(name for name in event.before if name not in event.after)]
    return [(event.id, name) for name in names] or [(event.id, "")]


def _tail(event: EventFacts) -> str:
    return event.verb.rpartition(".")[2]
