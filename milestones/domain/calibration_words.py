"""How good estimates and forecasts were, in words that need no statistics (docs/algorithms/calibration.md)."""

from __future__ import annotations

from luna.ui.wording import counted, percent
from milestones.domain.calibration import (
    NEEDED,
    Accuracy,
    Bin,
    Coverage,
    Judgement,
    NotEnough,
    Probabilities,
    Suggestion,
)

ESTIMATE_HEAD = ("Milestones", "Half took more than", "Give or take chance", "Seven of ten took", "Estimates are")
BIN_HEAD = ("Chances", "In time", "Share", "Right if", "Luna was")
_JUDGED = {
    Judgement.AS_SAID: "That is as sure as it said",
    Judgement.TOO_SURE: "Luna was too sure of itself",
    Judgement.TOO_CAREFUL: "Luna was more careful than it had to be",
}
_SHORT = {
    Judgement.AS_SAID: "as sure as it said",
    Judgement.TOO_SURE: "too sure",
    Judgement.TOO_CAREFUL: "too careful",
}
_TELLS, _TELLS_MUCH = 0.05, 0.4
"""Of the skill: below the first the chances tell nothing, from the second on they tell much."""


def coverage_sentence(found: Coverage | NotEnough, what: str) -> str:
    """`Of 41 dates Luna was 85 % sure of, 36 held (88 %). That is as sure as it said: 30 to 39 would be right.`"""
    if isinstance(found, NotEnough):
        return f"{found.words} {what} have passed."
    held = f"Of {found.count} {what}, {found.kept} held ({percent(found.share)})"
    return f"{held}. {_JUDGED[found.judgement]}: {band_words(found.band)} would be right."


def bin_words(found: Bin) -> str:
    """`as sure as it said`, `too sure`, `too careful`: of the chances of one part of the scale."""
    low, high = found.band
    if low <= found.kept <= high:
        return _SHORT[Judgement.AS_SAID]
    return _SHORT[Judgement.TOO_SURE if found.kept < low else Judgement.TOO_CAREFUL]


def estimate_cells(found: Accuracy | NotEnough) -> tuple[str, ...]:
    """A group's row under `ESTIMATE_HEAD`; where there is too little, that stands in the last cell."""
    if isinstance(found, NotEnough):
        return str(found.have), "", "", "", found.words
    spans = (f"{number(low)} to {number(high)}" for low, high in ((found.low, found.high), found.usual))
    return str(found.count), f"{number(found.bias)} times", *spans, bias_words(found)


def bin_cells(found: Bin) -> tuple[str, ...]:
    """A row under `BIN_HEAD`."""
    shares = str(found.kept), percent(found.kept / found.count), band_words(found.band)
    return str(found.count), *shares, bin_words(found)


def band_words(band: tuple[int, int]) -> str:
    """`31 to 39`, `10` where both ends are the same."""
    low, high = band
    return str(low) if low == high else f"{low} to {high}"


def chances_sentence(found: Probabilities | NotEnough) -> str:
    """What the chances of due dates were worth."""
    if isinstance(found, NotEnough):
        return f"{found.words} due dates with a chance have passed."
    scored = f"Brier score {found.brier:.2f}, where 0 is perfect and always saying 50 % earns 0.25"
    said = f"Of {found.count} chances that Luna gave to due dates"
    if found.skill is None:
        return f"{said}: all turned out alike, so there was nothing to tell apart. {scored}."
    if found.skill < _TELLS:
        return f"{said}: they did not tell those that would be kept from the others. {scored}."
    much = "most of what could be told" if found.skill >= _TELLS_MUCH else "some of what could be told"
    better = f"{percent(found.skill)} better than the same chance for all"
    return f"{said}: they told {much} about which would be kept. {scored}; {better}."


def accuracy_sentence(found: Accuracy | NotEnough) -> str:
    """`Half of 48 milestones took more than 1.4 times their first estimate …`."""
    if isinstance(found, NotEnough):
        return f"{found.words} completed milestones have a first estimate and a start."
    low, high = found.usual
    half = f"Half of {found.count} milestones took more than {number(found.bias)} times their first estimate"
    spread = f"seven of ten took between {number(low)} and {number(high)} times"
    return f"{half}; {spread}. Estimates are {bias_words(found)}."


def bias_words(found: Accuracy) -> str:
    """Of the estimates: `too low`, `too high`, `right, as far as chance lets one say`."""
    if not found.is_biased:
        return "right, as far as chance lets one say"
    return "too low" if found.bias > 1 else "too high"


def suggestion_words(found: Suggestion, team: str) -> str:
    """What past milestones make of an estimate, which stays as it is."""
    likely, sure, own = number(found.likely_days), number(found.sure_days), number(found.estimate_days)
    days = _counted(likely, "working day")
    stays = f"Your {_counted(own, 'day')} {'stays' if own == '1' else 'stay'}."
    return f"{_took(found, team)}: likely {days}, 85 % sure within {sure} ({_source(found)}). {stays}"


def hint_words(found: Suggestion, team: str) -> str:
    """The same for someone who has yet to estimate."""
    return f"{_took(found, team)} ({_source(found)})."


def estimate_words(first_days: float | None, now_days: float | None) -> str:
    """`5 person-days`, `first 5, now 8 person-days`, `first 5 person-days, none now`; empty without any."""
    if now_days is None:
        return f"first {_counted(_exact(first_days), 'person-day')}, none now" if first_days else ""
    now = _counted(_exact(now_days), "person-day")
    return now if first_days in {None, now_days} else f"first {_exact(first_days or 0)}, now {now}"


def outcome_words(first_estimate_days: float, took_days: int) -> str:
    """`estimated 5, took 8 working days: 1.6 times as long`."""
    times = number(took_days / first_estimate_days)
    said = f"estimated {_exact(first_estimate_days)}, took {counted(took_days, 'working day')}"
    return said if times == "1" else f"{said}: {times} times as long"


def number(value: float) -> str:
    """Two digits at least where they tell something: `0.94`, `1.4`, `7`, `11`."""
    if value < 1:
        return f"{value:.2f}".rstrip("0").removesuffix(".")
    return f"{value:.1f}".removesuffix(".0") if value < NEEDED else f"{value:.0f}"


def _took(found: Suggestion, team: str) -> str:
    named = {None: "all its work", "": "work without a stage"}
    work = named.get(found.kind) or f"“{found.kind}” work"
    return f"{team}’s first estimates of {work} took {number(found.ratio)} times as long"


def _source(found: Suggestion) -> str:
    return f"from {counted(found.count, 'milestone')}"


def _exact(days: float) -> str:
    return f"{days:,.1f}".removesuffix(".0")


def _counted(said: str, noun: str) -> str:
    return f"{said} {noun}" if said == "1" else f"{said} {noun}s"
