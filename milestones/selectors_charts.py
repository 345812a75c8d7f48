"""Reading what charts are drawn from: a milestone's days, and how a launch's dates stood on each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.urls import reverse

from launches.models import Launch
from luna.events.models import Event
from luna.ui.charts.burnup import Count, Plan
from luna.ui.charts.slips import Move, Slip
from luna.ui.charts.trend import Series
from milestones.domain.burnup import counts_of
from milestones.domain.progress import DayCount
from milestones.domain.slips import DueMove, first_due_of, moves_between_dates
from milestones.domain.types import State
from milestones.models import Forecast, Milestone, Snapshot, WorkDay
from milestones.selectors import milestones_of

if TYPE_CHECKING:
    from people.models import Workspace

LOOK_BACK = timedelta(days=366)
"""Of snapshots: a trend goes back a year."""
MOST_DAYS = 100
"""Of a trend of forecasts, which change every day: more could not be told apart."""


def burnup_of(milestone: Milestone, today: date) -> tuple[tuple[Count, ...], Plan]:
    """Its tasks day by day, and the days that stand beside them; in two statements."""
    days = WorkDay.objects.filter(milestone=milestone).values_list("day", "arrived", "completed", "scope")
    seen = Snapshot.objects.filter(milestone=milestone).values_list("day", "tasks_done", "tasks_total")
    now = Count(milestone.completed_date or today, milestone.tasks_done, milestone.tasks_total)
    counts = counts_of(
        (DayCount(*row) for row in days.order_by("day")), (Count(*row) for row in seen.order_by("day")), now
    )
    kept: Forecast | None = getattr(milestone, "forecast", None)
    return counts, Plan(
        today=today,
        due=milestone.due_date,
        baseline=milestone.baseline_due_date,
        completed=milestone.completed_date,
        likely=(kept.p50, kept.p85, kept.p95) if kept and milestone.is_open else (None, None, None),
    )


@dataclass(frozen=True)
class LaunchDates:
    """How the dates of a launch's milestones moved, in the launch's order; without cancelled ones."""

    due: tuple[Series, ...]
    sure: tuple[Series, ...]
    """The days by which each was 85 % sure, as forecast on each day."""
    slips: tuple[Slip, ...]
    """Of those with a due date."""


def launch_dates(launch: Launch, place: Workspace) -> LaunchDates:
    """Out of the event log and the daily snapshots, in three statements however many milestones there are."""
    rows = list(milestones_of(launch).exclude(state=State.CANCELLED))
    zone = ZoneInfo(place.time_zone)
    moves = _moves(launch, zone)
    paths = {row.pk: reverse("milestones:detail", args=[launch.key, row.pk]) for row in rows}
    kept = _kept_forecasts(launch, place.today)
    return LaunchDates(
        due=tuple(_series(row, paths[row.pk], _due_told(row, moves[row.pk], zone)) for row in rows),
        sure=tuple(_series(row, paths[row.pk], [*kept[row.pk], *_sure_now(row, place.today)]) for row in rows),
        slips=tuple(_slip(row, paths[row.pk], row.due_date, moves[row.pk]) for row in rows if row.due_date),
    )


def _kept_forecasts(launch: Launch, today: date) -> defaultdict[int, list[tuple[date, date | None]]]:
    """By milestone: the day by which it was 85 % sure, as forecast on each day; of a long history on every nth day."""
    seen = Snapshot.objects.filter(milestone__launch=launch, day__gte=today - LOOK_BACK).order_by("day")
    rows = list(seen.values_list("milestone_id", "day", "p85"))
    days = sorted({day for _, day, _ in rows}, reverse=True)
    shown = set(days[:: len(days) // MOST_DAYS + 1])
    found: defaultdict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for pk, day, p85 in rows:
        if day in shown:
            found[pk].append((day, p85))
    return found


def due_dates(
    launch: Launch, rows: Iterable[Milestone], zone: ZoneInfo
) -> dict[int, tuple[tuple[date, date | None], ...]]:
    """By milestone: the due dates that it had, each with the day from which it stood; in one statement."""
    moves = _moves(launch, zone)
    return {row.pk: tuple(_due_told(row, moves[row.pk], zone)) for row in rows}


def _moves(launch: Launch, zone: ZoneInfo) -> defaultdict[int, list[tuple[DueMove, str]]]:
    """By milestone: the changes of its due date with their reasons, oldest first."""
    edits = Event.objects.filter(launch_id=launch.pk, verb="milestone.edited", after__has_key="due_date")
    columns = ("subject_id", "recorded_at", "before", "after", "why")
    found: defaultdict[int, list[tuple[DueMove, str]]] = defaultdict(list)
    for pk, at, before, after, why in edits.order_by("recorded_at", "pk").values_list(*columns):
        move = DueMove(at.astimezone(zone).date(), _day(before.get("due_date")), _day(after.get("due_date")))
        found[pk].append((move, why))
    return found


def _due_told(row: Milestone, moves: Sequence[tuple[DueMove, str]], zone: ZoneInfo) -> list[tuple[date, date | None]]:
    """From the day on which it was made on."""
    first = moves[0][0].before if moves else row.due_date
    return [(row.created_at.astimezone(zone).date(), first), *((move.on, move.after) for move, _ in moves)]


def _sure_now(row: Milestone, today: date) -> list[tuple[date, date | None]]:
    forecast: Forecast | None = getattr(row, "forecast", None)
    return [(today, forecast.p85)] if forecast and row.is_open else []


def _series(row: Milestone, path: str, told: Sequence[tuple[date, date | None]]) -> Series:
    return Series(row.pk, row.name, tuple(told), row.health, row.completed_date, path)


def _slip(row: Milestone, path: str, due: date, moves: Sequence[tuple[DueMove, str]]) -> Slip:
    whys = {(move.on, move.after): why for move, why in moves}
    plain = [move for move, _ in moves]
    forecast: Forecast | None = getattr(row, "forecast", None)
    return Slip(
        pk=row.pk,
        name=row.name,
        first=first_due_of(plain, due, row.baseline_due_date) or due,
        due=due,
        moves=tuple(
            Move(move.on, move.before, move.after, whys.get((move.on, move.after), ""))
            for move in moves_between_dates(plain)
        ),
        completed=row.completed_date,
        sure=forecast.p85 if forecast and row.is_open else None,
        is_out_of_sight=bool(forecast and row.is_open and forecast.basis and forecast.p85 is None),
        health=row.health,
        path=path,
    )


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
