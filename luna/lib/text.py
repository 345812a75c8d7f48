"""Cleaning what people and providers write, at the door (facts: real payloads hold NUL, surrogates and bidi tricks)."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but newline and tab, lone surrogates, noncharacters, bidi embeddings, overrides and isolates.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def clean_text(value: str, *, limit: int | None = None) -> str:
    """`value` in NFC without characters that break databases, XML or reading order, at most `limit` characters."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _limited(unicodedata.normalize("NFC", _UNWANTED.sub("", value)).strip(), limit)


def clean_line(value: str, *, limit: int | None = None) -> str:
    """`clean_text` on one line: every run of white space becomes one space."""
    # Most of what comes is clean. Printable is no control, surrogate, noncharacter or bidi mark, and no white space
    # but the space.
    if value.isprintable() and "  " not in value and unicodedata.is_normalized("NFC", value):
        return _limited(value.strip(), limit)
    return clean_text(" ".join(clean_text(value).split()), limit=limit)


def _limited(text: str, limit: int | None) -> str:
    return text if limit is None or len(text) <= limit else text[: limit - 1].rstrip() + "…"


def is_right_to_left(text: str) -> bool:
    """Whether its first letter and most of the others are of scripts that are written from the right.

    Luna's own sentences, which begin or end with a name, are not.
    """
    letters = [one for one in map(unicodedata.bidirectional, text) if one in {"L", "R", "AL"}]
    return bool(letters) and letters[0] != "L" and letters.count("L") * 2 < len(letters)
