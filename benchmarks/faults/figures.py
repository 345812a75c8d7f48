"""A figure that a fault left behind, beside what was promised."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Bound(StrEnum):
    """How a figure has to stand to its limit."""

    AT_MOST = "at most"
    AT_LEAST = "at least"
    EXACTLY = "exactly"


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`. Without a limit it only tells how much was tried."""

    name: str
    value: float
    limit: float | None = None
    unit: str = ""
    bound: Bound = Bound.AT_MOST

    @property
    def holds(self) -> bool:
        """Whether it is as promised."""
        if self.limit is None:
            return True
        match self.bound:
            case Bound.AT_MOST:
                return self.value <= self.limit
            case Bound.AT_LEAST:
                return self.value >= self.limit
            case Bound.EXACTLY:
                return self.value == self.limit

    @property
    def promise(self) -> str:
        """The limit in words, or nothing."""
        return "" if self.limit is None else f"{self.bound} {shown(self.limit, self.unit)}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Figure:
        return cls(**data | {"bound": Bound(data["bound"])})


def shown(value: float, unit: str) -> str:
    """The number as people read it, with its unit."""
    digits = 0 if float(value).is_integer() else 2
    return f"{value:,.{digits}f} {unit}".strip()


def row(fault: str, figure: Figure) -> str:
    """One line of the printed table."""
    verdict = "ok  " if figure.holds else "OVER"
    value = shown(figure.value, figure.unit)
    return f"{verdict}  {fault:<4} {figure.name:<58} {value:>14}   {figure.promise}".rstrip()


def percentile(values: list[float], percent: float) -> float:
    """The smallest of `values` that `percent` of them do not exceed (nearest rank); 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0
