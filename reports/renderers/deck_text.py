"""How much room text takes on a slide: a simple table of widths, generous enough that what is said to fit does.

The widths are those of Arial and Helvetica in thousandths of the type size (the metrics that every office program's
substitute shares); what is not in the table gets a width that is seldom too small. All lengths are points.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from luna.lib.text import clean_line

_LINE_HEIGHT, _TALL_LINE_HEIGHT = 1.2, 1.45
"""Of a line of text, in type sizes: Latin, and the scripts whose fonts need more."""
_MARGIN: Final = 1.04
"""Other programs break lines a little earlier than this table would."""
_BOLD: Final = 1.08
_WIDTHS: Final = {
    **dict.fromkeys("ijl'|‘’", 222),
    **dict.fromkeys(" !,./:;I[\\]tf‚·", 278),
    **dict.fromkeys("()-r`“”", 333),
    **dict.fromkeys("Jckvxyzs", 500),
    **dict.fromkeys("L", 556),
    **dict.fromkeys("+<=>~", 584),
    **dict.fromkeys("FTZ", 611),
    **dict.fromkeys("ABEKPSVXY&", 667),
    **dict.fromkeys("CDHNRUw", 722),
    **dict.fromkeys("GOQ", 778),
    **dict.fromkeys("Mm", 833),
    **dict.fromkeys("%", 889),
    **dict.fromkeys("W", 944),
    **dict.fromkeys("@…—", 1015),
    **dict.fromkeys("●◐▲✓✕", 830),
}
# Characters of Unicode's private use areas, which Google strips from inserted text without a word, so that the
# positions after them would shift (https://developers.google.com/workspace/slides/api/reference/rest/v1/presentations/request).
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")

_DAY = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: \d{4})?\b"
)
"""As luna.ui.wording.day_words writes one."""


def plain(text: str) -> str:
    """`text` on one line, without characters that no slide can hold."""
    return clean_line(_PRIVATE.sub("", text))


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of `text` on one line."""
    units = sum(_units(character) for character in text)
    return units * size / 1000 * _MARGIN * (_BOLD if bold else 1)


def line_height(text: str) -> float:
    """How high a line of `text` is, in type sizes."""
    return _TALL_LINE_HEIGHT if any(map(_is_tall, text)) else _LINE_HEIGHT


def line_ends(text: str, size: float, room: float, *, bold: bool = False) -> list[int]:
    """Where the lines of `text` end when it is broken to `room`: positions in `text`, the last one its length."""
    limit = room * 1000 / size / _MARGIN / (_BOLD if bold else 1)
    ends: list[int] = []
    start = last_break = 0
    used = used_at_break = 0
    for position, character in enumerate(text):
        wide = _units(character)
        while used + wide > limit and position > start and character != " ":
            end = last_break if last_break > start else position
            used = used - used_at_break if end == last_break else 0
            ends.append(end)
            start = end
            used_at_break = 0
        used += wide
        if character in " -/" or wide == 1000:
            last_break, used_at_break = position + 1, used
    return [*ends, len(text)]


def cut_length(text: str, size: float, room: float, *, lines: int = 1, bold: bool = False) -> int:
    """How much of `text` fits into `lines` lines: all of it, or what leaves room for an ellipsis behind it.

    A day is told whole or not at all: half of one reads as another.
    """
    ends = line_ends(text, size, room, bold=bold)
    if len(ends) <= lines:
        return len(text)
    start = ends[lines - 2] if lines > 1 else 0
    end = ends[lines - 1]
    while end > start and text_width(f"{text[start:end].rstrip()}…", size, bold=bold) > room:
        end -= 1
    while end > start and (
        unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] in " \u200d"
    ):
        end -= 1
    return next((day.start() for day in _DAY.finditer(text) if 0 < day.start() < end < day.end()), end)


def cut(text: str, size: float, room: float, *, lines: int = 1, bold: bool = False) -> str:
    """`text`, ending in “…” where it would take more than `lines` lines."""
    length = cut_length(text, size, room, lines=lines, bold=bold)
    return text if length == len(text) else f"{text[:length].rstrip()}…"


@lru_cache(maxsize=4096)
def _is_tall(character: str) -> bool:
    """Whether the fonts of its script need more than Latin: East Asian, and those from Hebrew to Khmer."""
    return "\u0590" <= character <= "\u18af" or unicodedata.east_asian_width(character) in {"W", "F"}


@lru_cache(maxsize=4096)
def _units(character: str) -> int:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1000
    if ord(character) > 0x2FFF or unicodedata.category(character) == "So":
        return 1300
    if character.isupper():
        return 722
    return 556 if character.isascii() else 640
