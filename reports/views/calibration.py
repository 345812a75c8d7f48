"""Calibration: how good estimates and forecasts were, beside insights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_safe

from luna.ui.htmx import HtmxRequest, render_page
from luna.ui.wording import percent
from milestones.domain import calibration_charts as charts
from milestones.domain import calibration_words as words
from milestones.domain.calibration import NEEDED, Accuracy, NotEnough, Probabilities
from people.selectors import workspace
from reports.collect.calibration import Reading, TeamAccuracy, collect_calibration
from reports.collect.insights import read_wanted
from reports.content.insight_words import under

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse


@require_safe
def show_calibration(request: HtmxRequest) -> HttpResponse:
    """Sentences first, then drawings and tables, of what the reader may see."""
    place = workspace()
    wanted = read_wanted(request.GET, place.today)
    found = collect_calibration(request.user, place, wanted)
    context = {"tab": "calibration", "wanted": wanted, "found": found, "needed": NEEDED, **_said(found)}
    return render_page(request, "reports/calibration.html", context)


def _said(found: Reading) -> dict[str, Any]:
    forecasts = found.forecasts
    chances = forecasts.on_time
    is_judged = not (isinstance(forecasts.likely, NotEnough) and isinstance(forecasts.sure, NotEnough))
    teams = [(team.team or "No team", team.all_work) for team in found.by_team]
    whole = [("All teams", found.estimates)] if len(teams) > 1 else []
    return {
        "sure_sentence": words.coverage_sentence(forecasts.sure, "dates Luna was 85 % sure of"),
        "likely_sentence": words.coverage_sentence(forecasts.likely, "likely dates"),
        "coverage_bars": charts.coverage_bars(forecasts.likely, forecasts.sure) if is_judged else None,
        "chances_sentence": words.chances_sentence(chances),
        "reliability": charts.reliability_chart(chances) if isinstance(chances, Probabilities) else None,
        "bin_head": words.BIN_HEAD,
        "bin_rows": under(
            words.BIN_HEAD,
            [
                (f"about {percent(one.said)}", words.bin_cells(one))
                for one in (chances.bins if isinstance(chances, Probabilities) else ())
            ],
        ),
        "estimates_sentence": words.accuracy_sentence(found.estimates),
        "estimates": charts.estimates_chart([*whole, *teams]),
        "estimate_head": words.ESTIMATE_HEAD,
        "estimate_rows": under(
            words.ESTIMATE_HEAD,
            [
                *((name, words.estimate_cells(some)) for name, some in whole),
                *(row for team in found.by_team for row in _rows(team)),
            ],
        ),
    }


def _rows(team: TeamAccuracy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The team, and where it does several kinds of work each of which there is enough."""
    name = team.team or "No team"
    yield name, words.estimate_cells(team.all_work)
    if len(team.kinds) > 1:
        for kind, some in team.kinds:
            if isinstance(some, Accuracy):
                yield f"{name}, {kind or 'no stage'}", words.estimate_cells(some)
