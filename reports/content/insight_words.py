"""What insights say: a sentence before each drawing, and the figures of its table in words (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from luna.ui.charts import bars, columns
from luna.ui.wording import counted, percent
from milestones.domain.insights import LEAST, REASONS, Rates, Reasons, Share, Slips, TooFew, Waits
from milestones.domain.quarters import Quarter
from reports.content.insights import Figures


def kept_sentence(some: Rates | TooFew) -> str:
    """How many of what was due is done, and by which of its two dates it was on time."""
    if isinstance(some, TooFew):
        return _too_few(some, "milestone that was due", "milestones that were due")
    done, first = some.completed, some.on_time
    said = (
        f"Of {done.of} milestones that were due, {done.kept} {_are(done.kept)} completed ({percent(done.fraction)}), "
        f"{first.kept} of them by the date that was agreed first ({percent(first.fraction)} of all)."
    )
    if isinstance(some.on_time_as_moved, TooFew) or not some.moved:
        return said
    moved = some.on_time_as_moved
    return (
        f"{said} By the dates as they stand today it would be {moved.kept} of {moved.of} ({percent(moved.fraction)}): "
        f"{some.moved} {_were(some.moved)} moved later."
    )


def slip_sentence(some: Slips | TooFew) -> str:
    """The middle of the slips, and how far most of them go."""
    if isinstance(some, TooFew):
        return _too_few(some, "milestone of which an end is known", "milestones of which an end is known")
    said = f"Half of {some.count} milestones end {_by(some.median, 'the date agreed first')}, "
    said += f"85 of 100 {_by(some.most, 'it')}."
    if some.still_open:
        said += f" {some.still_open} of {some.count} {_are(some.still_open)} still open and count{_s(some.still_open)} "
        said += "by the forecast of today."
    if some.at_least:
        said += f" {some.at_least} of these {_have(some.at_least)} none and count{_s(some.at_least)} as late as "
        said += f"{'it is' if some.at_least == 1 else 'they are'} already."
    if some.unknown:
        said += f" Of {counted(some.unknown, 'further milestone')} nothing says when {_ends(some.unknown)}."
    return said


def reason_sentence(some: Reasons | TooFew) -> str:
    """What was seen most often of milestones that slipped, before they did."""
    if isinstance(some, TooFew):
        return _too_few(some, "milestone that slipped", "milestones that slipped")
    if not some.named:
        return f"Of {some.slipped} milestones that slipped, Luna had named no reason by the date that was agreed first."
    key, count = some.named[0]
    said = REASONS[key][0]
    return (
        f"{some.slipped} milestones slipped. What Luna had named most often by the date that was agreed first: "
        f"{said[0].lower()}{said[1:]} ({count} of {some.slipped}). One milestone may have several reasons."
    )


def wait_sentence(some: Waits | TooFew) -> str:
    """How long approvals took, and what waits."""
    if isinstance(some, TooFew):
        return _too_few(some, "approval that was given", "approvals that were given")
    said = (
        f"Of {some.given} approvals half were given within {_working_days(some.median)}, "
        f"85 of 100 within {_working_days(some.most)}."
    )
    if some.waiting:
        said += f" {some.waiting} still {'waits' if some.waiting == 1 else 'wait'}, "
        said += f"{'' if some.waiting == 1 else 'the longest '}for {_working_days(some.longest)}."
    return said


def slip_words(days: int) -> str:
    """`6 days late`, `2 days early`, `on the day`."""
    return f"{counted(abs(days), 'day')} {'late' if days > 0 else 'early'}" if days else "on the day"


def share_words(share: Share | TooFew) -> str:
    """`71 % (15 of 21)`."""
    if isinstance(share, TooFew):
        return share.words
    return f"{percent(share.fraction)} ({share.kept} of {share.of})"


def group_cells(figures: Figures) -> tuple[str, ...]:
    """A row of the table of groups, after the group's name, under GROUP_HEAD."""
    kept, late, asked = figures.rates, figures.slips, figures.waits
    shares = (
        (kept.words, "", "") if isinstance(kept, TooFew)
        else tuple(share_words(one) for one in (kept.completed, kept.on_time, kept.on_time_as_moved))
    )  # fmt: skip
    slipped = late.words if isinstance(late, TooFew) else slip_words(late.median)
    waited = wait_cells(asked)[0]
    return (*shares, slipped, waited, str(figures.dropped or ""))


