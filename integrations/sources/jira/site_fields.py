"""Which of a site's custom fields hold story points, sprints and epics' keys (pure): ids differ from site to site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STORY_POINTS = "com.pyxis.greenhopper.jira:jsw-story-points"
EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
FLOAT = ":float"
POINTS_NAMES = {"story points", "story point estimate"}
MOST_POINTS_FIELDS = 5


@dataclass(frozen=True)
class SiteFields:
    """`points` are ids as `customfield_10016`, the surest first; the others are one each, or empty."""

    points: tuple[str, ...] = ()
    epic_link: str = ""
    sprint: str = ""


def site_fields(found: Iterable[Any]) -> SiteFields:
    """Out of the answer of `/field`. What makes no sense in it counts for nothing."""
    typed: list[str] = []
    by_name: list[str] = []
    single = {EPIC_LINK: "", SPRINT: ""}
    for field in found:
        schema = field.get("schema") if isinstance(field, Mapping) else None
        field_id = field.get("id") if isinstance(field, Mapping) else None
        custom = schema.get("custom") if isinstance(schema, Mapping) else None
        if not isinstance(field_id, str) or not field_id.startswith("customfield_") or not isinstance(custom, str):
            continue
        if custom == STORY_POINTS:
            typed.append(field_id)
        elif custom.endswith(FLOAT) and str(field.get("name")).strip().casefold() in POINTS_NAMES:
            by_name.append(field_id)
        elif custom in single:
            single[custom] = field_id
    return SiteFields(tuple([*typed, *by_name][:MOST_POINTS_FIELDS]), single[EPIC_LINK], single[SPRINT])
