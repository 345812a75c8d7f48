"""When milestones and launches will be finished: the joint forecast of the whole plan (docs/algorithms/forecast.md)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from luna.lib.dates import WorkingCalendar
from milestones.domain.days import NumberedDays
from milestones.domain.forecast_hash import hashes_along
from milestones.domain.forecast_types import (
    CURVE_PER_CENT,
    DRAWS,
    Basis,
    Curve,
    Forecast,
    ForecastInput,
    LaunchForecast,
    MilestoneForecast,
    likely_on,
)
from milestones.domain.graph import components, in_order
from milestones.domain.sampling import HORIZON_DAYS, Days
from milestones.domain.schedule import Link, effective_waits
from milestones.domain.simulation import Axis, Drawn, Samples, Simulation

_Within = NDArray[np.int64]
"""In how many draws the finish is at most so many working days from today."""


def forecast(
    inputs: Sequence[ForecastInput],
    links: Collection[Link],
    *,
    today: date,
    calendar: WorkingCalendar,
    draws: int = DRAWS,
    targets: Mapping[int, date] | None = None,
    drawn: dict[tuple[date, WorkingCalendar], Drawn] | None = None,
) -> Forecast:
    """Every milestone's and launch's likely days, from `draws` joint runs; the same inputs give the same numbers.

    `targets` are the launches' target dates, by launch. Who asks for many forecasts that differ in little gives the
    same `drawn` with each, at first empty: what is equal is drawn once, and the forecasts carry no hash.

    Cancelled milestones get no forecast. Give, with a milestone, all that it waits for (`graph.upstream_of`), and of a
    launch all its milestones. Raises CircleError, which names the milestones of a circle, and KeyError for a link to a
    milestone not given.
    """
    given = {one.planned.milestone_id: one for one in inputs}
    planned = {pk: one.planned for pk, one in given.items()}
    edges = [(link.predecessor_id, link.successor_id) for link in links]
    order = in_order({pk: m.name for pk, m in planned.items()}, edges)
    waits = effective_waits(planned, order, links)
    hashes = {} if drawn is not None else hashes_along(given, waits, today=today, calendar=calendar, draws=draws)
    days = NumberedDays(calendar)
    axis = Axis(days, days.at_or_after(today))
    samples = Samples(axis, None if drawn is None else drawn.setdefault((today, calendar), {}))
    milestones: dict[int, MilestoneForecast] = {}
    launches: dict[int, LaunchForecast] = {}
    for part in _parts(given, waits):
        simulation = Simulation(given, {pk: waits[pk] for pk in part}, samples, draws)
        milestones |= {pk: _milestone(given[pk], simulation, axis, hashes.get(pk, "")) for pk in part}
        launches |= _launches(given, part, simulation, axis, targets or {})
    return Forecast(milestones, launches, horizon=axis.day(HORIZON_DAYS - 1))


def _parts(given: Mapping[int, ForecastInput], waits: Mapping[int, Mapping[int, int]]) -> list[list[int]]:
    """The ids in order, apart where neither a dependency nor a launch joins them: each part's draws are let go."""
    edges = [(before, pk) for pk, befores in waits.items() for before in befores]
    first_of: dict[int, int] = {}
    for pk in waits:
        launch = given[pk].planned.launch_id
        if launch is not None:
            edges.append((first_of.setdefault(launch, pk), pk))
    return components(list(waits), edges)


def _milestone(one: ForecastInput, simulation: Simulation, axis: Axis, inputs_hash: str) -> MilestoneForecast:
    m = one.planned
    pk = m.milestone_id
    if pk in simulation.lacks:
        return MilestoneForecast(pk, inputs_hash, None, None, None, simulation.lacks[pk])
    if pk in simulation.completed:
        finish = m.completed_date or axis.day(simulation.completed[pk])
        met = None if m.due_date is None else float(finish <= m.due_date)
        flat = (finish,) * len(CURVE_PER_CENT)
        return MilestoneForecast(pk, inputs_hash, Basis.COMPLETED, likely_on(flat), met, curve=flat)
    within = _within(simulation.finishes[pk])
    chance = None if m.due_date is None else _share_by(axis.at_or_before(m.due_date), within)
    curve = _curve(within, axis)
    return MilestoneForecast(pk, inputs_hash, simulation.basis[pk], likely_on(curve), chance, curve=curve)


def _launches(
    given: Mapping[int, ForecastInput],
    part: Sequence[int],
    simulation: Simulation,
    axis: Axis,
    targets: Mapping[int, date],
) -> dict[int, LaunchForecast]:
    members: dict[int, list[int]] = {}
    for pk in part:
        launch = given[pk].planned.launch_id
        if launch is not None:
            members.setdefault(launch, []).append(pk)
    found: dict[int, LaunchForecast] = {}
    for launch, pks in members.items():
        target = targets.get(launch)
        still_open = [pk for pk in pks if pk in simulation.finishes]
        missing = tuple(pk for pk in pks if pk in simulation.lacks)
        if missing:
            found[launch] = LaunchForecast(launch, None, {}, missing)
        elif still_open:
            end = np.maximum.reduce([simulation.finishes[pk] for pk in still_open])
            within = _within(end)
            chance = None if target is None else _share_by(axis.at_or_before(target), within)
            deciding = simulation.criticality(still_open, end)
            curve = _curve(within, axis)
            found[launch] = LaunchForecast(launch, likely_on(curve), deciding, chance=chance, curve=curve)
        else:
            last = max(given[pk].planned.completed_date or axis.day(simulation.completed[pk]) for pk in pks)
            met = None if target is None else float(last <= target)
            flat = (last,) * len(CURVE_PER_CENT)
            found[launch] = LaunchForecast(launch, likely_on(flat), {}, chance=met, curve=flat)
    return found


def _within(finishes: Days) -> _Within:
    return np.cumsum(np.bincount(finishes, minlength=HORIZON_DAYS + 1))


def _curve(within: _Within, axis: Axis) -> Curve:
    """The first days by which at least 5 %, 10 % … 95 % of the draws are finished."""
    draws = int(within[-1])
    needed = [math.ceil(per_cent * draws / 100) for per_cent in CURVE_PER_CENT]
    offsets = np.searchsorted(within, needed).tolist()
    return tuple(axis.day(offset) if offset < HORIZON_DAYS else None for offset in offsets)


def _share_by(offset: int, within: _Within) -> float:
    return 0.0 if offset < 0 else float(within[min(offset, HORIZON_DAYS - 1)] / within[-1])
