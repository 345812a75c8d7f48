"""The resolutions by which a team says that something will not be done (pure). An admin may change the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from luna.lib.text import clean_line

OPTION = "cancelled_resolutions"
"""Where the list stands in a connection's options; without it the default holds."""
DEFAULT = (
    "Won't Do",
    "Won't Fix",
    "Duplicate",
    "Cannot Reproduce",
    "Declined",
    "Invalid",
    "Cancelled",
    "Abandoned",
)
MOST = 100
LONGEST = 120


def normalised(name: str) -> str:
    """For comparing: case, white space, typographic apostrophes and the American spelling make no difference."""
    folded = " ".join(name.split()).replace("’", "'").casefold()
    return re.sub(r"\bcanceled\b", "cancelled", folded)


def means_cancelled(options: Mapping[str, Any]) -> frozenset[str]:
    """The connection's list, or the default one, normalised."""
    chosen = options.get(OPTION)
    names: Iterable[Any] = chosen if isinstance(chosen, list) else DEFAULT
    return frozenset(normalised(str(name)) for name in names)


def typed_list(text: str, *, what: str = "resolution") -> list[str]:
    """One per line or parted by commas, each once. Raises ValueError, in words, for more than a list can hold."""
    names: dict[str, str] = {}
    for part in re.split(r"[\n,]", text):
        name = clean_line(part)
        if len(name) > LONGEST:
            raise ValueError(f"The name of a {what} has at most {LONGEST} characters.")
        if name:
            names.setdefault(normalised(name), name)
    if len(names) > MOST:
        raise ValueError(f"At most {MOST} {what}s can be named.")
    return list(names.values())
