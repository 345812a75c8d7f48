"""The joint forecast: what passes through dependencies, what is said where little is known, and that it repeats."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milestones.domain.forecast import forecast
from milestones.domain.forecast_types import (
    ApprovalWait,
    Basis,
    EstimatedWork,
    Forecast,
    ForecastInput,
    History,
    Lack,
    Likely,
    NoForecast,
    TaskWork,
    chance_words,
)
from milestones.domain.graph import CircleError
from milestones.domain.sampling import HORIZON_DAYS
from milestones.domain.schedule import Link, Planned, effective_waits, plan
from milestones.domain.simulation import Samples, Simulation
from milestones.domain.types import State
from tests.milestones.forecasting import (
    AXIS,
    CALENDAR,
    STEADY,
    TODAY,
    certain,
    day,
    days_until_yesterday,
    uncertain,
    uncertain_plans,
)

APOLLO, HERMES = 1, 2


def run(inputs: list[ForecastInput], links: list[Link] | None = None, draws: int = 10_000) -> Forecast:
    return forecast(inputs, links or [], today=TODAY, calendar=CALENDAR, draws=draws)


def likely(inputs: list[ForecastInput], links: list[Link] | None = None, draws: int = 10_000) -> dict[int, Likely]:
    answers = run(inputs, links, draws).milestones
    return {pk: answer.likely for pk, answer in answers.items() if answer.likely}


def simulate(inputs: list[ForecastInput], links: list[Link]) -> Simulation:
    by_id = {one.planned.milestone_id: one for one in inputs}
    waits = effective_waits({pk: one.planned for pk, one in by_id.items()}, sorted(by_id), links)
    return Simulation(by_id, waits, Samples(AXIS), 10_000)


def surely(working_days: int) -> Likely:
    return Likely(day(working_days), day(working_days), day(working_days))


def test_two_that_are_waited_for_join_as_independent_ones() -> None:
    """The chance that both are done is the product of the chances, on every day, within two points."""
    first, second, join = (
        uncertain(1, 12),
        uncertain(2, 9, often=3),
        ForecastInput(Planned(3, "Join"), certain(3, 1).work),
    )
    finishes = simulate([first, second, join], [Link(1, 3), Link(2, 3)]).finishes

    apart = simulate([replace(first, planned=Planned(11, "A")), replace(second, planned=Planned(12, "B"))], []).finishes
    days = np.arange(120)
    product = (apart[11][:, None] <= days).mean(axis=0) * (apart[12][:, None] <= days).mean(axis=0)
    joined = (finishes[3][:, None] <= days + 1).mean(axis=0)
    assert np.abs(joined - product).max() < 0.02
    assert 0.2 < product[30] < 0.99, "the days between never and always are compared"


def test_through_a_diamond_both_sides_see_the_same_draw() -> None:
    """A → B, A → C, B and C → D with B and C certain: D is A and as many days more, in each draw."""
    inputs = [uncertain(1, 12), certain(2, 4), certain(3, 6), certain(4, 2)]
    finishes = simulate(inputs, [Link(1, 2), Link(1, 3), Link(2, 4), Link(3, 4)]).finishes

    assert len(set(finishes[1])) > 10
    assert np.array_equal(finishes[4], finishes[1] + 6 + 2)


@pytest.mark.parametrize(
    ("given", "links", "finish"),
    [
        ([certain(1, 5)], [], 4),
        ([certain(1, 5, start_date=day(3))], [], 7),
        ([certain(1, 5, start_date=day(-30))], [], 4),
        ([certain(9, 3), certain(1, 5)], [Link(9, 1)], 7),
        ([certain(9, 3), certain(1, 5)], [Link(9, 1, 2)], 9),
        ([certain(9, 3), certain(1, 5, start_date=day(10))], [Link(9, 1)], 14),
        ([certain(9, 30), certain(1, 5, state=State.IN_PROGRESS)], [Link(9, 1)], 30),
        ([certain(9, 3), certain(1, 5, state=State.IN_PROGRESS, start_date=day(9))], [Link(9, 1)], 4),
        ([certain(9, 9, state=State.COMPLETED, completed_date=day(-1)), certain(1, 5)], [Link(9, 1, 2)], 6),
        ([certain(9, 9, state=State.COMPLETED, completed_date=day(-30)), certain(1, 5)], [Link(9, 1, 2)], 4),
        ([certain(8, 3), certain(9, 90, state=State.CANCELLED), certain(1, 5)], [Link(8, 9, 7), Link(9, 1, 7)], 7),
        ([certain(1, 0)], [], 0),
    ],
)
def test_work_of_a_certain_length_ends_where_the_plan_says(
    given: list[ForecastInput], links: list[Link], finish: int
) -> None:
    assert likely(given, links, draws=20)[1] == surely(finish)


@st.composite
def certain_plans(draw: st.DrawFn) -> tuple[list[ForecastInput], list[Link]]:
    count = draw(st.integers(1, 7))
    states = st.sampled_from([State.NOT_STARTED] * 3 + [State.IN_PROGRESS, State.COMPLETED, State.CANCELLED])
    inputs = []
    for pk in range(count):
        state, length = draw(states), draw(st.integers(0, 20))
        start = day(draw(st.integers(-5, 20))) if state is State.NOT_STARTED and draw(st.booleans()) else None
        done = day(draw(st.integers(-20, 0))) if state is State.COMPLETED else None
        launch = draw(st.sampled_from([None, APOLLO, HERMES]))
        planned = Planned(pk, f"M{pk}", state, launch, start, None, done, estimate_days=length)
        inputs.append(ForecastInput(planned, TaskWork(length, STEADY)))
    pairs = list(combinations(range(count), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return inputs, [Link(*pair, lag_days=draw(st.integers(0, 4))) for pair in chosen]


@given(certain_plans())
@settings(max_examples=60)
def test_where_nothing_is_uncertain_the_forecast_is_the_schedule(world: tuple[list[ForecastInput], list[Link]]) -> None:
    inputs, links = world
    schedule = plan([one.planned for one in inputs], links, today=TODAY, calendar=CALENDAR)
    found = run(inputs, links, draws=3)

    for pk, days in schedule.milestones.items():
        assert found.milestones[pk].likely == Likely(days.finish, days.finish, days.finish)
    for launch, end in schedule.ends.items():
        answer = found.launches[launch]
        assert answer.likely == Likely(end, end, end)
        still_open = [pk for pk in schedule.critical_paths[launch] if schedule.milestones[pk].finish > TODAY]
        assert all(answer.criticality[pk] == 1 for pk in still_open)


@given(uncertain_plans())
@settings(max_examples=30)
def test_another_dependency_makes_no_day_earlier(world: tuple[list[ForecastInput], list[Link], Link]) -> None:
    inputs, links, more = world
    before, after = likely(inputs, links, draws=400), likely(inputs, [*links, more], draws=400)
    far = date.max

    for pk, earlier in before.items():
        later = after[pk]
        assert (later.p50 or far) >= (earlier.p50 or far)
        assert (later.p85 or far) >= (earlier.p85 or far)


def test_a_circle_is_refused_by_name() -> None:
    with pytest.raises(CircleError, match="“M1” → “M2” → “M1”"):
        run([certain(1, 1), certain(2, 1)], [Link(1, 2), Link(2, 1)])


def test_the_same_inputs_give_the_same_numbers_whatever_else_there_is() -> None:
    inputs, links = [uncertain(1, 9), uncertain(2, 7), certain(3, 4)], [Link(1, 2)]
    once = run(inputs, links)

    assert run(inputs, links) == once
    others = run([uncertain(0, 30), *reversed(inputs)], [*links, Link(0, 3)])
    assert [others.milestones[pk] for pk in (1, 2)] == [once.milestones[pk] for pk in (1, 2)]


def test_the_numbers_of_the_document() -> None:
    """They are the same on every machine; another version of numpy may draw others."""
    calm = days_until_yesterday([float(n) for n in "10211011201103102102" * 3])
    moody = days_until_yesterday([float(n) for n in "00050000600201000006" * 3])
    due = date(2026, 12, 18)
    inputs = [
        ForecastInput(Planned(1, "Calendar sync", State.IN_PROGRESS, APOLLO, due_date=due), TaskWork(15, calm)),
        ForecastInput(Planned(2, "Booking page", State.IN_PROGRESS, APOLLO, due_date=due), TaskWork(15, moody)),
        ForecastInput(
            Planned(3, "Beta", launch_id=APOLLO, due_date=date(2027, 1, 15)),
            EstimatedWork(5, ratios=(0.8, 1.0, 1.2, 1.2, 1.6)),
            approvals=(ApprovalWait(None, (1, 2, 2, 3, 6)),),
        ),
    ]
    found = run(inputs, [Link(1, 3), Link(2, 3, 2)])

    said = [
        (answer.likely.words(TODAY), answer.likely.p95, chance_words(answer.chance, is_over=False))
        for answer in found.milestones.values()
        if answer.likely and answer.chance is not None
    ]
    assert said == [
        ("likely Mon 14 Dec, 85 % sure by Wed 16 Dec", date(2026, 12, 17), ">95 %"),
        ("likely Mon 14 Dec, 85 % sure by Tue 22 Dec", date(2026, 12, 29), "79 %"),
        ("likely Thu 31 Dec, 85 % sure by Tue 12 Jan", date(2027, 1, 22), "91 %"),
    ]
    booking = found.milestones[2].curve
    assert [booking[n] for n in (1, 4, 14)] == [date(2026, 12, 7), date(2026, 12, 9), date(2026, 12, 18)]
    assert {pk: round(share, 2) for pk, share in found.launches[APOLLO].criticality.items()} == {1: 0.38, 2: 0.71, 3: 1}


@pytest.mark.parametrize(
    ("work", "lack", "sentence"),
    [
        (None, Lack.NO_WORK, "Not enough data: no tasks are linked and nothing is estimated."),
        (TaskWork(3, History(())), Lack.FEW_DAYS, "Not enough data: 0 active days of 5."),
        (TaskWork(1, days_until_yesterday([0.0])), Lack.FEW_DAYS, "Not enough data: 1 active day of 5."),
        (TaskWork(9, days_until_yesterday([1.0, 3, 0, 2])), Lack.FEW_DAYS, "Not enough data: 4 active days of 5."),
        (
            TaskWork(9, days_until_yesterday([1.0]), (days_until_yesterday([1.0, 1]),)),
            Lack.FEW_DAYS,
            "Not enough data: 3 active days of 5.",
        ),
    ],
)
def test_of_too_little_no_number_is_made(work: TaskWork | None, lack: Lack, sentence: str) -> None:
    found = run(
        [ForecastInput(Planned(1, "M1", launch_id=APOLLO, due_date=day(9)), work), certain(2, 3, launch_id=APOLLO)]
    )
    answer = found.milestones[1]

    assert (answer.likely, answer.chance, answer.basis) == (None, None, None)
    assert answer.none_because is not None
    assert (answer.none_because.lack, answer.none_because.sentence) == (lack, sentence)
    assert (found.launches[APOLLO].likely, found.launches[APOLLO].missing) == (None, (1,))


def test_what_waits_for_something_unknown_is_unknown_too_and_says_for_which() -> None:
    nothing = ForecastInput(Planned(1, "M1"))
    answers = run([nothing, certain(2, 3), certain(3, 3), certain(4, 1)], [Link(1, 2), Link(2, 3)]).milestones

    assert answers[3].none_because == NoForecast(Lack.UPSTREAM, milestone_ids=(1,))
    assert answers[3].none_because.sentence == "Not enough data for 1 milestone that it waits for."
    assert answers[4].likely == surely(0)


def test_where_its_own_days_are_few_its_teams_are_taken() -> None:
    quick = days_until_yesterday([2.0] * 40)
    none_yet = ForecastInput(Planned(1, "M1"), TaskWork(10, History(()), (quick, History(()))))
    enough = ForecastInput(Planned(2, "M2"), TaskWork(40, STEADY, (quick,)))

    answers = run([none_yet, enough]).milestones

    assert (answers[1].basis, answers[1].likely) == (Basis.TEAM_DAYS, surely(4))
    assert answers[2].basis == Basis.OWN_DAYS
    assert answers[2].likely
    assert answers[2].likely.p50
    assert day(30) < answers[2].likely.p50 < day(39), "a little quicker than its own 40 days, as its team is quick"


def test_a_day_that_is_passed_cannot_be_met_and_one_beyond_doubt_is_still_not_certain() -> None:
    inputs = [certain(1, 5, due_date=day(-1)), certain(2, 5, due_date=day(4)), certain(3, 5, due_date=day(3))]
    answers = run([*inputs, certain(4, 5)]).milestones

    assert [answers[pk].chance for pk in (1, 2, 3, 4)] == [0, 1, 0, None]
    assert chance_words(1, is_over=False) == ">95 %"
    assert chance_words(0.951, is_over=False) == ">95 %"
    assert chance_words(0.95, is_over=False) == "95 %"
    assert chance_words(0.004, is_over=False) == "<1 %"
    assert (chance_words(1, is_over=True), chance_words(0, is_over=True)) == ("100 %", "0 %")


def test_what_is_completed_has_its_day_and_decides_nothing() -> None:
    late = certain(
        1, 9, state=State.COMPLETED, completed_date=date(2026, 11, 22), due_date=date(2026, 11, 20), launch_id=APOLLO
    )
    found = run([late])

    sunday = date(2026, 11, 22)
    answer = found.milestones[1]
    assert (answer.basis, answer.likely, answer.chance) == (Basis.COMPLETED, Likely(sunday, sunday, sunday), 0)
    assert found.launches[APOLLO].likely == Likely(sunday, sunday, sunday)
    assert found.launches[APOLLO].criticality == {}


def test_all_tasks_done_is_a_finish_today_whatever_the_history() -> None:
    answer = run([ForecastInput(Planned(1, "M1"), TaskWork(0, History(())))]).milestones[1]

    assert (answer.basis, answer.likely) == (Basis.NOTHING_LEFT, surely(0))


@pytest.mark.parametrize(
    "work", [EstimatedWork(10_000), TaskWork(10_000, STEADY), TaskWork(3, days_until_yesterday([1.0] * 9, [1.0] * 9))]
)
def test_beyond_the_horizon_there_is_no_date_in_sight(work: TaskWork | EstimatedWork) -> None:
    found = run(
        [ForecastInput(Planned(1, "M1", launch_id=APOLLO, due_date=day(900)), work), certain(2, 3)], [Link(1, 2)]
    )

    assert (
        found.milestones[1].likely
        == found.milestones[2].likely
        == found.launches[APOLLO].likely
        == Likely(None, None, None)
    )
    assert found.milestones[1].chance == 0
    assert Likely(None, None, None).words(TODAY) == "no date in sight"
    assert Likely(day(3), None, None).words(TODAY) == "likely Thu 26 Nov, but no date in sight is 85 % sure"
    assert found.horizon == day(HORIZON_DAYS - 1)


def test_an_approval_asked_for_runs_beside_the_work_and_one_not_asked_for_comes_after_it() -> None:
    four = (4.0,) * 2_000
    work = TaskWork(3, STEADY)
    for approvals, finish in [
        ((ApprovalWait(1, four),), 3),  # three more days, as the work
        ((ApprovalWait(0, four),), 4),
        ((ApprovalWait(None, four),), 2 + 4),
        ((ApprovalWait(None, four), ApprovalWait(0, four), ApprovalWait(None, four)), 4 + 4 + 4),
    ]:
        answer = likely([ForecastInput(Planned(1, "M1"), work, approvals)])[1]
        assert (answer.p50, answer.p85) == (day(finish), day(finish)), approvals


def test_shares_of_a_task_make_one_task() -> None:
    """Two milestones hold the same tasks half each: half the work at half the pace, and the same days as whole."""
    completed, arrived = [2.0, 0, 1, 0, 4] * 12, [0.0, 1, 0, 0, 0] * 12
    whole = TaskWork(12, days_until_yesterday(completed, arrived))
    half = TaskWork(6, days_until_yesterday([c / 2 for c in completed], [a / 2 for a in arrived]))

    assert likely([ForecastInput(Planned(1, "M1"), half)]) == likely([ForecastInput(Planned(1, "M1"), whole)])


def test_criticality_is_how_often_a_milestone_decided_the_launch_across_launches() -> None:
    """Importer of Hermes, 20 days, is waited for by Beta; Texts takes 21, and no draw of the idle one is the last."""
    importer = certain(1, 20, launch_id=HERMES)
    beta, texts, idle = (certain(pk, n, launch_id=APOLLO) for pk, n in ((2, 1), (3, 21), (4, 2)))
    found = run([importer, beta, texts, idle], [Link(1, 2)])

    assert found.launches[APOLLO].criticality == {1: 1, 2: 1, 3: 1}
    assert found.launches[HERMES].criticality == {1: 1}


def test_criticality_of_equal_ones_is_shared() -> None:
    found = run([uncertain(1, 12, launch_id=APOLLO), uncertain(2, 12, launch_id=APOLLO)])
    one, other = found.launches[APOLLO].criticality.values()

    assert one == pytest.approx(other, abs=0.03)
    assert 1 <= one + other < 1.2


def test_five_hundred_milestones_take_a_few_seconds() -> None:
    """5 s at most; far less on an idle machine, see `benchmarks/forecast.py`."""
    random = Random(4)
    inputs = [uncertain(pk, random.randint(1, 25), often=random.randint(1, 4), launch_id=pk % 25) for pk in range(500)]
    links = [Link(*pair) for pair in random.sample(list(combinations(range(500), 2)), 1_500)]

    started = time.process_time()
    found = run(inputs, links)

    assert len(found.milestones) == 500
    assert time.process_time() - started < 5
