"""What a forecast is made from is known by a hash: unchanged, the forecast needn't be made again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from milestones.domain.forecast import forecast
from milestones.domain.forecast_hash import input_hashes
from milestones.domain.forecast_types import ApprovalWait, EstimatedWork, ForecastInput, TaskWork
from milestones.domain.graph import downstream_of
from milestones.domain.schedule import Link
from milestones.domain.types import State
from tests.milestones.forecasting import CALENDAR, STEADY, TODAY, certain, day, uncertain_plans


def hashes_of(inputs: list[ForecastInput], links: list[Link], today: date = TODAY) -> dict[int, str]:
    return input_hashes(inputs, links, today=today, calendar=CALENDAR, draws=10)


@given(uncertain_plans(), st.data())
@settings(max_examples=40)
def test_a_hash_changes_with_its_own_inputs_and_what_it_waits_for_and_with_nothing_else(
    world: tuple[list[ForecastInput], list[Link], Link], data: st.DataObject
) -> None:
    inputs, links, _ = world
    changed = data.draw(st.sampled_from(range(len(inputs))))
    one = inputs[changed]
    assert isinstance(one.work, TaskWork)
    other = data.draw(
        st.sampled_from(
            [
                replace(one, work=replace(one.work, remaining=one.work.remaining + 1)),
                replace(one, work=replace(one.work, history=STEADY)),
                replace(one, work=replace(one.work, team=(STEADY,))),
                replace(one, work=EstimatedWork(one.work.remaining)),
                replace(one, approvals=(ApprovalWait(None),)),
                replace(one, planned=replace(one.planned, due_date=TODAY)),
                replace(one, planned=replace(one.planned, state=State.IN_PROGRESS)),
            ]
        )
    )
    before = hashes_of(inputs, links)
    after = hashes_of([*inputs[:changed], other, *inputs[changed + 1 :]], links)

    edges = [(link.predecessor_id, link.successor_id) for link in links]
    assert {pk for pk in before if before[pk] != after[pk]} == downstream_of([changed], edges)


def test_a_new_day_changes_what_is_open_alone_and_a_new_name_nothing() -> None:
    inputs = [certain(1, 2, state=State.COMPLETED, completed_date=day(-2)), certain(2, 2)]
    hashes = hashes_of(inputs, [Link(1, 2)])

    renamed = [replace(one, planned=replace(one.planned, name="Other")) for one in inputs]
    assert hashes_of(renamed, [Link(1, 2)]) == hashes
    tomorrow = hashes_of(inputs, [Link(1, 2)], day(1))
    assert (tomorrow[1] == hashes[1], tomorrow[2] == hashes[2]) == (True, False)
    lagging = hashes_of(inputs, [Link(1, 2, 1)])
    assert (lagging[1] == hashes[1], lagging[2] == hashes[2]) == (True, False)
    found = forecast(inputs, [Link(1, 2)], today=TODAY, calendar=CALENDAR, draws=10)
    assert found.milestones[2].inputs_hash == hashes[2]
