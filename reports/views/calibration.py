"""Calibration: how good estimates and forecasts were, beside insights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_safe

from luna.ui.htmx import HtmxRequest, render_page
from luna.ui.wording import percent
from milestones.domain import calibration_words as words
from milestones.domain.calibration import NEEDED, Probabilities
from people.selectors import workspace
from reports.collect.calibration import Reading, TeamAccuracy, collect_calibration
from reports.collect.insights import read_wanted

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
    return {
        "sure_sentence": words.coverage_sentence(forecasts.sure, "dates Luna was 85 % sure of"),
        "likely_sentence": words.coverage_sentence(forecasts.likely, "likely dates"),
        "coverage_head": words.COVERAGE_HEAD,
        "coverage_rows": [
            ("Likely (50 %)", words.coverage_cells(forecasts.likely)),
            ("85 % sure", words.coverage_cells(forecasts.sure)),
        ],
        "chances_sentence": words.chances_sentence(chances),
        "bin_head": words.BIN_HEAD,
        "bin_rows": [
            (f"about {percent(one.said)}", words.bin_cells(one))
            for one in (chances.bins if isinstance(chances, Probabilities) else ())
        ],
        "estimates_sentence": words.accuracy_sentence(found.estimates),
        "estimate_head": words.ESTIMATE_HEAD,
        "estimate_rows": [row for team in found.by_team for row in _rows(team)],
    }


def _rows(team: TeamAccuracy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The team, and each kind of its work where it has several."""
    name = team.team or "No team"
    yield name, words.estimate_cells(team.all_work)
    if len(team.kinds) > 1:
        for kind, some in team.kinds:
            yield f"{name}, {kind or 'no stage'}", words.estimate_cells(some)
