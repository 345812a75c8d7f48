"""Why dates move: keep what forecasts are made from, day by day, and compare two of the days in the worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from luna import clock
from luna.lib.work import Claim, ring
from milestones.domain.forecast_types import Forecast
from milestones.domain.inputs_codec import pack, unpack
from milestones.domain.movement import Inputs, Movement, launch_movement, movement
from milestones.domain.movement_codec import shares_to_json, went_to_json
from milestones.domain.retention import days_to_drop
from milestones.models import DateMovement, KeptInputs, Since
from milestones.selectors_movements import is_given_up, p85_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from launches.models import Launch
    from luna.lib.dates import WorkingCalendar
    from milestones.models import Milestone
    from milestones.selectors_forecast import ForecastInputs
    from people.models import User

MOVEMENTS = "movements"
A_WEEK = timedelta(days=7)
LEAST_DAYS = 2
"""By which a milestone's P85 has to move so that it is explained unasked: with the night alone most move by a day."""
HEAD_START = timedelta(minutes=5)
"""By so much earlier is due what somebody waits for: about as long as a large company's night takes."""

_log = structlog.get_logger(__name__)


def inputs_to_keep(
    launch_id: int, given: ForecastInputs, found: Forecast, today: date, calendar: WorkingCalendar
) -> KeptInputs:
    """The day's row, unsaved: what the launch's forecasts were made from, and the P85 that were `found`."""
    inputs = Inputs(
        milestones={one.planned.milestone_id: one for one in given.inputs},
        links=frozenset(given.links),
        today=today,
        calendar=calendar,
        targets={launch_id: given.target} if given.target else {},
    )
    launch = found.launches.get(launch_id)
    own = {pk: found.milestones[pk].likely for pk in sorted(given.own & found.milestones.keys())}
    return KeptInputs(
        launch_id=launch_id,
        day=today,
        inputs=pack(inputs),
        p50=launch.likely.p50 if launch and launch.likely else None,
        p85=launch.likely.p85 if launch and launch.likely else None,
        chance=launch.chance if launch else None,
        milestones={str(pk): likely.p85.isoformat() for pk, likely in own.items() if likely and likely.p85},
    )


def keep_inputs(kept: KeptInputs) -> None:
    """Write the day's row over an earlier one of the day, let go of old days, and have what moved explained.

    In the caller's transaction, in the same number of statements however many milestones there are.
    """
    stored = KeptInputs.objects.filter(launch=kept.launch_id, day__lte=kept.day)
    earlier = {row.day: row for row in stored.defer("inputs")}
    is_new_day = earlier.pop(kept.day, None) is None
    KeptInputs.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["launch", "day"],
        update_fields=["inputs", "p50", "p85", "chance", "milestones"],
    )
    dropped = days_to_drop(earlier, kept.day)
    if dropped:
        stored.filter(day__in=dropped).delete()
    _wish_explanations(kept, [row for day, row in sorted(earlier.items()) if day not in dropped], is_new_day=is_new_day)


def _wish_explanations(kept: KeptInputs, earlier: Sequence[KeptInputs], *, is_new_day: bool) -> None:
    """Why the launch's P85 differs from a week ago and from the day before, and a milestone's from a week ago.

    A milestone that moved by less than `LEAST_DAYS` is explained when somebody asks. On a new day what was given up is
    tried again.
    """
    standing = list(DateMovement.objects.filter(launch=kept.launch_id).defer("shares", "went"))
    rows = {(row.milestone_id, row.since): row for row in standing if row.since != Since.ASKED}
    due = [row for row in standing if row.since == Since.ASKED and row.after_day == kept.day]
    week_ago = [row for row in earlier if kept.day - row.day >= A_WEEK]
    for since, sides in ((Since.WEEK, week_ago), (Since.CHANGE, earlier)):
        for milestone_id in _moved(sides[-1], kept) if sides else []:
            if milestone_id and since is Since.CHANGE and week_ago:
                continue  # one answer is enough of each milestone
            row = rows.pop((milestone_id, since), None)
            row = row or DateMovement(launch_id=kept.launch_id, milestone_id=milestone_id, since=since)
            due.append(_between(row, sides[-1].day, p85_of(sides[-1], milestone_id)))
    # Nothing to explain where a week changed nothing. The last change stays until the next, but not an undone one.
    gone = [
        row.pk
        for row in rows.values()
        if row.since == Since.WEEK or row.after_day == kept.day or row.after != p85_of(kept, row.milestone_id)
    ]
    gone += [row.pk for row in standing if row.since == Since.ASKED and kept.day - row.after_day >= A_WEEK]
    again = [row for row in rows.values() if is_new_day and is_given_up(row) and row.pk not in gone]
    for row in again:
        row.due_at = clock.now()
        row.shares, row.went = [], None  # empty, and not read: each would be, one by one, when it is written
    _write([*(row for row in due if _is_news(row, kept)), *again], gone)


def _between(row: DateMovement, day: date, p85: date | None) -> DateMovement:
    """The row with that day as its first; what it says of another one is forgotten."""
    if (row.before_day, row.before) != (day, p85):
        row.before_day, row.before, row.after = day, p85, None
    return row


