"""The company's one workspace: its name, time zone, working week and holidays."""

from __future__ import annotations

from datetime import date

from django.db import models

from luna import clock
from luna.lib.dates import WorkingCalendar, calendar_of
from luna.lib.work import DueRow
from people.models.user import check_zone


def monday_to_friday() -> list[int]:
    """The usual working week."""
    return [0, 1, 2, 3, 4]


class Workspace(DueRow):
    """One row. Computed things take today in its zone; due when they are to be computed again after a change."""

    name = models.CharField(max_length=80, default="Luna")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_zone])
    working_weekdays: models.JSONField[list[int], list[int]] = models.JSONField(default=monday_to_friday)
    """ISO weekdays on which people work, Monday is 0."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_workspace")]

    def __str__(self) -> str:
        return self.name

    @property
    def calendar(self) -> WorkingCalendar:
        """Working week without holidays; takes a statement."""
        return calendar_of(self.working_weekdays, [holiday.day for holiday in self.holidays.all()])

    @property
    def today(self) -> date:
        """Today in the workspace's zone."""
        return clock.today(self.time_zone)


class Holiday(models.Model):
    """A day on which nobody works."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["workspace", "day"], name="one_holiday_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()
