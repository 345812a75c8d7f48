"""Timing two ways of doing the same thing in turn, so that a busy machine slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """Ours against a limit, both in milliseconds (medians of interleaved rounds)."""

    name: str
    ours_ms: float
    limit_ms: float
    at_most: float
    against: str

    @property
    def value(self) -> float:
        """How many times the limit ours takes."""
        return self.ours_ms / self.limit_ms

    @property
    def holds(self) -> bool:
        """Whether the ratio is within what was promised."""
        return self.value <= self.at_most

    def __str__(self) -> str:
        verdict = "ok  " if self.holds else "OVER"
        return (
            f"{verdict}  {self.name:<44} {self.ours_ms:9.2f} ms  {self.value:6.2f}× of {self.limit_ms:.2f} ms "
            f"(limit {self.at_most:g}×: {self.against})"
        )


def compare(
    name: str,
    ours: Callable[[], object],
    limit: Callable[[], object],
    *,
    at_most: float,
    against: str,
    rounds: int = 30,
) -> Ratio:
    """Interleave both and compare their medians; one round each goes before, uncounted."""
    ours()
    limit()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for times, run in zip(taken, (ours, limit), strict=True):
            started = time.perf_counter()
            run()
            times.append((time.perf_counter() - started) * 1000)
    return Ratio(name, statistics.median(taken[0]), statistics.median(taken[1]), at_most, against)
