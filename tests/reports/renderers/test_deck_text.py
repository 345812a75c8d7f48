"""How much room text takes on a slide."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from reports.renderers.deck_text import cut, line_ends, plain, text_width

_WORDS = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200)


def test_widths_are_close_to_arials() -> None:
    # Arial sets “Calendar sync, two-way” in 148.6 points at 14.
    assert 148.6 <= text_width("Calendar sync, two-way", 14) <= 148.6 * 1.06
    assert text_width("署名", 10) >= 20
    assert text_width("wide", 14, bold=True) > text_width("wide", 14)


def test_lines_break_at_spaces_and_between_east_asian_characters() -> None:
    text = "one two three"
    ends = line_ends(text, 14, text_width("one two", 14) + 1)
    assert [text[: ends[0]], text[ends[0] :]] == ["one two ", "three"]
    assert len(line_ends("字" * 10, 10, 42)) == 3


def test_an_endless_word_is_broken_where_the_room_ends() -> None:
    assert len(line_ends("x" * 100, 14, 100)) > 5


@given(_WORDS, st.floats(30, 600), st.integers(1, 4))
def test_what_was_cut_fits_and_says_so(text: str, room: float, lines: int) -> None:
    words = plain(text)
    kept = cut(words, 14, room, lines=lines)
    assert kept == words or (kept.endswith("…") and words.startswith(kept[:-1]))
    # The ellipsis may open one more line where a single character is wider than the room that is left.
    assert len(line_ends(kept, 14, room)) <= lines or len(kept) <= 2


@given(st.floats(30, 400), st.integers(1, 2))
def test_a_day_is_told_whole_or_not_at_all(room: float, lines: int) -> None:
    words = "Likely Thu 3 Dec, 85 % sure by Fri 25 Dec 2026; due Fri 27 Nov."
    days = ("Thu 3 Dec", "Fri 25 Dec 2026", "Fri 27 Nov")
    kept = cut(words, 14, room, lines=lines).removesuffix("…")
    whole = sum(day in kept for day in days)
    assert kept.count("Dec") + kept.count("Nov") == whole
    assert not any(f"{name} " in kept.replace(day, "") for day in days for name in ("Thu", "Fri") if not whole)
    assert not kept.endswith(("Thu", "Fri", "Fri 25", "Fri 25 De"))


@given(_WORDS, st.floats(30, 600))
@example("/®\u0e5c", 30.0)
def test_lines_end_where_the_text_ends_and_none_is_too_long(text: str, room: float) -> None:
    words = plain(text)
    ends = line_ends(words, 14, room)
    assert ends[-1] == len(words)
    assert ends == sorted(ends)
    for start, end in zip([0, *ends], ends, strict=False):
        assert text_width(words[start:end].rstrip(" "), 14) <= room + 0.01 or end - start == 1


def test_what_no_slide_can_hold_is_taken_out() -> None:
    assert plain("a\x00b\x0bc\ud800d\ue000e\U000f0000f\u202eg") == "abcdefg"
