"""Where milestones stand on the launch's strip."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.content.strip import AXIS, WIDTH, PlacedStop, Stop, lay_out

TODAY = date(2026, 11, 23)
DAYS = st.dates(TODAY - timedelta(days=300), TODAY + timedelta(days=400))
LATER = st.integers(1, 900)


def late_stop(name: str, day: date, later: int | None, *, is_out_of_sight: bool) -> Stop:
    sure = day + timedelta(days=later) if later and not is_out_of_sight else None
    return Stop(name, day, "bad", "note", "/x/", sure=sure, is_out_of_sight=is_out_of_sight)


STOPS = st.lists(
    st.builds(late_stop, st.text(min_size=1, max_size=60), DAYS, st.none() | LATER, is_out_of_sight=st.booleans()),
    max_size=30,
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
    assert strip.today_x is not None
    assert all(0 <= x <= WIDTH for x in [*xs, strip.today_x, *(tick.x for tick in strip.ticks)])
    assert (strip.target_x is None) == (target is None)
    for placed in strip.stops:
        slip, stop = placed.slip, placed.stop
        assert (slip is not None) == (stop.sure is not None or stop.is_out_of_sight)
        if slip is not None:
            assert placed.x == slip.x <= slip.end_x <= WIDTH
            assert slip.is_arrow or stop.sure is not None
            assert abs(slip.y - AXIS) in {10, 19}


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


def test_what_is_over_ends_with_its_last_date() -> None:
    stop = Stop("Beta", TODAY - timedelta(days=280), "done", "note", "/x/")
    start = TODAY - timedelta(days=300)
    strip = lay_out([stop], start=start, target=TODAY - timedelta(days=275), today=None)
    assert strip is not None
    assert strip.today_x is None
    assert strip.target_x is not None
    assert strip.target_x > 0.7 * WIDTH


def test_dashes_lead_from_the_agreed_day_to_the_one_that_is_sure() -> None:
    stops = [
        Stop("Beta", TODAY, "bad", "note", "/x/", sure=TODAY + timedelta(days=40)),
        Stop("Launch", TODAY + timedelta(days=40), "ok", "note", "/x/"),
    ]
    strip = lay_out(stops, start=None, target=None, today=TODAY)
    assert strip is not None
    beta, launch = strip.stops
    assert beta.slip is not None
    assert (beta.slip.x, beta.slip.end_x, beta.slip.is_arrow) == (beta.x, launch.x, False)
    assert launch.slip is None


def test_dashes_that_run_at_the_same_time_lie_on_lines_of_their_own() -> None:
    stops = [
        Stop(f"M{n}", TODAY + timedelta(days=n), "bad", "note", "/x/", sure=TODAY + timedelta(days=60))
        for n in range(4)
    ]
    strip = lay_out(stops, start=None, target=None, today=TODAY)
    assert len({placed.slip.y for placed in (strip.stops if strip else []) if placed.slip}) == 4


def test_a_day_far_away_is_an_arrow_and_leaves_room_for_the_others() -> None:
    far = Stop("Beta", TODAY, "bad", "note", "/x/", sure=TODAY + timedelta(days=700))
    near = Stop("Launch", TODAY + timedelta(days=60), "ok", "note", "/x/")
    strip = lay_out([far, near], start=None, target=None, today=TODAY)
    assert strip is not None
    beta, launch = strip.stops
    assert beta.slip is not None
    assert beta.slip.is_arrow
    assert beta.slip.end_x > launch.x > 0.8 * WIDTH
