"""The moon's lit part is exactly the fraction of the disc, and its words are those that it was given."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.ui.moon import RADIUS, lit_path
from luna.ui.templatetags.ui import moon

ARC = re.compile(r"M0 -(?P<r>[\d.]+)A[\d.]+ [\d.]+ 0 0 1 0 [\d.]+A(?P<a>[\d.]+) [\d.]+ 0 0 (?P<sweep>[01]) 0 -[\d.]+Z")


def lit_area(path: str) -> float:
    """Area between the right half circle and the half ellipse that closes the path."""
    parts = ARC.fullmatch(path)
    assert parts, path
    radius, axis = float(parts["r"]), float(parts["a"])
    ellipse = math.pi * axis * radius / 2
    half = math.pi * radius**2 / 2
    return half + ellipse if parts["sweep"] == "1" else half - ellipse


@given(st.floats(min_value=0.001, max_value=0.999))
def test_the_lit_part_is_the_fraction_of_the_disc(fraction: float) -> None:
    path = lit_path(fraction)
    assert path
    assert lit_area(path) / (math.pi * RADIUS**2) == pytest.approx(fraction, abs=1e-4)


def test_the_drawn_examples() -> None:
    assert lit_path(0.62) == "M0 -9A9 9 0 0 1 0 9A2.16 9 0 0 1 0 -9Z"
    assert lit_path(0.3) == "M0 -9A9 9 0 0 1 0 9A3.6 9 0 0 0 0 -9Z"


@pytest.mark.parametrize("fraction", [0.0, -0.5])
def test_a_new_moon_is_a_dark_disc(fraction: float) -> None:
    assert lit_path(fraction) is None
    assert 'class="sky"' in moon(fraction)
    assert 'class="lit"' not in moon(fraction)


@pytest.mark.parametrize("fraction", [1.0, 1.5])
def test_a_full_moon_is_the_whole_disc(fraction: float) -> None:
    assert lit_path(fraction) == "M0 -9A9 9 0 1 1 0 9A9 9 0 1 1 0 -9Z"


def test_the_label_is_said_and_escaped() -> None:
    assert 'aria-label="13 of 21 &lt;tasks&gt;"' in moon(0.62, "13 of 21 <tasks>")
    assert 'aria-label="62 % complete"' in moon(0.62)
    assert moon(None) == moon(0.0)
