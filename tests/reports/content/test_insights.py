"""What insights say, and the same as lines of a file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from milestones.domain.calibration import forecast_accuracy
from milestones.domain.insights import By, Rates, Reasons, Share, Slips, TooFew, Waits, slips
from milestones.domain.quarters import last_quarters
from reports.content import insight_words as words
from reports.content.insights import insights, lines
from tests.milestones.test_insights import TODAY, WORKED

FEW = TooFew(3)


def known_slips() -> Slips:
    """Those of the worked example."""
    found = slips(WORKED, TODAY)
    assert isinstance(found, Slips)
    return found


@pytest.mark.parametrize(
    ("some", "said"),
    [
        (
            Rates(Share(4, 7), Share(2, 7), Share(3, 6), moved=3),
            "Of 7 milestones that were due, 4 are completed (57 %), 2 of them by the date that was agreed first (29 % "
            "of all). By the dates as they stand today it would be 3 of 6 (50 %): 3 were moved later.",
        ),
        (
            Rates(Share(1, 7), Share(1, 7), Share(1, 7), moved=0),
            "Of 7 milestones that were due, 1 is completed (14 %), 1 of them by the date that was agreed first (14 % "
            "of all).",
        ),
        (FEW, "Too few for a figure: 3 milestones that were due; 5 are needed."),
        (TooFew(1), "Too few for a figure: 1 milestone that was due; 5 are needed."),
        (TooFew(0), "Too few for a figure: no milestone that was due; 5 are needed."),
    ],
)
def test_dates_kept(some: Rates | TooFew, said: str) -> None:
    assert words.kept_sentence(some) == said


def test_slips_say_how_open_ones_count() -> None:
    assert words.slip_sentence(known_slips()) == (
        "Half of 7 milestones end at most 25 days after the date agreed first, 85 of 100 at most 78 days after it. "
        "3 of 7 are still open and count by the forecast of today. 2 of these have none and count as late as they are "
        "already."
    )


@pytest.mark.parametrize(
    ("days", "said"), [(6, "6 days late"), (1, "1 day late"), (0, "on the day"), (-1, "1 day early")]
)
def test_slips_in_a_table(days: int, said: str) -> None:
    assert words.slip_words(days) == said


@pytest.mark.parametrize(
    ("some", "said"),
    [
        (
            Reasons(20, (("scope", 8), ("late_start", 2)), without=9),
            "20 milestones slipped. What Luna had named most often by the date that was agreed first: its scope grew "
            "(8 of 20). One milestone may have several reasons.",
        ),
        (
            Reasons(6, (), without=6),
            "Of 6 milestones that slipped, Luna had named no reason by the date that was agreed first.",
        ),
    ],
)
def test_reasons(some: Reasons, said: str) -> None:
    assert words.reason_sentence(some) == said


@pytest.mark.parametrize(
    ("some", "said"),
    [
        (
            Waits(5, 2, 8, waiting=2, longest=12),
            "Of 5 approvals half were given within 2 working days, 85 of 100 within 8 working days. 2 still wait, the "
            "longest for 12 working days.",
        ),
        (
            Waits(9, 0, 1, waiting=0, longest=0),
            "Of 9 approvals half were given within the same day, 85 of 100 within 1 working day.",
        ),
    ],
)
def test_waits(some: Waits, said: str) -> None:
    assert words.wait_sentence(some) == said


def test_a_small_group_shows_its_number_and_no_figure() -> None:
    shown = insights(
        WORKED[:3], [], [], by=By.TEAM, over_time=WORKED[:3], quarters=last_quarters(TODAY, 6), today=TODAY
    )
    ((team, figures),) = shown.groups
    assert team == "Platform"
    assert words.group_cells(figures) == ("too few (3)", "", "", "too few (3)", "too few (0)", "")
    (bar,) = words.group_bars(shown.groups, "Team").rows
    assert (bar.width, bar.measure.words) == (None, "too few (3)")


def test_a_group_with_nothing_in_it_is_left_out() -> None:
    others = WORKED[0].place._replace(team="Web")
    records = [*WORKED, WORKED[6]._replace(place=others, first_due=TODAY + timedelta(days=9))]
    shown = insights(records, [], [], by=By.TEAM, over_time=records, quarters=last_quarters(TODAY, 6), today=TODAY)
    assert [team for team, _ in shown.groups] == ["Platform"]


def test_the_file_has_each_figure_of_the_worked_example() -> None:
    shown = insights(WORKED, [], [], by=By.TEAM, over_time=WORKED, quarters=last_quarters(TODAY, 6), today=TODAY)
    told: dict[object, object] = {}
    told |= {line[:3]: line[3:] for line in lines(shown, forecast_accuracy([], today=TODAY), [])}
    assert told["Dates kept", "All", "On time by the first date"] == (0.2857, "share", 2, 7)
    assert told["Dates kept", "Platform", "On time by the first date"] == (0.2857, "share", 2, 7)
    assert told["Trend", "Q3 2026", "Completed"] == (0.5714, "share", 4, 7)
    assert told["Trend", "Q2 2026", "Completed"] == (None, "share", None, 0)
    assert told["Slips", "All", "Median"] == (25, "days", 7, None)
    assert told["Slips", "All", "Open, likely more than 56 days late"] == (3, "milestones", None, 7)
    assert told["Reasons", "All", "Its scope grew"] == (2, "milestones", None, 5)
    assert told["Dates kept", "All", "Dropped"] == (1, "milestones", None, None)
    assert told["Forecasts", "All", "85 % sure dates that held"] == (None, "share", None, 0)


def test_a_filter_by_quarter_leaves_the_trend_whole() -> None:
    quarters = last_quarters(date(2026, 11, 24), 6)
    shown = insights([], [], [], by=By.TIER, over_time=WORKED, quarters=quarters, today=TODAY)
    assert shown.milestones == 0
    assert [isinstance(some, Rates) for _, some in shown.trend] == [False, False, False, False, True, False]
