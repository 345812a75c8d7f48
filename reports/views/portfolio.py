"""The executives' page: every launch that one may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.views.decorators.http import require_safe

from launches.domain.types import Status
from launches.models import STATUS_WORDS
from luna.lib.text import clean_line
from luna.ui.htmx import HtmxRequest, render_page
from luna.ui.kept import row_html
from luna.ui.vocabulary import LOOKS
from milestones.domain.types import Level
from people.selectors import workspace
from reports.collect import portfolio, week

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.utils.safestring import SafeString


COLUMNS = (
    ("name", "Launch", ""),
    ("owner", "Owner", "opt"),
    ("stage", "Stage", "opt"),
    ("status", "Status", ""),
    ("health", "Health", ""),
    ("gap", "Gap", "opt"),
    ("next", "Next milestone", ""),
    ("target", "Target", "num"),
    ("forecast", "85 % sure by", "num"),
    ("risks", "Risks", "num"),
)
_STATUSES = tuple(STATUS_WORDS.items())
_LEVELS = tuple((level.value, LOOKS[level.value].word) for level in Level)
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
    figures = portfolio.figures(request.user, today)
    plain = wanted == portfolio.Filters(sort=wanted.sort)
    found = figures.active if plain else portfolio.count(request.user, wanted, today)
    page = Paginator(range(found), portfolio.PAGE_SIZE).get_page(request.GET.get("page", "1"))
    shown = portfolio.rows(request.user, wanted, today, page.start_index() - 1 if page.paginator.count else 0)
    context: dict[str, Any] = {
        "figures": figures,
        "wanted": wanted,
        "views": _views(wanted.view, request.GET.urlencode()),
        "page": page,
        "heads": _heads(wanted.sort, request.GET.urlencode()),
        "groups": _groups(shown, today, grouped=not wanted.sort),
        "today": today,
        "workspace": place,
        "is_filtered": wanted != portfolio.Filters(view=wanted.view, sort=wanted.sort),
        "statuses": _STATUSES,
        "levels": _LEVELS,
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


def _groups(shown: list[portfolio.PortfolioRow], today: date, *, grouped: bool) -> list[Group]:
    drawn = [(row.tier, row_html("reports/_portfolio_row.html", row=row, today=today)) for row in shown]
    if not grouped:
        return [Group(None, "", [html for _, html in drawn])] if drawn else []
    return [
        Group(tier, TIER_WORDS[tier], [html for _, html in rows])
        for tier, rows in groupby(drawn, key=lambda pair: pair[0])
    ]


@dataclass(frozen=True)
class View:
    """A choice of launches, and where it stands."""

    words: str
    href: str
    is_shown: bool


@lru_cache(maxsize=256)
def _views(shown: str, query: str) -> tuple[View, ...]:
    """Each with the filters as they are, from its first page."""
    kept = QueryDict(query, mutable=True)
    kept.pop("page", None)
    views = []
    for view, words in portfolio.VIEWS.items():
        kept["view"] = view
        views.append(View(words, f"?{kept.urlencode()}", view == shown))
    return tuple(views)


@dataclass(frozen=True)
class Head:
    """A column's heading: what it sorts by now, and where a press leads."""

    words: str
    classes: str
    sorted: str
    href: str


@lru_cache(maxsize=256)
def _heads(sort: str, query: str) -> tuple[Head, ...]:
    """Ascending first, then descending, then grouped again; the filters stay."""
    kept = QueryDict(query, mutable=True)
    kept.pop("page", None)
    heads = []
    for name, words, classes in COLUMNS:
        following = {name: f"-{name}", f"-{name}": ""}.get(sort, name)
        kept["sort"] = following
        direction = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        heads.append(Head(words, classes, direction, f"?{kept.urlencode()}"))
    return tuple(heads)
