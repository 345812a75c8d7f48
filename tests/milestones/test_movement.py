"""Why a date moved: parts that add up, and one cause that gets what is its own (docs/algorithms/movement.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.forecast import forecast
from milestones.domain.forecast_types import (
    ApprovalWait,
    EstimatedWork,
    Forecast,
    ForecastInput,
    History,
    Likely,
    MilestoneForecast,
    TaskWork,
    WorkDay,
)
from milestones.domain.mixture import Cause
from milestones.domain.movement import NAMED_UPSTREAM, Inputs, Movement, Part, Share, launch_movement, movement
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import State
from tests.milestones.moving import (
    ALONE,
    CALENDAR,
    COPY,
    DESIGN,
    DRAWS,
    EVEN,
    LAUNCH,
    LINKS,
    MONDAY,
    a_week_later,
    at_work,
    copy_planned,
    copy_with,
    days,
    drawn,
    joined,
    more,
    not_begun,
    of,
    put,
    uncompleted,
    why,
)

INJECTED: dict[str, tuple[Cause, Callable[[Inputs], Inputs]]] = {
    "tasks written down today": (Cause.SCOPE, lambda i: put(i, more(i.milestones[COPY], 10, MONDAY))),
    "old tasks linked": (Cause.SCOPE, lambda i: put(i, more(i.milestones[COPY], 10, MONDAY - timedelta(days=14)))),
    "tasks taken out": (Cause.SCOPE, lambda i: put(i, more(i.milestones[COPY], -10, MONDAY))),
    "done after all not": (Cause.CORRECTIONS, uncompleted),
    "free days": (
        Cause.CALENDAR,
        lambda i: replace(
            i, calendar=WorkingCalendar(holidays=frozenset(MONDAY + timedelta(days=n) for n in range(7, 12)))
        ),
    ),
    "an approval": (Cause.WAITS, lambda i: copy_with(i, approvals=(ApprovalWait(None, (8.0,) * 20),))),
}


@pytest.mark.parametrize("name", INJECTED)
def test_one_cause_gets_all_of_the_change(name: str) -> None:
    cause, inject = INJECTED[name]
    moved = why(COPY, ALONE, inject(ALONE))
    assert abs(moved.days) >= 4
    assert days(moved) == {Part(cause): moved.days}


def test_a_later_start_gets_all_of_the_change() -> None:
    waiting = copy_planned(copy_with(ALONE, has_begun=False), state=State.NOT_STARTED)
    moved = why(COPY, waiting, copy_planned(waiting, start_date=MONDAY + timedelta(days=21)))
    assert days(moved) == {Part(Cause.START): moved.days}
    assert moved.days > 14


def test_a_target_moves_the_chance_and_never_the_date() -> None:
    """From the day before the one that is certain to that day."""
    moved = why(COPY, copy_planned(EVEN, due_date=date(2026, 12, 17)), copy_planned(EVEN, due_date=date(2026, 12, 18)))
    assert moved.days == 0
    assert moved.shares == (Share(Part(Cause.TARGET), 0, 1.0),)


def test_a_first_due_date_has_no_chance_to_compare_with() -> None:
    moved = why(COPY, copy_planned(ALONE, due_date=None), put(ALONE, more(ALONE.milestones[COPY], 10, MONDAY)))
    assert [(share.part, share.chance) for share in moved.shares] == [(Part(Cause.SCOPE), None)]


def test_an_even_week_as_in_the_document() -> None:
    """20 tasks, one a day: Fri 18 Dec, whatever is asked; a week on with five of them done it is the same day."""
    moved = why(COPY, EVEN, a_week_later(EVEN, {COPY: [1.0] * 5}))
    assert (moved.before, moved.after) == (date(2026, 12, 18), date(2026, 12, 18))
    assert not moved.shares or {share.part.cause for share in moved.shares} == {Cause.TIME}


def test_an_idle_week_is_pace_as_in_the_document() -> None:
    moved = why(COPY, EVEN, a_week_later(EVEN, {COPY: [0.0] * 5}))
    assert moved.days >= 7
    assert days(moved) == {Part(Cause.PACE): moved.days}


def test_an_idle_week_of_uneven_work_is_pace_too() -> None:
    moved = why(COPY, ALONE, a_week_later(ALONE, {COPY: [0.0] * 5}))
    assert moved.days >= 7
    assert days(moved)[Part(Cause.PACE)] >= 0.95 * moved.days


def test_a_week_as_expected_with_new_tasks_is_scope_as_in_the_document() -> None:
    later = a_week_later(EVEN, {COPY: [1.0] * 5})
    moved = why(COPY, EVEN, put(later, more(later.milestones[COPY], 5, MONDAY + timedelta(days=2))))
    assert moved.days >= 7
    assert days(moved)[Part(Cause.SCOPE)] >= 0.95 * moved.days


def test_what_was_expected_of_a_week_weighs_the_team_as_ten_days() -> None:
    """40 days of its own with a task each, 35 of its team with three: (40 + 10 · 3) ÷ 50 tasks a day."""
    work = EVEN.milestones[COPY].work
    assert isinstance(work, TaskWork)
    rows = tuple(WorkDay(CALENDAR.add(MONDAY, -n), 0.0, 3.0) for n in range(40, 5, -1))
    before = copy_with(EVEN, work=replace(work, team=(History(rows, ended=rows[-1].day),)))
    moved = why(COPY, before, a_week_later(before, {COPY: [1.0] * 5}))
    assert moved.went is not None
    assert moved.went.completions_expected == pytest.approx(5 * 1.4)
    assert moved.went.completed == 5


def test_two_causes_share_what_they_do_together() -> None:
    later = a_week_later(EVEN, {COPY: [0.0] * 5})
    moved = why(COPY, EVEN, put(later, more(later.milestones[COPY], 5, MONDAY)))
    parts = days(moved)
    assert parts[Part(Cause.SCOPE)] >= 7
    assert parts[Part(Cause.PACE)] >= 7


class TestUpstream:
    def test_a_predecessor_that_slips_gets_the_change_by_name(self) -> None:
        before = joined()
        moved = why(LAUNCH, before, put(before, more(before.milestones[COPY], 15, MONDAY)))
        assert days(moved) == {Part(Cause.UPSTREAM, (COPY,)): moved.days}
        assert moved.days > 10

    def test_one_that_has_time_to_spare_gets_nothing(self) -> None:
        before = joined()
        moved = why(LAUNCH, before, put(before, more(before.milestones[DESIGN], 1, MONDAY)))
        assert abs(moved.days) <= 1

    def test_a_week_in_which_all_went_as_it_should_blames_nobody(self) -> None:
        given = [at_work(pk, remaining, seed=None) for pk, remaining in ((COPY, 25), (DESIGN, 12))]
        before = of(*given, not_begun(LAUNCH, 10), links=LINKS)
        moved = why(LAUNCH, before, a_week_later(before, {COPY: [1.0] * 5, DESIGN: [1.0] * 5}))
        assert moved.days == 0
        assert not days(moved)

    def test_a_new_dependency_and_a_longer_lag(self) -> None:
        before = joined()
        free = replace(before, links=frozenset({Link(DESIGN, LAUNCH)}))
        assert set(days(why(LAUNCH, free, before))) == {Part(Cause.PLAN)}
        lagging = replace(before, links=frozenset({Link(COPY, LAUNCH, 5), Link(DESIGN, LAUNCH)}))
        assert days(why(LAUNCH, before, lagging)) == {Part(Cause.PLAN): 7}

    def test_the_many_that_moved_least_share_one_part(self) -> None:
        many = range(10, 10 + NAMED_UPSTREAM + 3)
        before = of(
            *(at_work(pk, 5, seed=None) for pk in many), not_begun(LAUNCH, 10), links={Link(pk, LAUNCH) for pk in many}
        )
        after = before
        for number, pk in enumerate(many, start=1):
            after = put(after, more(after.milestones[pk], 5 * number, MONDAY))
        moved = why(LAUNCH, before, after)
        assert moved.shares[0].part == Part(Cause.UPSTREAM, (many[-1],))
        named = {pk for share in moved.shares for pk in share.part.milestone_ids if len(share.part.milestone_ids) == 1}
        assert named <= set(many[-NAMED_UPSTREAM:])

    def test_what_is_over_on_both_days_did_not_move(self) -> None:
        """Of what shares a part, since no date of its own moved: only those that may have moved something."""

        def by_what_copy_has_left(inputs: Inputs) -> Forecast:
            work = inputs.milestones[COPY].work
            assert isinstance(work, TaskWork)
            day = inputs.today + timedelta(days=work.remaining)
            return Forecast({LAUNCH: MilestoneForecast(LAUNCH, "", None, Likely(day, day, day), None)}, {}, date.max)

        before = joined()
        design = before.milestones[DESIGN]
        over = replace(design.planned, state=State.COMPLETED, completed_date=MONDAY - timedelta(days=13))
        before = put(before, replace(design, planned=over))
        after = put(before, more(before.milestones[COPY], 5, MONDAY))
        after = put(after, more(after.milestones[DESIGN], 5, MONDAY))
        moved = movement(LAUNCH, before, after, by_what_copy_has_left)
        assert moved is not None
        assert days(moved) == {Part(Cause.UPSTREAM, (COPY,)): 5}
        after = put(after, replace(after.milestones[DESIGN], planned=replace(over, completed_date=MONDAY)))
        moved = movement(LAUNCH, before, after, by_what_copy_has_left)
        assert moved is not None
        assert days(moved) == {Part(Cause.UPSTREAM, (COPY, DESIGN)): 5}


class TestLaunch:
    APOLLO = 7

    def apollo(self, inputs: Inputs) -> Inputs:
        for one in inputs.milestones.values():
            inputs = put(inputs, replace(one, planned=replace(one.planned, launch_id=self.APOLLO)))
        return inputs

    def why(self, before: Inputs, after: Inputs) -> Movement:
        moved = launch_movement(self.APOLLO, before, after, drawn)
        assert moved is not None
        assert sum(share.days for share in moved.shares) == moved.days
        assert all(share.chance is None for share in moved.shares)
        return moved

    def test_the_milestone_that_slipped_gets_the_change(self) -> None:
        before = self.apollo(joined())
        moved = self.why(before, put(before, more(before.milestones[COPY], 15, MONDAY)))
        assert days(moved) == {Part(Cause.UPSTREAM, (COPY,)): moved.days}
        assert moved.days > 10

    def test_a_milestone_that_was_added_is_a_change_of_plan(self) -> None:
        before = self.apollo(joined())
        added = self.apollo(of(at_work(4, 90, seed=4)))
        moved = self.why(before, replace(before, milestones={**before.milestones, **added.milestones}))
        assert days(moved) == {Part(Cause.PLAN): moved.days}
        assert moved.days > 10

    def test_a_target_date_moves_the_chance_and_never_the_date(self) -> None:
        before = replace(self.apollo(joined()), targets={self.APOLLO: MONDAY})
        moved = launch_movement(self.APOLLO, before, replace(before, targets={self.APOLLO: date(2028, 1, 1)}), drawn)
        assert moved is not None
        assert moved.days == 0
        assert moved.shares == (Share(Part(Cause.TARGET), 0, 1.0),)

    def test_a_launch_without_a_date_is_not_explained(self) -> None:
        before = self.apollo(joined())
        silent = put(before, replace(before.milestones[COPY], work=None))
        assert launch_movement(self.APOLLO, silent, before, drawn) is None


class TestEstimates:
    def input(self, remaining: float, estimate: float = 20) -> Inputs:
        planned = Planned(COPY, "Copy", State.IN_PROGRESS, estimate_days=estimate)
        return of(ForecastInput(planned, EstimatedWork(remaining, (1.0,) * 200), has_begun=True))

    def test_a_larger_estimate_is_scope(self) -> None:
        moved = why(COPY, self.input(10), self.input(20, estimate=40))
        assert moved.days > 7
        assert days(moved) == {Part(Cause.SCOPE): moved.days}

    def test_progress_that_did_not_come_is_pace(self) -> None:
        moved = why(COPY, self.input(10), replace(self.input(10), today=MONDAY + timedelta(days=7)))
        assert moved.days == 7
        assert days(moved) == {Part(Cause.PACE): 7}

    def test_linking_tasks_to_what_was_only_estimated_is_scope(self) -> None:
        moved = why(COPY, self.input(10), ALONE)
        assert set(days(moved)) == {Part(Cause.SCOPE)}


def test_without_a_forecast_on_both_days_there_is_nothing_to_explain() -> None:
    unknown = copy_with(ALONE, work=None)
    assert movement(COPY, unknown, ALONE, drawn) is None
    assert movement(COPY, ALONE, unknown, drawn) is None


def plain(inputs: Inputs) -> Forecast:
    """No chance in it: what remains at the mean pace, one milestone after another; approvals take what they took."""
    offsets: dict[int, int] = {}
    said: dict[int, MilestoneForecast] = {}
    for pk in sorted(inputs.milestones):
        given = inputs.milestones[pk]
        assert isinstance(given.work, TaskWork)
        rows = given.work.history.rows
        pace = sum(row.completed - row.arrived for row in rows) / len(rows)
        took = round(given.work.remaining / max(pace, 0.1)) + sum(int(wait.history[0]) for wait in given.approvals)
        ready = [offsets[link.predecessor_id] + link.lag_days for link in inputs.links if link.successor_id == pk]
        offsets[pk] = max(ready, default=0) + took
        day = inputs.calendar.add(inputs.today, offsets[pk])
        said[pk] = MilestoneForecast(pk, "", None, Likely(day, day, day), None)
    return Forecast(said, {}, date.max)


def team_pace(inputs: Inputs) -> Forecast:
    """Calendar days: what remains at the team's pace."""
    work = inputs.milestones[COPY].work
    assert isinstance(work, TaskWork)
    day = inputs.today + timedelta(days=work.remaining / work.team[0].rows[0].completed)
    return Forecast({COPY: MilestoneForecast(COPY, "", None, Likely(day, day, day), None)}, {}, date.max)


