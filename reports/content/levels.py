"""Comparing what is said with what is computed (pure)."""

from __future__ import annotations

_RANK = {"on_track": 0, "possible_delays": 1, "at_risk": 2}


def is_worse(computed: str, *, than: str) -> bool:
    """Whether computed health is worse than the declared status; a pause or not knowing is no disagreement."""
    return _RANK.get(computed, 0) > _RANK.get(than, 2)
