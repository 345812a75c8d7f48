"""By which of a site's links one issue waits for another (pure). An admin may name them; sites translate and add types.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-link-types/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from integrations.sources.jira.resolutions import normalised
from luna.lib.text import clean_line

OPTION = "blocking_links"
"""Where the list stands in a connection's options; without it the default holds."""
DEFAULT = ("is blocked by",)
LONGEST_ID = 64


def named_links(options: Mapping[str, Any]) -> frozenset[str] | None:
    """What an admin named, normalised: types by name or id, or the words that the waiting issue shows; else None."""
    chosen = options.get(OPTION)
    return frozenset(normalised(str(name)) for name in chosen) if isinstance(chosen, list) else None


def blockers(links: Any, named: Collection[str] | None) -> tuple[str, ...]:
    """Ids of the issues on which the one with these `links` waits, each once.

    An entry with an inward issue says its type's inward words of this one: "is blocked by" that. One with an outward
    issue says the outward words: only where an admin named those ("depends on") does this one wait.
    """
    found: dict[str, None] = {}
    for link in links if isinstance(links, list) else ():
        kind = link.get("type") if isinstance(link, Mapping) else None
        if not isinstance(kind, Mapping):
            continue
        for end in _waiting_ends(kind, named):
            if other_id := id_of(link.get(end)):
                found[other_id] = None
    return tuple(found)


def id_of(other: Any) -> str:
    """The id of an issue that this one names; "" for what is none, or could not be stored."""
    named = other.get("id") if isinstance(other, Mapping) else None
    other_id = str(named) if isinstance(named, str | int) and not isinstance(named, bool) else ""
    return other_id if len(other_id) <= LONGEST_ID and clean_line(other_id) == other_id else ""


def _waiting_ends(kind: Mapping[str, Any], named: Collection[str] | None) -> Iterator[str]:
    name, number, inward, outward = (
        normalised(str(kind.get(part) or "")) for part in ("name", "id", "inward", "outward")
    )
    if named is None:
        # Most sites call the type Blocks, and some have translated one of the two.
        if inward == DEFAULT[0] or name == "blocks":
            yield "inwardIssue"
        return
    if {name, number, inward} & (set(named) - {""}):
        yield "inwardIssue"
    elif outward in named and outward:
        yield "outwardIssue"
