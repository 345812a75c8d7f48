"""Insights: how plans were kept, by team, tier and quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from luna.ui.htmx import HtmxRequest, render_page
from milestones.domain import calibration_words
from milestones.domain.insights import LEAST, By, Rates, Slips, TooFew
from people.selectors import workspace
from reports.collect.calibration import InShort, calibration_in_short
from reports.collect.insights import Reading, Wanted, collect_insights, read_wanted
from reports.content import insight_words as words
from reports.content.insights import HEAD, Insights, lines
from reports.renderers.spreadsheet import to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable

    from people.models import Workspace

BY_WORDS = {By.TEAM: "By team", By.TIER: "By tier", By.QUARTER: "By quarter"}
NO_TEAM_WORDS = "No team"
GROUP_WORDS = {By.TEAM: "Team", By.TIER: "Tier", By.QUARTER: "Quarter"}


@require_safe
def show_insights(request: HtmxRequest) -> HttpResponse:
    """Sentences, drawings and tables of what the reader may see."""
    place = workspace()
    wanted = read_wanted(request.GET, place.today)
    found = collect_insights(request.user, place, wanted)
    past = calibration_in_short(request.user, place, wanted)
    context = _context(place, wanted, found) | _past_said(past)
    return render_page(request, "reports/insights.html", context)


@require_safe
def export_insights(request: HtmxRequest) -> HttpResponse:
    """The same figures, for the same reader and filters, as a CSV file."""
    place = workspace()
    wanted = read_wanted(request.GET, place.today)
    found = collect_insights(request.user, place, wanted)
    past = calibration_in_short(request.user, place, wanted)
    estimates = [("All", past.estimates), *((team or NO_TEAM_WORDS, some) for team, some in past.by_team)]
    told = lines(found.shown, past.forecasts, estimates)
    answer = HttpResponse(to_csv(HEAD, told), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="insights-{place.today.isoformat()}.csv"'
    return answer


def _context(place: Workspace, wanted: Wanted, found: Reading) -> dict[str, Any]:
    return {
        "tab": "insights",
        "today": place.today,
        "wanted": wanted,
        "found": found,
        "shown": found.shown,
        "by_words": BY_WORDS.items(),
        "group_word": GROUP_WORDS[wanted.by],
        "since": found.quarters[0].first_day,
        "least": LEAST,
        **_said(found.shown, GROUP_WORDS[wanted.by]),
    }


def _said(shown: Insights, group_word: str) -> dict[str, Any]:
    whole = shown.whole
    return {
        "kept_sentence": words.kept_sentence(whole.rates),
        "trend": words.trend_columns(shown.trend) if _tell(some for _, some in shown.trend) else None,
        "group_bars": words.group_bars(shown.groups, group_word)
        if _tell(one.rates for _, one in shown.groups)
        else None,
        "group_head": words.GROUP_HEAD,
        "group_rows": words.under(words.GROUP_HEAD, [(word, words.group_cells(some)) for word, some in shown.groups]),
        "slip_sentence": words.slip_sentence(whole.slips),
        "slip_bars": words.slip_bars(whole.slips) if isinstance(whole.slips, Slips) else None,
        "reason_sentence": words.reason_sentence(shown.reasons),
        "reason_bars": None if isinstance(shown.reasons, TooFew) else words.reason_bars(shown.reasons),
        "wait_sentence": words.wait_sentence(whole.waits),
        "wait_head": words.WAIT_HEAD,
        "wait_rows": words.under(words.WAIT_HEAD, [(team, words.wait_cells(some)) for team, some in shown.votes]),
    }


def _past_said(past: InShort) -> dict[str, Any]:
    """How good estimates and forecasts were; the page of calibration says more."""
    return {
        "estimate_sentence": calibration_words.accuracy_sentence(past.estimates),
        "estimate_head": calibration_words.ESTIMATE_HEAD,
        "estimate_rows": words.under(
            calibration_words.ESTIMATE_HEAD,
            [(team or NO_TEAM_WORDS, calibration_words.estimate_cells(some)) for team, some in past.by_team],
        ),
        "forecast_sentence": calibration_words.coverage_sentence(past.forecasts.sure, "dates Luna was 85 % sure of"),
    }


def _tell(some: Iterable[Rates | TooFew]) -> bool:
    """Whether any of them is a figure, so that there is something to draw."""
    return any(isinstance(one, Rates) for one in some)
