"""Cleaning what people and providers write, at the door (facts: real payloads hold NUL, surrogates and bidi tricks)."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but newline and tab, lone surrogates, noncharacters, bidi embeddings, overrides and isolates.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def clean_text(value: str, *, limit: int | None = None) -> str:
    """`value` in NFC without characters that break databases, XML or reading order, at most `limit` characters."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = unicodedata.normalize("NFC", _UNWANTED.sub("", value)).strip()
    if limit is not None and len(cleaned) > limit:
        cleaned = cleaned[: limit - 1].rstrip() + "…"
    return cleaned


def clean_line(value: str, *, limit: int | None = None) -> str:
    """`clean_text` on one line: every run of white space becomes one space."""
    return clean_text(" ".join(clean_text(value).split()), limit=limit)


def is_right_to_left(text: str) -> bool:
    """Whether its first letter and most of the others are of scripts that are written from the right.

    Luna's own sentences, which begin or end with a name, are not.
    """
    letters = [one for one in map(unicodedata.bidirectional, text) if one in {"L", "R", "AL"}]
    return bool(letters) and letters[0] != "L" and letters.count("L") * 2 < len(letters)