GROUP_HEAD = (
    "Completed",
    "On time by the first date",
    "On time by today’s date",
    "Half end at the latest",
    "Half approved within",
    "Dropped",
)


def under(
    head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]
) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Rows whose cells each carry their head, for a narrow page that shows a row as lines.

    Raises ValueError for a row that is longer or shorter than `head`.
    """
    return [(name, tuple(zip(head, cells, strict=True))) for name, cells in rows]


def wait_cells(some: Waits | TooFew) -> tuple[str, ...]:
    """A row of the table of votes, after the team's name, under WAIT_HEAD."""
    if isinstance(some, TooFew):
        return (some.words, "", "")
    return (_working_days(some.median), _working_days(some.most), str(some.waiting or ""))


WAIT_HEAD = ("Half answered within", "85 of 100 answered within", "Still to answer")


def trend_columns(trend: Sequence[tuple[Quarter, Rates | TooFew]]) -> columns.Columns:
    """A column a quarter: on time by the first date, with completed as its mark."""
    return columns.lay_out(
        [_column(quarter, some) for quarter, some in trend],
        label="On time by the first date, and completed, by the quarter in which milestones were first due",
    )


def _column(quarter: Quarter, some: Rates | TooFew) -> columns.Measured:
    if isinstance(some, TooFew):
        return columns.Measured(quarter.words, None, None, f"{quarter.words}: {some.words}")
    words = f"{quarter.words}: {share_words(some.on_time)} on time, {share_words(some.completed)} completed"
    return columns.Measured(quarter.words, some.on_time.fraction, some.completed.fraction, words)


def slip_bars(some: Slips) -> bars.Bars:
    """The histogram, with how many of each are still open."""
    measures = [
        bars.Measure(
            bucket.words[0].upper() + bucket.words[1:],
            bucket.count,
            f"{bucket.count} ({bucket.still_open} still open)" if bucket.still_open else str(bucket.count),
        )
        for bucket in some.buckets
    ]
    return bars.lay_out(
        measures, caption="Days between the first due date and the end", head="Ended", figure="Milestones"
    )


def reason_bars(some: Reasons) -> bars.Bars:
    """How many of the slipped milestones had each reason."""
    told = [*((REASONS[key][0], count) for key, count in some.named), ("No reason was named", some.without)]
    measures = [bars.Measure(words, count, f"{count} of {some.slipped}") for words, count in told if count]
    return bars.lay_out(
        measures, caption="Reasons that Luna named of milestones that slipped", head="Reason", figure="Milestones",
        most=some.slipped,
    )  # fmt: skip


def group_bars(groups: Sequence[tuple[str, Figures]], head: str) -> bars.Bars:
    """On time by the first date, group by group, with completed as the mark."""
    measures = []
    for word, figures in groups:
        some = figures.rates
        if isinstance(some, TooFew):
            measures.append(bars.Measure(word, None, some.words))
        else:
            shown = share_words(some.on_time)
            measures.append(bars.Measure(word, some.on_time.fraction, shown, mark=some.completed.fraction))
    return bars.lay_out(measures, caption="On time by the first date", head=head, figure="On time", most=1.0)


def _too_few(some: TooFew, one: str, several: str) -> str:
    said = counted(some.have, one, several) if some.have else f"no {one}"
    return f"Too few for a figure: {said}; {LEAST} are needed."


def _by(days: int, day: str) -> str:
    if not days:
        return f"by {day}"
    return (
        f"{'at most' if days > 0 else 'at least'} {counted(abs(days), 'day')} {'after' if days > 0 else 'before'} {day}"
    )


def _working_days(days: int) -> str:
    return counted(days, "working day") if days else "the same day"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _ends(number: int) -> str:
    return "it ends" if number == 1 else "they end"


def _s(number: int) -> str:
    return "s" if number == 1 else ""
