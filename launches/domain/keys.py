"""Suggesting a launch's short key from its name (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

LONGEST = 12
# Paths under /launches/ that are no launch.
RESERVED = frozenset({"NEW"})
_SMALL_WORDS = {"a", "an", "and", "at", "by", "for", "in", "new", "of", "on", "the", "to", "with"}


def suggest_key(name: str, taken: Container[str] = frozenset()) -> str:
    """`Apollo payments` → `APOLLO`, and `APOLLO2` where that is taken; `LAUNCH` for a name without Latin letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z][A-Za-z0-9]*", plain)
    telling = [word for word in words if word.lower() not in _SMALL_WORDS and len(word) > 1] or words
    stem = telling[0].upper()[:LONGEST] if telling else ""
    if len(stem) < 2:
        stem = "".join(word[0] for word in words).upper()[:LONGEST] if len(words) > 1 else "LAUNCH"
    return next(key for key in _numbered(stem) if key not in taken and key not in RESERVED)


def _numbered(stem: str) -> list[str]:
    more = (str(number) for number in range(2, 10_000))
    return [stem, *(stem[: LONGEST - len(number)] + number for number in more)]
