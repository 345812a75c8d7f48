"""What insights show: the figures of all, of each group and of each quarter, and the same as lines of a file (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from milestones.domain.calibration import Accuracy, Coverage, Coverages, NotEnough
from milestones.domain.insights import (
    REASONS,
    Asked,
    By,
    Placed,
    Rates,
    Reasons,
    Record,
    Share,
    Slips,
    TooFew,
    Waits,
    by_quarter,
    grouped,
    rates,
    reasons,
    slips,
    waits,
)
from milestones.domain.quarters import Quarter

BY_NAME = "Asked by name"
"""What votes are gathered under that were asked of people: nobody is named."""


@dataclass(frozen=True)
class Figures:
    """Of all, or of a group."""

    rates: Rates | TooFew
    slips: Slips | TooFew
    waits: Waits | TooFew
    dropped: int
    """Milestones that were cancelled or are of the priority Won’t: they count in no other figure."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted, as where nothing has come due yet."""
        return not self.dropped and all(one == TooFew(0) for one in (self.rates, self.slips, self.waits))


@dataclass(frozen=True)
class Insights:
    """All that the page shows of milestones and approvals."""

    milestones: int
    approvals: int
    whole: Figures
    reasons: Reasons | TooFew
    groups: tuple[tuple[str, Figures], ...]
    trend: tuple[tuple[Quarter, Rates | TooFew], ...]
    votes: tuple[tuple[str, Waits | TooFew], ...]
    """By the team that was asked."""


def insights(
    records: Sequence[Record],
    approvals: Sequence[Asked],
    votes: Sequence[Asked],
    *,
    by: By,
    over_time: Sequence[Record],
    quarters: Sequence[Quarter],
    today: date,
) -> Insights:
    """Gathered `by` what is asked for; the trend is that of `over_time` over `quarters`."""
    asked = dict(grouped(approvals, by))
    planned = dict(grouped(records, by))
    placed: list[Placed] = [*records, *approvals]
    named = [word for word, _ in grouped({one.place: one for one in placed}.values(), by)]
    groups = [(word, _figures(planned.get(word, ()), asked.get(word, ()), today)) for word in named]
    return Insights(
        milestones=len(records),
        approvals=len(approvals),
        whole=_figures(records, approvals, today),
        reasons=reasons(records, today),
        groups=tuple((word, figures) for word, figures in groups if not figures.is_empty),
        trend=tuple((quarter, rates(some, today)) for quarter, some in by_quarter(over_time, quarters)),
        votes=tuple(_votes(votes)),
    )


def _figures(records: Sequence[Record], approvals: Sequence[Asked], today: date) -> Figures:
    dropped = sum(one.is_dropped for one in records)
    return Figures(rates(records, today), slips(records, today), waits(approvals), dropped)


def _votes(votes: Sequence[Asked]) -> Iterator[tuple[str, Waits | TooFew]]:
    """Teams by name, then those who were asked by name, together."""
    by_team: dict[str, list[Asked]] = {}
    for one in votes:
        by_team.setdefault(one.of, []).append(one)
    for team in sorted(by_team, key=lambda name: (not name, name.casefold(), name)):
        yield team or BY_NAME, waits(by_team[team])


HEAD = ("Figures", "Of", "Figure", "Value", "Unit", "Count", "Out of")
Line = tuple[str | float | None, ...]


def lines(
    shown: Insights, forecasts: Coverages, estimates: Sequence[tuple[str, Accuracy | NotEnough]]
) -> Iterator[Line]:
    """Every figure of the page as a line under HEAD; where there are too few, the value is empty and the count says so.

    Shares are fractions from 0 to 1; days are calendar days, of approvals working days. `estimates` are those of
    all, then those of the teams, by name.
    """
    yield from _lines_of("All", shown.whole)
    yield from _slip_lines("All", shown.whole.slips)
    yield from _reason_lines(shown.reasons)
    for word, figures in shown.groups:
        yield from _lines_of(word, figures)
    for quarter, some in shown.trend:
        yield from _rate_lines("Trend", quarter.words, some)
    for team, some_waits in shown.votes:
        yield from _wait_lines("Votes", team, some_waits)
    for team, accuracy in estimates:
        yield from _estimate_lines(team, accuracy)
    yield _coverage_line("Likely dates that held", forecasts.likely)
    yield _coverage_line("85 % sure dates that held", forecasts.sure)


