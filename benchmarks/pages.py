"""Pages at 200 launches × 20 milestones, and the number of their statements at any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import raw
from benchmarks.stopwatch import Ratio, compare
from luna.ui.kept import row_html
from milestones.models import Milestone
from people.models import User

STATEMENTS_AT_MOST = 8


def page_ratios(user: User) -> Iterator[Ratio]:
    """The portfolio with its row cache warm and cold, the launch page, a milestone's write."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    portfolio = _getter(client, reverse("reports:portfolio"))
    yield compare(
        "portfolio, 50 of 200 rows, row cache warm",
        portfolio,
        raw.portfolio,
        at_most=3,
        against="raw SQL and f-strings",
    )
    yield compare(
        "portfolio, 50 of 200 rows, row cache cold",
        _cold(portfolio),
        raw.portfolio,
        at_most=10,
        against="raw SQL and f-strings",
    )
    milestone = Milestone.objects.select_related("launch").order_by("pk")[0]
    cheapest = _getter(client, reverse("reports:search"))
    page = _getter(client, reverse("reports:launch", args=[milestone.launch.key]))
    yield compare(
        "launch page, 20 milestones, row cache cold",
        _cold(page),
        cheapest,
        at_most=6,
        against="the cheapest signed-in page",
    )
    yield _write_ratio(client, milestone, cheapest)


def _getter(client: Client, path: str) -> Callable[[], None]:
    def get() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code

    return get


def _cold(get: Callable[[], None]) -> Callable[[], None]:
    def cold() -> None:
        row_html.cache_clear()
        get()

    return cold


def _write_ratio(client: Client, milestone: Milestone, cheapest: Callable[[], None]) -> Ratio:
    """Two states in turn, so that each write changes something."""
    states = ["in_progress", "in_review"]
    path = reverse("milestones:state", args=[milestone.launch.key, milestone.pk])

    def write() -> None:
        milestone.refresh_from_db(fields=["version", "state"])
        wanted = states[states.index(milestone.state) - 1]
        answer = client.post(path, {"state": wanted, "version": milestone.version})
        assert answer.status_code in {200, 303}, answer.content

    def limit() -> None:
        milestone.refresh_from_db(fields=["version", "state"])
        cheapest()
        raw.three_writes(milestone.launch_id, milestone.pk)

    return compare("milestone write", write, limit, at_most=3, against="cheapest page + three-write transaction")


def statements(user: User, path: str) -> int:
    """How many statements a page takes."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)