def test_twice_the_work_at_half_the_pace_as_in_the_document() -> None:
    """20 days become 80: scope first, then pace, makes 20 and 40; pace first makes 20 and 40 the other way round."""

    def team(tasks: float, pace: float) -> ForecastInput:
        return ForecastInput(
            Planned(COPY, "Copy"),
            TaskWork(tasks, History(()), (History((WorkDay(MONDAY - timedelta(days=7), 0.0, pace),)),)),
        )

    moved = movement(COPY, of(team(20, 1.0)), of(more(team(20, 0.5), 20, MONDAY)), team_pace)
    assert moved is not None
    assert moved.days == 60
    assert days(moved) == {Part(Cause.SCOPE): 30, Part(Cause.PACE): 30}


@st.composite
def plans(draw: st.DrawFn) -> Inputs:
    given = []
    for pk in (COPY, DESIGN, LAUNCH):
        one = at_work(pk, draw(st.integers(0, 40)), seed=draw(st.integers(0, 5)))
        waits = draw(st.lists(st.builds(ApprovalWait, st.none(), st.tuples(st.integers(0, 9))), max_size=2))
        given.append(replace(one, approvals=tuple(waits)))
    links = draw(st.sets(st.builds(Link, st.sampled_from((COPY, DESIGN)), st.just(LAUNCH), st.integers(0, 5))))
    inputs = of(*given, links=links, today=MONDAY + timedelta(days=draw(st.integers(0, 20))))
    holidays = draw(st.frozensets(st.dates(MONDAY, MONDAY + timedelta(days=60)), max_size=5))
    return replace(inputs, calendar=WorkingCalendar(holidays=holidays))