def _lines_of(word: str, figures: Figures) -> Iterator[Line]:
    yield from _rate_lines("Dates kept", word, figures.rates)
    yield ("Dates kept", word, "Dropped", figures.dropped, "milestones", None, None)
    match figures.slips:
        case TooFew(have):
            yield ("Slips", word, "Median", None, "days", have, None)
        case Slips() as known:
            yield ("Slips", word, "Median", known.median, "days", known.count, None)
            yield ("Slips", word, "85 of 100 within", known.most, "days", known.count, None)
    yield from _wait_lines("Approvals", word, figures.waits)


def _rate_lines(section: str, word: str, some: Rates | TooFew) -> Iterator[Line]:
    if isinstance(some, TooFew):
        yield (section, word, "Completed", None, "share", None, some.have)
        return
    yield (section, word, "Completed", *_share(some.completed))
    yield (section, word, "On time by the first date", *_share(some.on_time))
    yield (section, word, "On time by today’s date", *_share(some.on_time_as_moved))
    yield (section, word, "Moved later", some.moved, "milestones", None, some.completed.of)


def _share(share: Share | TooFew) -> Line:
    if isinstance(share, TooFew):
        return (None, "share", None, share.have)
    return (round(share.fraction, 4), "share", share.kept, share.of)


def _slip_lines(word: str, some: Slips | TooFew) -> Iterator[Line]:
    if isinstance(some, TooFew):
        return
    for bucket in some.buckets:
        yield ("Slips", word, f"Done, {bucket.words}", bucket.done, "milestones", None, some.count)
        yield ("Slips", word, f"Open, likely {bucket.words}", bucket.still_open, "milestones", None, some.count)
    yield ("Slips", word, "Counted as late as they are already", some.at_least, "milestones", None, some.count)
    yield ("Slips", word, "Nothing says when", some.unknown, "milestones", None, None)


def _reason_lines(some: Reasons | TooFew) -> Iterator[Line]:
    if isinstance(some, TooFew):
        yield ("Reasons", "All", "Slipped", None, "milestones", some.have, None)
        return
    for key, count in some.named:
        yield ("Reasons", "All", REASONS[key][0], count, "milestones", None, some.slipped)
    yield ("Reasons", "All", "None was named", some.without, "milestones", None, some.slipped)


def _wait_lines(section: str, word: str, some: Waits | TooFew) -> Iterator[Line]:
    if isinstance(some, TooFew):
        yield (section, word, "Median", None, "working days", some.have, None)
        return
    yield (section, word, "Median", some.median, "working days", some.given, None)
    yield (section, word, "85 of 100 within", some.most, "working days", some.given, None)
    yield (section, word, "Still waiting", some.waiting, section.lower(), None, None)
    yield (section, word, "Waits longest", some.longest, "working days", None, None)


def _estimate_lines(team: str, some: Accuracy | NotEnough) -> Iterator[Line]:
    if isinstance(some, NotEnough):
        yield ("Estimates", team, "Half took more than", None, "times the estimate", some.have, None)
        return
    told = (("Half took more than", some.bias), ("Seven of ten, from", some.usual[0]), ("to", some.usual[1]))
    for words, ratio in told:
        yield ("Estimates", team, words, round(ratio, 2), "times the estimate", some.count, None)


def _coverage_line(words: str, some: Coverage | NotEnough) -> Line:
    if isinstance(some, NotEnough):
        return ("Forecasts", "All", words, None, "share", None, some.have)
    return ("Forecasts", "All", words, round(some.share, 4), "share", some.kept, some.count)
