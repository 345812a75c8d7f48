"""Where milestones stand on the launch's strip."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.content.strip import WIDTH, PlacedStop, Stop, lay_out

TODAY = date(2026, 11, 23)
DAYS = st.dates(TODAY - timedelta(days=300), TODAY + timedelta(days=400))
STOPS = st.lists(
    st.builds(Stop, st.text(min_size=1, max_size=60), DAYS, st.just("ok"), st.just("note"), st.just("/x/")), max_size=30
)


@given(STOPS, st.none() | DAYS, st.none() | DAYS)
def test_everything_is_drawn_inside_and_in_order(stops: list[Stop], start: date | None, target: date | None) -> None:
    strip = lay_out(stops, start=start, target=target, today=TODAY)
    if not stops:
        assert strip is None
        return
    assert strip is not None
    assert len(strip.stops) == len(stops)
    xs = [placed.x for placed in strip.stops]
    assert xs == sorted(xs)
    assert all(0 <= x <= WIDTH for x in [*xs, strip.today_x, *(tick.x for tick in strip.ticks)])
    assert (strip.target_x is None) == (target is None)


@given(STOPS)
def test_labels_on_one_side_do_not_overlap(stops: list[Stop]) -> None:
    strip = lay_out(stops, start=None, target=None, today=TODAY)
    for above in (True, False):
        spans = [_span(p) for p in (strip.stops if strip else []) if p.above is above and p.label]
        for left, right in pairwise(spans):
            assert left[1] <= right[0]


def _span(placed: PlacedStop) -> tuple[float, float]:
    """From where to where a label's letters reach."""
    width = len(placed.label) * 6.4
    start = {"start": placed.x, "middle": placed.x - width / 2, "end": placed.x - width}[placed.anchor]
    return start, start + width


def test_the_same_days_stand_at_the_same_place() -> None:
    stop = Stop("Beta", TODAY, "ok", "today", "/x/")
    strip = lay_out([stop], start=None, target=TODAY, today=TODAY)
    assert strip is not None
    assert strip.stops[0].x == strip.today_x == strip.target_x
