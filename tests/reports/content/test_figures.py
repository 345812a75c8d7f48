"""What reports say of their figures: how old, whose are stale, by what they count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reports.content.compose import compose
from reports.content.document import Note
from reports.content.facts import LaunchReportFacts
from reports.content.figures import freshness
from reports.content.samples import busy_facts
from reports.domain.types import ReportKind

READ = datetime(2026, 11, 23, 8, 52, tzinfo=UTC)
STALE = datetime(2026, 11, 22, 7, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def facts(**of: dict[str, object]) -> LaunchReportFacts:
    """The sample's, with the milestones that are named by their number (`_2`) changed."""
    busy = busy_facts()
    changed = [replace(one, **of.get(f"_{one.id}", {})) for one in busy.milestones]  # type: ignore[arg-type]
    return replace(busy, milestones=tuple(changed))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, ""),
        (
            {"_2": {"stale_since": STALE}},
            " “Calendar sync, two-way” is stale since Sun 22 Nov, 07:10, so its health is not known.",
        ),
        (
            {"_2": {"stale_since": LATER}, "_4": {"stale_since": STALE}},
            " “Calendar sync, two-way” and “Reception training kit” are stale, the first since Sun 22 Nov, 07:10, so "
            "their health is not known.",
        ),
        ({"_1": {"stale_since": STALE}}, ""),
        ({"_4": {"counts": False, "stale_since": STALE, "counted_by": "points"}}, ""),
        (
            {f"_{number}": {"counted_by": "points"} for number in range(1, 6)},
            " Counted by points: “Booking page”, “Calendar sync, two-way”, “Text & e-mail reminders <beta>” and 2 "
            "more.",
        ),
        (
            {"_2": {"counted_by": "points"}, "_3": {"counted_by": "estimated time"}},
            " Counted by estimated time: “Text & e-mail reminders <beta>”. "
            "Counted by points: “Calendar sync, two-way”.",
        ),
    ],
)
def test_figures_are_as_old_as_they_are_and_say_what_they_count(told: dict[str, dict[str, object]], words: str) -> None:
    assert freshness(READ, facts(**told)) == f"Progress from the teams’ tools as of Mon 23 Nov, 08:52.{words}"


@pytest.mark.parametrize("kind", list(ReportKind))
def test_every_report_of_a_launch_says_so(kind: ReportKind) -> None:
    document = compose(kind, facts(_2={"stale_since": STALE, "counted_by": "points"}))
    last = document.blocks[-1]
    assert isinstance(last, Note)
    assert "“Calendar sync, two-way” is stale since" in last.text
    assert "Counted by points: “Calendar sync, two-way”." in last.text


def test_a_day_that_is_over_says_only_where_its_figures_come_from() -> None:
    past = replace(facts(_2={"stale_since": STALE, "counted_by": "points"}), is_past=True)
    assert freshness(READ, past) == "Figures out of the log."
