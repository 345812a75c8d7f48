"""The house's signs where only characters can be drawn."""

from __future__ import annotations

_MOONS = "🌑🌒🌓🌔🌕"
_MARKS = {"ok": "●", "warn": "◐", "bad": "▲", "paused": "‖", "done": "✓", "unknown": "?", "half": "◐", "fail": "✕"}


def moon_character(fraction: float) -> str:
    """New moon only at nothing, full moon only when all is done; between them crescent, half and gibbous."""
    if fraction <= 0:
        return _MOONS[0]
    if fraction >= 1:
        return _MOONS[4]
    return _MOONS[1 + min(int(fraction * 3), 2)]


def mark_character(mark: str) -> str:
    """The shape of a status as a character; nothing for marks without one."""
    return _MARKS.get(mark, "")
