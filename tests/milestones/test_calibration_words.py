"""What calibration says, in words."""

from __future__ import annotations

import pytest

from milestones.domain.calibration import Accuracy, Bin, Coverage, NotEnough, Probabilities, Suggestion
from milestones.domain.calibration_words import (
    accuracy_sentence,
    bin_words,
    chances_sentence,
    coverage_sentence,
    estimate_cells,
    estimate_words,
    hint_words,
    number,
    outcome_words,
    suggestion_words,
)

LOW = Accuracy(count=14, bias=1.4, low=1.1, high=1.7, usual=(0.935, 2.2))
FAIR = Accuracy(count=10, bias=1.3, low=0.9, high=2.0, usual=(0.935, 1.86))


@pytest.mark.parametrize(
    ("kept", "judged"),
    [
        (28, "Luna was too sure of itself"),
        (34, "That is as sure as it said"),
        (39, "Luna was more careful than it had to be"),
    ],
)
def test_a_coverage_says_whether_luna_was_as_sure_as_it_said(kept: int, judged: str) -> None:
    said = coverage_sentence(Coverage(0.85, 40, kept, (29, 38)), "dates Luna was 85 % sure of")
    assert said.startswith(f"Of 40 dates Luna was 85 % sure of, {kept} held (")
    assert said.endswith(f" %). {judged}: 29 to 38 would be right.")


def test_too_little_is_said_without_a_figure() -> None:
    assert coverage_sentence(NotEnough(7), "likely dates") == "Not enough history: 7 of 10 likely dates have passed."
    assert estimate_cells(NotEnough(0))[-1] == "Not enough history: 0 of 10"
    assert "%" not in chances_sentence(NotEnough(9))


@pytest.mark.parametrize(
    ("skill", "said"),
    [
        (-0.02, "they did not tell those that would be kept from the others"),
        (0.2, "some of what could be told"),
        (0.64, "most of what could be told"),
        (None, "all turned out alike"),
    ],
)
def test_chances_are_worth_what_they_tell_apart(skill: float | None, said: str) -> None:
    sentence = chances_sentence(Probabilities(40, 0.13, skill, ()))
    assert said in sentence
    assert "Brier score 0.13" in sentence


def test_a_part_of_the_scale_is_held_against_its_band() -> None:
    words = [bin_words(Bin(0.75, 20, kept, (11, 19))) for kept in (10, 11, 19, 20)]
    assert words == ["too sure", "as sure as it said", "as sure as it said", "too careful"]


def test_estimates_are_called_biased_only_where_chance_does_not_explain_it() -> None:
    assert accuracy_sentence(LOW) == (
        "Half of 14 milestones took more than 1.4 times their first estimate; seven of ten took between 0.94 and 2.2 "
        "times. Estimates are too low."
    )
    assert estimate_cells(FAIR) == (
        "10", "1.3 times", "0.9 to 2", "0.94 to 1.9", "right, as far as chance lets one say"
    )  # fmt: skip


def test_a_suggestion_leaves_the_teams_number_alone() -> None:
    offered = Suggestion(5, 7, 11, 14, "Build")
    assert suggestion_words(offered, "Platform") == (
        "Platform’s first estimates of “Build” work took 1.4 times as long: likely 7 working days, 85 % sure within 11 "
        "(from 14 milestones). Your 5 days stay."
    )
    one = Suggestion(1, 0.5, 1, 10, None)
    said = suggestion_words(one, "Legal")
    assert said.endswith("likely 0.5 working days, 85 % sure within 1 (from 10 milestones). Your 1 day stays.")
    assert hint_words(Suggestion(1, 1.4, 2.2, 14, ""), "Legal") == (
        "Legal’s first estimates of work without a stage took 1.4 times as long (from 14 milestones)."
    )


@pytest.mark.parametrize(
    ("first", "now", "words"),
    [
        (None, None, ""),
        (None, 0.0, "0 person-days"),
        (None, 5.0, "5 person-days"),
        (5.0, 5.0, "5 person-days"),
        (5.0, 8.0, "first 5, now 8 person-days"),
        (2.5, 1.0, "first 2.5, now 1 person-day"),
        (5.0, 0.0, "first 5, now 0 person-days"),
        (5.0, None, "first 5 person-days, none now"),
        (10000.0, 10000.0, "10,000 person-days"),
    ],
)
def test_the_first_estimate_stands_beside_the_present_one(first: float | None, now: float | None, words: str) -> None:
    assert estimate_words(first, now) == words


def test_what_became_of_an_estimate() -> None:
    assert outcome_words(5, 8) == "estimated 5, took 8 working days: 1.6 times as long"
    assert outcome_words(1, 1) == "estimated 1, took 1 working day"


def test_numbers_keep_two_digits() -> None:
    assert [number(n) for n in (0.935, 0.5, 1.0, 1.44, 7.0, 9.96, 14.4)] == ["0.94", "0.5", "1", "1.4", "7", "10", "14"]
