"""What a reader has to know of the figures: how old they are, and where they count something else than tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from luna.ui.wording import day_words
from reports.content.facts import MilestoneFacts, ReportFacts

MOST_NAMES = 3


def freshness(synced_at: datetime | None, facts: ReportFacts) -> str:
    """How old the figures are, whose are stale, and by what they count where it is not the number of tasks."""
    if facts.is_past:
        return "Figures out of the log."
    if synced_at is None:
        return "Progress is set by hand: no task tool is linked."
    read = f"Progress from the teams’ tools as of {day_words(synced_at.date(), facts.today)}, {synced_at:%H:%M}."
    return " ".join([read, *_stale(facts), *_counted_otherwise(facts)])


def _stale(facts: ReportFacts) -> list[str]:
    """Whose tasks were not read for too long: their health is not known, whatever it was."""
    found = [(one.stale_since, one) for one in facts.milestones if one.counts and one.is_open and one.stale_since]
    if not found:
        return []
    since = min(at for at, _ in found)
    on = f"{day_words(since.date(), facts.today)}, {since:%H:%M}"
    names = _names([one for _, one in found], facts)
    if len(found) == 1:
        return [f"{names} is stale since {on}, so its health is not known."]
    return [f"{names} are stale, the first since {on}, so their health is not known."]


def _counted_otherwise(facts: ReportFacts) -> list[str]:
    """`By points: “Calendar sync”.`"""
    found = sorted((one for one in facts.milestones if one.counts and one.counted_by), key=lambda one: one.counted_by)
    groups = groupby(found, key=lambda one: one.counted_by)
    return [f"Counted by {by}: {_names(list(group), facts)}." for by, group in groups]


def _names(found: Sequence[MilestoneFacts], facts: ReportFacts) -> str:
    """`“A” and “B”`, or `“A”, “B”, “C” and 4 more`; with the launch where the report tells of several."""
    said = []
    for one in found[:MOST_NAMES]:
        beside = facts.name_beside(one.launch)
        said.append(f"“{one.name}” of {beside}" if beside else f"“{one.name}”")
    more = len(found) - len(said)
    said += [f"{more} more"] if more else []
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
