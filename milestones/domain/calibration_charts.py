"""How good estimates and forecasts were, as drawings: what luna.ui.charts is given for each of them (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from luna.ui.charts import bars, estimates, reliability
from luna.ui.wording import counted, percent
from milestones.domain.calibration import Accuracy, Bin, Coverage, NotEnough, Probabilities
from milestones.domain.calibration_words import band_words, bin_words, number


def coverage_bars(likely: Coverage | NotEnough, sure: Coverage | NotEnough) -> bars.Bars:
    """How many dates held, with the range of chance and, as a mark, what was said."""
    return bars.lay_out(
        [_coverage("Likely (50 %)", likely), _coverage("85 % sure", sure)],
        caption="How many dates held",
        head="Dates said to be",
        figure="Held",
        most=1.0,
    )


def reliability_chart(found: Probabilities) -> reliability.Reliability:
    """What was said of due dates against what came true."""
    said = [_said(one) for one in found.bins]
    return reliability.lay_out(said, label=f"Chances as said and as they came true. {'. '.join(s.words for s in said)}")


def estimates_chart(groups: Sequence[tuple[str, Accuracy | NotEnough]]) -> estimates.Estimates | None:
    """What was taken ÷ what was estimated of each group; None where none has enough history."""
    ratios = [_ratio(name, some) for name, some in groups]
    words = ". ".join(one.words if one.usual else f"{one.name}: {one.words}" for one in ratios)
    return estimates.lay_out(ratios, label=f"Working days taken ÷ first estimate. {words}")


def _coverage(label: str, found: Coverage | NotEnough) -> bars.Measure:
    if isinstance(found, NotEnough):
        return bars.Measure(label, None, found.words)
    low, high = found.band
    words = f"{found.kept} of {found.count} ({percent(found.share)})"
    return bars.Measure(label, found.share, words, band=(low / found.count, high / found.count), mark=found.said)


def _said(one: Bin) -> reliability.Said:
    happened = one.kept / one.count
    chances = "1 chance" if one.count == 1 else f"{one.count} chances"
    came = f"{one.kept} in time ({percent(happened)}), right if {band_words(one.band)}: {bin_words(one)}"
    return reliability.Said(
        said=one.said,
        happened=happened,
        band=(one.band[0] / one.count, one.band[1] / one.count),
        count=one.count,
        words=f"Of {chances} of about {percent(one.said)}, {came}",
    )


def _ratio(name: str, some: Accuracy | NotEnough) -> estimates.Ratio:
    if isinstance(some, NotEnough):
        return estimates.Ratio(name, None, None, some.words)
    low, high = some.usual
    half = f"half of {counted(some.count, 'milestone')} took more than {number(some.bias)} times their estimate"
    words = f"{name}: {half}, seven of ten between {number(low)} and {number(high)} times"
    return estimates.Ratio(name, some.bias, some.usual, words)
