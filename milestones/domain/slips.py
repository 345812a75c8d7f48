"""Whether a due date has slipped, out of all its moves: a date that was moved back again has not (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milestones.domain.facts import SlipFacts


@dataclass(frozen=True)
class DueMove:
    """One change of a due date; None where it had none before, or has none after."""

    on: date
    before: date | None
    after: date | None


def slip_of(moves: Sequence[DueMove], due: date | None, baseline: date | None) -> SlipFacts | None:
    """How `due` slipped by these moves (oldest first); None where it did not, or where there is no due date.

    It was first due at the `baseline` where there is an earlier one, else at the first date that it ever had. Freezing
    a new baseline at the moved date hides no move: then it was first due at the date before the last move to a later.
    """
    dated = moves_between_dates(moves)
    later = [move for move in dated if move.after > move.before]
    last = next((move for move in reversed(later) if due is not None and due > move.before), None)
    if due is None or last is None:
        return None
    first = baseline or dated[0].before
    if first >= due:
        first = last.before
    since = max((n for n, move in enumerate(dated) if move.before == first), default=0)
    return SlipFacts(first, len(dated) - since, last.on)


def first_due_of(moves: Sequence[DueMove], due: date | None, baseline: date | None) -> date | None:
    """The date that was agreed first: where it slipped, the one from which it did, else the baseline or its due date.

    By the same rule as `slip_of`: moving a date, or taking it away, makes nothing on time. None where it never had one.
    """
    slip = slip_of(moves, due, baseline)
    ever = (day for move in moves for day in (move.before, move.after) if day is not None)
    return slip.first_due if slip else baseline or due or next(ever, None)


def moved_from(moves: Sequence[DueMove], due: date | None, baseline: date | None) -> date | None:
    """`first_due_of`, where the `baseline` or else `due` doesn't tell it; None where it does, or there was no date."""
    first = first_due_of(moves, due, baseline)
    return None if first == (baseline or due) else first


@dataclass(frozen=True)
class DatedMove:
    """A move from one date to another."""

    on: date
    before: date
    after: date


def moves_between_dates(moves: Sequence[DueMove]) -> list[DatedMove]:
    """From one date to another: taking a date away and giving a later one is a move, too."""
    found: list[DatedMove] = []
    stood: date | None = None
    for move in moves:
        stood = move.before or stood
        if move.after is not None:
            if stood is not None and move.after != stood:
                found.append(DatedMove(move.on, stood, move.after))
            stood = move.after
    return found
