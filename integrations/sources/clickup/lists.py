"""Which list is meant: its id, out of what a person typed or pasted (pure)."""

from __future__ import annotations

import re

_ID = re.compile(r"[0-9]{1,19}")
# A list's own page, and its views, whose ids hold the list's between the kind of place (6) and a number.
_IN_ADDRESS = re.compile(r"^https://[^/\s]+/\S*?(?:/li/|/v/[a-z]+/6-)([0-9]{1,19})(?![0-9])")


def list_id_of(text: str) -> str:
    """The id of a list, written as such or within the address of its page; "" when there is none in it."""
    text = text.strip()
    if _ID.fullmatch(text):
        return text
    found = _IN_ADDRESS.match(text)
    return found[1] if found else ""
