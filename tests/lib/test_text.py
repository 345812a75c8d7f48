"""Cleaning at the door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.lib.text import clean_line, clean_text, is_right_to_left


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("NUL\x00 inside", "NUL inside"),
        ("bell\x07 and vertical\x0b tab", "bell and vertical tab"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("\ufffe\uffffedge", "edge"),
        ("safe \u202egnp.exe", "safe gnp.exe"),
        ("two\r\nlines\rthree", "two\nlines\nthree"),
        ("  padded\t", "padded"),
        ("e\u0301", "é"),
        ("emoji 🌓 stays", "emoji 🌓 stays"),
    ],
)
def test_unwanted_characters_go(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text(max_size=300), st.integers(1, 50))
def test_what_is_clean_stays_and_fits(raw: str, limit: int) -> None:
    once = clean_text(raw, limit=limit)
    assert len(once) <= limit
    assert clean_text(once, limit=limit) == once
    once.encode()


@given(st.text())
def test_a_line_has_no_breaks(raw: str) -> None:
    assert not set(clean_line(raw)) & set("\n\t\r")


@given(
    st.text(max_size=60) | st.text("aé e\u0301\u202e\u00a0\u200b\u3000\n\t \ufb01\uffff…", max_size=12),
    st.none() | st.integers(1, 12),
)
def test_a_line_is_its_text_with_single_spaces(raw: str, limit: int | None) -> None:
    assert clean_line(raw, limit=limit) == clean_text(" ".join(clean_text(raw).split()), limit=limit)


def test_each_character_is_cleaned_alike_on_a_line_and_in_a_text() -> None:
    for code in range(0x11000):
        raw = f"a{chr(code)}b"
        assert clean_line(raw) == clean_text(" ".join(clean_text(raw).split())), hex(code)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("Ana", False),
        ("", False),
        ("…", False),
        ("12. خطة", True),
        ("12 ▲", False),
        ("اعتماد", True),
        ("● חתימה Ana", True),
        ("Ana חתימה", False),
        ("Set a due date: תקיים חתימה והדרכה", False),
        ("עדכון מחירים: 3 days later than agreed", False),
    ],
)
def test_a_sentence_of_luna_s_runs_from_the_left_whatever_it_names(text: str, is_so: bool) -> None:
    assert is_right_to_left(text) is is_so