def _is_news(row: DateMovement, kept: KeptInputs) -> bool:
    """Make the row due, unless it tells already how that very date came about today."""
    after = p85_of(kept, row.milestone_id)
    if (row.after_day, row.after) == (kept.day, after):
        return False
    row.after_day, row.after, row.due_at = kept.day, after, clock.now()
    row.computed_at, row.shares, row.went = None, [], None
    return True


def _moved(before: KeptInputs, after: KeptInputs) -> list[int | None]:
    """The milestones whose P85 moved where both days have one; None is the launch, and comes first."""
    subjects = [None, *(int(pk) for pk in after.milestones)]
    pairs = ((pk, p85_of(before, pk), p85_of(after, pk)) for pk in subjects)
    return [pk for pk, was, now in pairs if was and now and abs((now - was).days) >= (LEAST_DAYS if pk else 1)]


def _write(due: Sequence[DateMovement], gone: Sequence[int]) -> None:
    if gone:
        DateMovement.objects.filter(pk__in=gone).delete()
    fields = ["before_day", "after_day", "before", "after", "shares", "went", "computed_at", "due_at"]
    DateMovement.objects.bulk_update([row for row in due if row.pk], fields, batch_size=200)
    DateMovement.objects.bulk_create([row for row in due if not row.pk], batch_size=200)
    for row in due:
        ring(MOVEMENTS, row.pk)


def ask_movement(*, launch: Launch, milestone: Milestone | None, before_day: date, actor: User) -> DateMovement:
    """Have the newest kept day compared with an earlier one; whoever asked the same before gets the same row.

    One that could not be worked out is tried again.
    Raises ValidationError where one of the two days has no P85.
    """
    del actor  # nothing that people wrote changes, so the log has nothing to tell
    milestone_id = milestone.pk if milestone else None
    after = KeptInputs.objects.filter(launch=launch).defer("inputs").last()
    before = KeptInputs.objects.filter(launch=launch, day=before_day).defer("inputs").first()
    if after is None or before is None or before.day >= after.day:
        raise ValidationError("Choose one of the days in the list.")
    was, is_now = p85_of(before, milestone_id), p85_of(after, milestone_id)
    if was is None or is_now is None:
        raise ValidationError("There was no forecast on one of the two days.")
    with transaction.atomic():
        row, is_new = DateMovement.objects.get_or_create(
            launch=launch,
            milestone=milestone,
            since=Since.ASKED,
            before_day=before.day,
            after_day=after.day,
            defaults={"before": was, "after": is_now, "due_at": clock.now() - HEAD_START},
        )
        if is_given_up(row):
            row.due_at = clock.now() - HEAD_START
            row.save(update_fields=["due_at"])
            is_new = True
        if is_new:
            ring(MOVEMENTS, row.pk)
    return row


def explain(*, claim: Claim[DateMovement]) -> None:
    """Compute the parts of one movement from the two days' kept inputs; none where one of them is kept no longer."""
    row = claim.row
    days = KeptInputs.objects.filter(launch=row.launch_id, day__in=(row.before_day, row.after_day)).order_by("day")
    ends = [unpack(bytes(one.inputs)) for one in days]
    began, forecast = time.perf_counter(), _Counted((row.launch_id, row.before_day, row.after_day))
    found = compared(row, ends[0], ends[1], forecast) if len(ends) > 1 else None
    _log.debug(
        "movement explained",
        launch=row.launch_id,
        milestone=row.milestone_id,
        forecasts=forecast.asked,
        seconds=round(time.perf_counter() - began, 3),
    )
    claim.finish(
        shares=shares_to_json(found.shares) if found else [],
        went=went_to_json(found.went) if found else None,
        forecasts=forecast.asked,
        computed_at=clock.now(),
    )


def compared(
    row: DateMovement, before: Inputs, after: Inputs, forecast: Callable[[Inputs], Forecast]
) -> Movement | None:
    """Why the row's date moved between these two; None where one of them gives none."""
    if row.milestone_id is None:
        return launch_movement(row.launch_id, before, after, forecast)
    return movement(row.milestone_id, before, after, forecast)


class _Counted:
    """The forecast, and how often it was asked. What is drawn for one movement serves the next of the same two days."""

    _last = threading.local()

    def __init__(self, pair: tuple[int, date, date]) -> None:
        """`pair` is the launch and the two days."""
        self.asked = 0
        if getattr(self._last, "pair", None) != pair:
            self._last.pair, self._last.drawn = pair, {}
        # Loaded by name: a web process has no use for numpy's memory.
        self._compute: Callable[..., Forecast] = import_string("milestones.domain.forecast.forecast")

    def __call__(self, inputs: Inputs) -> Forecast:
        self.asked += 1
        return self._compute(
            list(inputs.milestones.values()),
            inputs.links,
            today=inputs.today,
            calendar=inputs.calendar,
            targets=inputs.targets,
            drawn=self._last.drawn,
        )
