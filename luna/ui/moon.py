"""The moon's phase as path data: the lit part is exactly the given fraction of the disc's area (pure)."""

from __future__ import annotations

RADIUS = 9.0
"""Of the drawn disc, in a view box of -10 -10 20 20; the rim lies outside it."""


def lit_path(fraction: float, radius: float = RADIUS) -> str | None:
    """The `d` of the lit part, waxing from the right; None at 0 (nothing lit) and the whole disc at 1.

    The edge of the shadow is half an ellipse of semi-axis |a|, a = r(1 - 2f). Half the disc less (crescent) or plus
    (gibbous) half that ellipse is pi r^2 / 2 - pi r a / 2 = f pi r^2.
    """
    if fraction <= 0:
        return None
    r = _number(radius)
    if fraction >= 1:
        return f"M0 -{r}A{r} {r} 0 1 1 0 {r}A{r} {r} 0 1 1 0 -{r}Z"
    axis = radius * (1 - 2 * fraction)
    sweep = 0 if axis > 0 else 1
    return f"M0 -{r}A{r} {r} 0 0 1 0 {r}A{_number(abs(axis))} {r} 0 0 {sweep} 0 -{r}Z"


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
