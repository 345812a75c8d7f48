"""The plan through its dependencies: the document's numbers, and the same days as by walking every path."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.days import NumberedDays
from milestones.domain.graph import CircleError, components, downstream_of, upstream_of
from milestones.domain.schedule import Link, Planned, PlannedDays, Schedule, plan
from milestones.domain.types import State

TODAY = date(2026, 11, 23)  # a Monday
CALENDAR = WorkingCalendar(holidays=frozenset({date(2026, 12, 8)}))
APOLLO, HERMES = 1, 2
DESIGN, API, TEXTS, LEGAL, BETA, IMPORTER = range(1, 7)
EXAMPLE = (
    Planned(DESIGN, "Design", State.IN_PROGRESS, APOLLO, date(2026, 11, 16), date(2026, 11, 27)),
    Planned(API, "API", launch_id=APOLLO, estimate_days=7.5),
    Planned(TEXTS, "Texts", launch_id=APOLLO, start_date=date(2026, 11, 25), due_date=date(2026, 12, 1)),
    Planned(LEGAL, "Legal check", State.CANCELLED, APOLLO, estimate_days=30),
    Planned(BETA, "Beta", launch_id=APOLLO, estimate_days=3),
    Planned(IMPORTER, "Importer", launch_id=HERMES, estimate_days=2),
)
LINKS = (
    Link(DESIGN, API),
    Link(TEXTS, LEGAL, 2),
    Link(API, BETA),
    Link(LEGAL, BETA, 1),
    Link(DESIGN, IMPORTER, 3),
)


def nov(day: int) -> date:
    return date(2026, 11, day)


def dec(day: int) -> date:
    return date(2026, 12, day)


def test_the_days_of_the_document() -> None:
    schedule = plan(EXAMPLE, LINKS, today=TODAY, calendar=CALENDAR)

    assert schedule.milestones == {
        DESIGN: PlannedDays(nov(16), nov(27), nov(16), nov(27), 0, None),
        API: PlannedDays(nov(30), dec(10), nov(30), dec(10), 0, DESIGN),
        TEXTS: PlannedDays(nov(25), dec(1), dec(3), dec(10), 6, None),
        BETA: PlannedDays(dec(11), dec(15), dec(11), dec(15), 0, API),
        IMPORTER: PlannedDays(dec(3), dec(4), dec(3), dec(4), 0, DESIGN),
    }
    assert schedule.ends == {APOLLO: dec(15), HERMES: dec(4)}
    assert schedule.critical_paths == {APOLLO: (DESIGN, API, BETA), HERMES: (DESIGN, IMPORTER)}
    assert schedule.order == (DESIGN, TEXTS, API, IMPORTER, BETA)


def test_planning_back_from_a_day_that_cannot_be_met() -> None:
    schedule = plan(EXAMPLE, LINKS, today=TODAY, calendar=CALENDAR, ends={APOLLO: dec(11)})

    slack = {pk: days.slack_days for pk, days in schedule.milestones.items()}
    assert slack == {DESIGN: -2, API: -2, TEXTS: 4, BETA: -2, IMPORTER: 0}
    assert schedule.milestones[BETA].latest_start == dec(9)


@pytest.mark.parametrize(
    ("milestone", "start", "finish"),
    [
        (Planned(1, "Nothing known"), nov(23), nov(23)),
        (Planned(1, "Due alone", due_date=dec(18)), nov(23), nov(23)),
        (Planned(1, "Should have started", start_date=nov(2), due_date=nov(6)), nov(23), nov(27)),
        (Planned(1, "Starts on a Saturday", start_date=nov(28), estimate_days=1), nov(30), nov(30)),
        (Planned(1, "Due on a Sunday", start_date=nov(27), due_date=nov(29)), nov(27), nov(27)),
        (Planned(1, "All on a weekend", start_date=nov(28), due_date=nov(29)), nov(30), nov(30)),
        (Planned(1, "Overdue", State.IN_PROGRESS, start_date=nov(2), due_date=nov(6)), nov(2), nov(23)),
        (Planned(1, "In review, no dates", State.IN_REVIEW, estimate_days=2), nov(23), nov(24)),
        (Planned(1, "Begun early", State.IN_PROGRESS, start_date=dec(1), due_date=dec(2)), nov(23), nov(24)),
        (Planned(1, "Done on a Sunday", State.COMPLETED, completed_date=nov(22)), nov(20), nov(22)),
        (Planned(1, "Ten thousand days", estimate_days=10_000), nov(23), CALENDAR.add(nov(23), 9_999)),
        (Planned(1, "Beyond all years", estimate_days=1e12), nov(23), date(9999, 12, 31)),
    ],
    ids=lambda value: value.name if isinstance(value, Planned) else None,
)
def test_where_a_single_milestone_stands(milestone: Planned, start: date, finish: date) -> None:
    days = plan([milestone], [], today=TODAY, calendar=CALENDAR).milestones[1]

    assert (days.start, days.finish) == (start, finish)


def test_what_has_begun_goes_on_and_yet_ends_after_what_it_waits_for() -> None:
    before = Planned(1, "Contract", launch_id=1, estimate_days=10)
    begun = Planned(2, "Roll-out", State.IN_PROGRESS, 1, start_date=nov(16), due_date=nov(27))

    days = plan([before, begun], [Link(1, 2, 1)], today=TODAY, calendar=CALENDAR).milestones[2]

    assert (days.start, days.finish, days.decided_by) == (nov(16), dec(9), 1)


def test_a_circle_is_refused_by_name_also_through_a_cancelled_milestone() -> None:
    waiting = Planned(0, "Outside")
    one, two, three = Planned(1, "Beta"), Planned(2, "Texts", State.CANCELLED), Planned(3, "Press")
    links = [Link(3, 0), Link(1, 2), Link(2, 3), Link(3, 1), Link(2, 1)]

    with pytest.raises(CircleError, match=r"^That would be a circle: “Beta” → “Texts” → “Beta”\. Remove") as refused:
        plan([waiting, three, two, one], links, today=TODAY, calendar=CALENDAR)
    assert refused.value.ids == (1, 2)


def test_a_dependency_on_a_milestone_that_is_not_given_is_refused() -> None:
    with pytest.raises(KeyError, match="7"):
        plan([Planned(1, "Beta")], [Link(7, 1)], today=TODAY, calendar=CALENDAR)


def test_what_is_near_or_far_in_the_graph() -> None:
    edges = [(1, 2), (2, 3), (4, 3), (5, 6)]
    assert upstream_of([3], edges) == {1, 2, 3, 4}
    assert downstream_of([1, 5], edges) == {1, 2, 3, 5, 6}
    assert components([5, 1, 4, 2, 6, 3], edges) == [[5, 6], [1, 4, 2, 3]]


calendars = st.builds(
    WorkingCalendar,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(nov(1), date(2027, 3, 1)), max_size=12),
)


@given(calendars, st.dates(nov(1), date(2027, 3, 1)), st.integers(-40, 40))
def test_numbered_days_are_the_calendars_days(calendar: WorkingCalendar, day: date, distance: int) -> None:
    days = NumberedDays(calendar)
    number = days.at_or_before(day)

    assert days.day(number) == (day if calendar.is_working_day(day) else calendar.add(day, -1))
    assert days.day(days.at_or_after(day)) == (day if calendar.is_working_day(day) else calendar.add(day, 1))
    if distance:
        base = days.at_or_before(day) if distance > 0 else days.at_or_after(day)
        assert days.day(base + distance) == calendar.add(day, distance)
    assert days.at_or_before(day + timedelta(9)) - number == calendar.between(day, day + timedelta(9))


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Planned], list[Link], WorkingCalendar]:
    """Up to six milestones in every state, with dependencies from smaller to larger ids."""
    count = draw(st.integers(1, 6))
    milestones = [draw(_milestone(pk)) for pk in range(count)]
    pairs = [(a, b) for b in range(count) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    links = [Link(a, b, draw(st.integers(0, 4))) for a, b in chosen]
    return milestones, links, draw(calendars)


@st.composite
def _milestone(draw: st.DrawFn, pk: int) -> Planned:
    state = draw(st.sampled_from([State.NOT_STARTED] * 4 + [State.IN_PROGRESS, State.COMPLETED, State.CANCELLED]))
    start = draw(st.none() | st.dates(nov(10), dec(10)))
    length = draw(st.none() | st.integers(0, 20))
    return Planned(
        pk,
        f"M{pk}",
        state,
        launch_id=draw(st.sampled_from([None, 1, 2])),
        start_date=start,
        due_date=start + timedelta(length) if start and length is not None else None,
        completed_date=draw(st.dates(nov(1), TODAY)) if state is State.COMPLETED else None,
        estimate_days=draw(st.none() | st.floats(0, 12)),
    )


class Walk:
    """The plan by walking along every path, day by day: slow, and nothing of the real one in it."""

    def __init__(self, milestones: list[Planned], links: list[Link], calendar: WorkingCalendar) -> None:
        self.by_id = {m.milestone_id: m for m in milestones}
        self.lags = {(link.predecessor_id, link.successor_id): link.lag_days for link in links}
        self.calendar = calendar
        self.today = TODAY if calendar.is_working_day(TODAY) else calendar.add(TODAY, 1)

    def finish(self, pk: int, late: Mapping[int, int] = {}) -> date:
        return max(self._along(path, late) for path in self._paths(pk))

    def ends(self, late: Mapping[int, int] = {}) -> dict[int | None, date]:
        finishes = {pk: self.finish(pk, late) for pk, m in self.by_id.items() if m.state is not State.CANCELLED}
        ends: dict[int | None, date] = {None: max(finishes.values())} if finishes else {}
        for pk, finish in finishes.items():
            launch = self.by_id[pk].launch_id
            if launch is not None:
                ends[launch] = max(finish, ends.get(launch, finish))
        return ends

    def _paths(self, last: int) -> Iterator[tuple[int, ...]]:
        """Every path that ends in `last` and begins with a milestone that is not cancelled."""
        yield (last,)
        if self.by_id[last].state is State.COMPLETED:
            return
        for before, after in self.lags:
            if after == last:
                yield from (
                    (*path, last) for path in self._paths(before) if self.by_id[path[0]].state is not State.CANCELLED
                )

    def _along(self, path: tuple[int, ...], late: Mapping[int, int]) -> date:
        finish = self._own(self.by_id[path[0]], late.get(path[0], 0))
        lag = 0
        for before, here in pairwise(path):
            m = self.by_id[here]
            lag = self.lags[before, here] if self.by_id[before].state is not State.CANCELLED else 0
            if m.state is State.CANCELLED:
                continue
            finish = self._add(finish, lag + 1)
            if m.state is State.NOT_STARTED:
                finish = self._add(finish, self._took(m) - 1)
            finish = self._add(finish, late.get(here, 0))
        return finish

    def _own(self, m: Planned, late: int) -> date:
        if m.state is State.COMPLETED:
            assert m.completed_date
            return m.completed_date
        start = m.start_date or self.today
        if m.state is State.NOT_STARTED:
            start = max(start, self.today)
        elif start > self.today:
            start = self.today
        start = start if self.calendar.is_working_day(start) else self.calendar.add(start, 1)
        return self._add(max(self._add(start, self._took(m) - 1), self.today), late)

    def _took(self, m: Planned) -> int:
        if m.start_date and m.due_date:
            span = [m.start_date + timedelta(n) for n in range((m.due_date - m.start_date).days + 1)]
            return max(1, sum(map(self.calendar.is_working_day, span)))
        whole = int(m.estimate_days or 0)
        return max(1, whole + (whole < (m.estimate_days or 0)))

    def _add(self, day: date, working_days: int) -> date:
        return self.calendar.add(day, working_days) if working_days else day


@given(plans())
def test_every_finish_is_that_of_the_longest_path(world: tuple[list[Planned], list[Link], WorkingCalendar]) -> None:
    milestones, links, calendar = world
    schedule = plan(milestones, links, today=TODAY, calendar=calendar)
    walk = Walk(milestones, links, calendar)

    assert {pk: days.finish for pk, days in schedule.milestones.items()} == {
        m.milestone_id: walk.finish(m.milestone_id) for m in milestones if m.state is not State.CANCELLED
    }


@given(plans())
def test_slack_is_how_much_longer_it_may_take(world: tuple[list[Planned], list[Link], WorkingCalendar]) -> None:
    milestones, links, calendar = world
    schedule = plan(milestones, links, today=TODAY, calendar=calendar)
    walk = Walk(milestones, links, calendar)
    ends = walk.ends()

    for m in milestones:
        if m.state not in {State.COMPLETED, State.CANCELLED}:
            slack = schedule.milestones[m.milestone_id].slack_days
            assert walk.ends({m.milestone_id: slack}) == ends
            assert walk.ends({m.milestone_id: slack + 1}) != ends


@given(plans(), st.data())
def test_another_dependency_or_a_longer_lag_makes_nothing_earlier(
    world: tuple[list[Planned], list[Link], WorkingCalendar], data: st.DataObject
) -> None:
    milestones, links, calendar = world
    ids = [m.milestone_id for m in milestones]
    if len(ids) < 2:
        return
    one, other = sorted(data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)))
    known = {(link.predecessor_id, link.successor_id): link.lag_days for link in links}
    known[one, other] = known.get((one, other), -1) + 1
    more = [Link(*edge, lag) for edge, lag in known.items()]

    before = plan(milestones, links, today=TODAY, calendar=calendar)
    after = plan(milestones, more, today=TODAY, calendar=calendar)

    assert all(after.milestones[pk].finish >= days.finish for pk, days in before.milestones.items())
    assert all(after.milestones[pk].start >= days.start for pk, days in before.milestones.items())


def test_two_thousand_milestones_take_no_time_to_speak_of() -> None:
    """100 ms on an idle machine, `benchmarks/forecast.py` measures it; here the best of some on a busy one."""
    random = Random(4)
    milestones = [Planned(pk, f"M{pk}", launch_id=pk % 200, estimate_days=random.randint(0, 20)) for pk in range(2_000)]
    pairs = (sorted(random.sample(range(2_000), 2)) for _ in range(6_000))
    links = [Link(before, after, random.randint(0, 3)) for before, after in pairs]

    def seconds() -> float:
        started = time.process_time()
        found: Schedule = plan(milestones, links, today=TODAY, calendar=CALENDAR)
        assert len(found.milestones) == 2_000
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 0.5