@given(plans(), plans())
@settings(max_examples=25)
def test_the_parts_add_up_whatever_changed_and_ask_twice_per_part_at_most(one: Inputs, other: Inputs) -> None:
    before, after = sorted((one, other), key=lambda inputs: inputs.today)
    asked = 0

    def counted(inputs: Inputs) -> Forecast:
        nonlocal asked
        asked += 1
        return plain(inputs)

    moved = movement(LAUNCH, before, after, counted)
    assert moved is not None
    assert sum(share.days for share in moved.shares) == moved.days
    assert asked <= 2 + 2 * (len(Cause) + 1)
    assert moved.before == plain(before).milestones[LAUNCH].likely.p85  # type: ignore[union-attr]
    assert moved.after == plain(after).milestones[LAUNCH].likely.p85  # type: ignore[union-attr]


@given(plans())
@settings(max_examples=20)
def test_where_nothing_changed_nothing_is_told(inputs: Inputs) -> None:
    moved = movement(LAUNCH, inputs, inputs, plain)
    assert moved is not None
    assert moved.shares == ()


def test_what_was_drawn_before_changes_no_number() -> None:
    kept: dict[Any, Any] = {}
    before, after = joined(), a_week_later(joined(), {COPY: [0, 1, 2, 0, 1], DESIGN: [1] * 5})

    def remembering(inputs: Inputs) -> Forecast:
        rows = list(inputs.milestones.values())
        return forecast(
            rows, inputs.links, today=inputs.today, calendar=inputs.calendar, draws=DRAWS, drawn=kept
        )  # fmt: skip

    assert movement(LAUNCH, before, after, remembering) == movement(LAUNCH, before, after, drawn)
    again = remembering(after).milestones
    assert {pk: one.likely for pk, one in drawn(after).milestones.items()} == {pk: m.likely for pk, m in again.items()}
    assert len(kept) == 2
