"""The declared status held against computed health: how far apart they are, and how long a better word stands."""

from __future__ import annotations

from datetime import date, timedelta

LONGEST = timedelta(days=14)
"""A status that is better than computed health stands this long at most; then somebody says so again, with a reason."""

_RANK = {"on_track": 0, "possible_delays": 1, "at_risk": 2}


def gap(computed: str, *, said: str) -> int:
    """By how many levels computed health is worse than the declared status, 0 to 2.

    A pause is no disagreement, and nor is not knowing.
    """
    return max(_RANK.get(computed, 0) - _RANK.get(said, 2), 0)


def is_worse(computed: str, *, than: str) -> bool:
    """Whether computed health is worse than the declared status."""
    return gap(computed, said=than) > 0


def is_level(computed: str) -> bool:
    """Whether `computed` can be held against a declared status: not what is unknown, paused or over."""
    return computed in _RANK


def last_day(today: date) -> date:
    """The last day on which a better word that was given today can stand."""
    return today + LONGEST
