"""Working days by number: a calendar's days as integers that can be added, and the day of each number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date

from luna.lib.dates import WorkingCalendar

_WEEK = 7
_LAST = date.max.toordinal()


class NumberedDays:
    """The working days of a calendar, counted from 1 January of the year 1.

    A number is found without stepping through days, in time that grows with the logarithm of the number of holidays.
    """

    def __init__(self, calendar: WorkingCalendar) -> None:
        """Raises ValueError for a calendar without a working weekday."""
        if not calendar.weekdays:
            raise ValueError("a week needs a working day")
        self._weekdays = sorted(calendar.weekdays)
        self._within_week = [sum(day <= last for day in self._weekdays) for last in range(_WEEK)]
        self._holidays = sorted(day.toordinal() for day in calendar.holidays if day.weekday() in calendar.weekdays)
        # For each holiday, how many working days lie before it.
        self._before = [self._raw(ordinal) - 1 - place for place, ordinal in enumerate(self._holidays)]
        self._last_number = self._at_or_before(_LAST)
        self._known: dict[date, int] = {}

    def at_or_before(self, day: date) -> int:
        """The number of the last working day that is not after `day`."""
        number = self._known.get(day)
        if number is None:  # the same days are asked for again and again
            number = self._known[day] = self._at_or_before(day.toordinal())
        return number

    def at_or_after(self, day: date) -> int:
        """The number of the first working day that is not before `day`."""
        return self._at_or_before(day.toordinal() - 1) + 1

    def day(self, number: int) -> date:
        """The working day of a number; what lies beyond the year 9999 is its last working day."""
        number = min(number, self._last_number)
        weeks, rest = divmod(number + bisect_left(self._before, number) - 1, len(self._weekdays))
        return date.fromordinal(1 + weeks * _WEEK + self._weekdays[rest])

    def taken(self, start: date, completed: date) -> int:
        """Working days from `start` to `completed`, both counted, at least 1; for what was completed on or after it.

        What estimates are held against, in the forecast as in calibration.
        """
        return max(self.at_or_before(completed) - self.at_or_after(start) + 1, 1)

    def _at_or_before(self, ordinal: int) -> int:
        return self._raw(ordinal) - bisect_right(self._holidays, ordinal)

    def _raw(self, ordinal: int) -> int:
        """As `_at_or_before`, when there were no holidays. The first day of the year 1 is a Monday."""
        weeks, weekday = divmod(ordinal - 1, _WEEK)
        return weeks * len(self._weekdays) + self._within_week[weekday]
