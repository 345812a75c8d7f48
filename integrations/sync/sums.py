"""Counting that the database does by itself: tasks that are alike come as one row with their number.

What is alike: all in which nothing has to be looked at but their state, their size and their days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, When
from django.db.models.query import ValuesListIterable

from integrations.domain.types import TaskState
from integrations.models import SourceTask

AT_ONCE = 2000
"""Rows that are read or written in one go."""


class _QuarterHour(Func):
    """The beginning of an instant's quarter of an hour.

    Days are told by Luna's own zones, not the database's: no zone has been off by other than quarters since 1972
    (https://data.iana.org/time-zones/theory.html), so all of a quarter lies on one day.
    """

    output_field = DateTimeField()
    # Counted from the year 1, as a division of what lies before 1970 would round up.
    template = "datetime((unixepoch(%(expressions)s) + 62135596800) / 900 * 900 - 62135596800, 'unixepoch')"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return self.as_sql(
            compiler, connection, template="date_bin('15 minutes', %(expressions)s, '2000-01-01 00:00+00')"
        )


def streamed(rows: QuerySet[Any, Any], iterable: type[Any] = ValuesListIterable) -> Iterator[Any]:
    """The rows with a cursor on the server, against the settings' rule: `iterator` would bring all at once.

    It lives and ends inside one transaction.
    """
    return iter(iterable(rows, chunked_fetch=True, chunk_size=AT_ONCE))


def taken_links(source_ids: Collection[int], elsewhere: QuerySet[SourceTask] | None) -> QuerySet[SourceTask]:
    """Each task of the sources that counts, by the first link to it, but for those with a link `elsewhere`."""
    links = SourceTask.objects.filter(source_id__in=list(source_ids), task__removed_at=None)
    links = links.exclude(task__state=TaskState.CANCELLED)
    if len(source_ids) > 1:
        earlier = SourceTask.objects.filter(
            source_id__in=list(source_ids), task_id=OuterRef("task_id"), pk__lt=OuterRef("pk")
        )
        links = links.filter(~Exists(earlier))
    if elsewhere is not None:
        links = links.filter(~Exists(elsewhere.filter(task_id=OuterRef("task_id"))))
    return links


def sizes(links: QuerySet[SourceTask], column: str) -> Iterator[tuple[int, str, Any, int]]:
    """(source, state, size, number of tasks); without the name of a column there is no size."""
    size = [f"task__{column}"] if column else []
    rows = links.order_by().values_list("source_id", "task__state", *size).annotate(number=Count("pk"))
    for source_id, state, *more in streamed(rows):
        yield source_id, state, more[0] if column else None, more[-1]


def days_of_arrival(links: QuerySet[SourceTask], zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """On which days how many were made; what was done before it was made, as imported ones are, when it was done."""
    made_at, done_at = F("task__remote_created_at"), F("task__completed_at")
    is_done = Q(task__state=TaskState.DONE)
    came_at = Case(
        When(Q(task__remote_created_at=None) & is_done, then=done_at),
        When(is_done & Q(task__completed_at__lt=made_at), then=done_at),
        default=made_at,
    )
    return _days(links, came_at, zone)


def days_of_completion(links: QuerySet[SourceTask], zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """On which days how many were completed."""
    return _days(links.filter(task__state=TaskState.DONE), F("task__completed_at"), zone)


def _days(links: QuerySet[SourceTask], at: Any, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """A day may come several times."""
    rows = links.order_by().values_list(_QuarterHour(at)).annotate(number=Count("pk"))
    for quarter, number in streamed(rows):
        if quarter is not None:
            yield quarter.astimezone(zone).date(), number
