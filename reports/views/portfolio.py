"""The executives' page: every launch that one may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from launches.domain.types import Status
from launches.models import STATUS_WORDS
from luna.lib.text import clean_line
from luna.ui.htmx import HtmxRequest, render_page
from luna.ui.vocabulary import LOOKS
from milestones.domain.types import Level
from people.selectors import workspace
from reports.collect import portfolio, week

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict
    from django.utils.safestring import SafeString

    from launches.querysets import LaunchQuerySet

COLUMNS = (
    ("name", "Launch", ""),
    ("owner", "Owner", "opt"),
    ("stage", "Stage", "opt"),
    ("status", "Status", ""),
    ("health", "Health", ""),
    ("next", "Next milestone", ""),
    ("target", "Target", "num"),
    ("progress", "Done", "num opt"),
    ("risks", "Risks", "num"),
    ("updated", "Update", "opt"),
    ("synced", "Synced", "opt"),
)
TIER_WORDS = {1: "company-wide", 2: "several teams", 3: "one team"}


@dataclass(frozen=True)
class Group:
    """Rows of one tier; without a heading where the table is sorted."""

    tier: int | None
    words: str
    rows: list[SafeString]


@require_safe
def show_portfolio(request: HtmxRequest) -> HttpResponse:
    """Figures, what happened since last week, and one page of the table."""
    place = workspace()
    today = place.today
    wanted = read_filters(request.GET)
    found = portfolio.filtered(request.user, wanted, today)
    figures = portfolio.figures(request.user, today)
    page = _page(found, request.GET.get("page", "1"), figures, wanted)
    shown = portfolio.rows(found, page.start_index() - 1 if page.paginator.count else 0)
    context: dict[str, Any] = {
        "figures": figures,
        "wanted": wanted,
        "views": portfolio.VIEWS,
        "page": page,
        "heads": _heads(wanted, request.GET),
        "groups": _groups(shown, today, grouped=not wanted.sort),
        "today": today,
        "workspace": place,
        "is_filtered": wanted != portfolio.Filters(view=wanted.view, sort=wanted.sort),
        "statuses": STATUS_WORDS.items(),
        "levels": [(level.value, LOOKS[level.value].word) for level in Level],
    }
    if not request.htmx:
        context["week"] = week.since_last_week(request.user, place)
    return render_page(request, "reports/portfolio.html", context, fragment="rows")


def read_filters(query: QueryDict) -> portfolio.Filters:
    """The filters in an address; whatever makes no sense counts as not said."""
    sort = query.get("sort", "")
    view = query.get("view", "running")
    return portfolio.Filters(
        view=view if view in portfolio.VIEWS else "running",
        text=clean_line(query.get("q", ""), limit=80),
        tier=_number(query.get("tier", ""), most=3),
        status=query.get("status", "") if query.get("status") in set(Status) else "",
        health=query.get("health", "") if query.get("health") in set(Level) else "",
        stage=_number(query.get("stage", "")),
        worse=query.get("worse") == "1",
        sort=sort if sort.removeprefix("-") in portfolio.SORTS else "",
    )


def _number(text: str, most: int = 2**31) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) and 0 < int(text) <= most else None


class _Counted(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """A paginator that may already know how many there are."""

    def __init__(self, found: LaunchQuerySet, known: int | None) -> None:
        super().__init__(found, portfolio.PAGE_SIZE)
        if known is not None:
            self.count = known


def _page(found: LaunchQuerySet, number: str, figures: portfolio.Figures, wanted: portfolio.Filters) -> Page[Any]:
    """The page asked for; the figures already count the view that most people open."""
    plain = wanted == portfolio.Filters(sort=wanted.sort)
    return _Counted(found, figures.active if plain else None).get_page(number)


def _groups(shown: list[portfolio.PortfolioRow], today: date, *, grouped: bool) -> list[Group]:
    if not grouped:
        return [Group(None, "", [row_html(row, today) for row in shown])] if shown else []
    return [
        Group(tier, TIER_WORDS[tier], [row_html(row, today) for row in rows])
        for tier, rows in groupby(shown, key=lambda row: row.tier)
    ]


@dataclass(frozen=True)
class Head:
    """A column's heading: what it sorts by now, and where a press leads."""

    words: str
    classes: str
    sorted: str
    href: str


def _heads(wanted: portfolio.Filters, query: QueryDict) -> list[Head]:
    """Ascending first, then descending, then grouped again; the filters stay."""
    kept = query.copy()
    kept.pop("page", None)
    heads = []
    for name, words, classes in COLUMNS:
        following = {name: f"-{name}", f"-{name}": ""}.get(wanted.sort, name)
        kept["sort"] = following
        direction = {name: "ascending", f"-{name}": "descending"}.get(wanted.sort, "")
        heads.append(Head(words, classes, direction, f"?{kept.urlencode()}"))
    return heads


@lru_cache(maxsize=8192)
def row_html(row: portfolio.PortfolioRow, today: date) -> SafeString:
    """One row, kept under all that it shows: the values and the day."""
    return render_to_string("reports/_portfolio_row.html", {"row": row, "today": today})
