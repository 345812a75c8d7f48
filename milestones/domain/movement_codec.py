"""Why a date moved, as plain data to keep, and back; ids only, never a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from milestones.domain.mixture import Cause, Went
from milestones.domain.movement import Part, Share


def shares_to_json(shares: Iterable[Share]) -> list[dict[str, Any]]:
    """In the same order."""
    return [
        {"cause": one.part.cause.value, "ids": list(one.part.milestone_ids), "days": one.days, "chance": one.chance}
        for one in shares
    ]


def shares_from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Share, ...]:
    """What `shares_to_json` wrote."""
    return tuple(Share(Part(Cause(one["cause"]), tuple(one["ids"])), one["days"], one["chance"]) for one in kept)


def went_to_json(went: Went | None) -> dict[str, Any] | None:
    """None stays None."""
    return asdict(went) if went else None


def went_from_json(kept: Mapping[str, Any] | None) -> Went | None:
    """What `went_to_json` wrote."""
    return Went(**kept) if kept else None
