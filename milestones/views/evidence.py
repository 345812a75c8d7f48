"""Behind a verdict: the evidence of each reason, and how the verdict was computed, so that anybody can do it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.views.decorators.http import require_GET

from launches.access import get_launch
from launches.views.page import launch_context
from luna.ui.htmx import render_page
from milestones.access import get_milestone
from milestones.actions.recheck import is_same
from milestones.domain.signals import RULES, told
from milestones.domain.verdict_words import fact_words, threshold_words
from milestones.models import HealthVerdict, Milestone

if TYPE_CHECKING:
    from django.http import HttpResponse

    from launches.models import Launch
    from luna.ui.htmx import HtmxRequest
    from milestones.selectors import Neighbour

PAGE, PART = "milestones/verdict.html", "verdict"
_TASKS = ("integrations:milestone_sources", "The tasks behind it")
_HISTORY = ("milestones:activity", "What happened")
_MOVES = ("milestones:why", "How the date moved")
_FORM = ("milestones:edit", "Set it")
_EVIDENCE: dict[str, tuple[str, str]] = {
    "overdue": _HISTORY,
    "late_start": _HISTORY,
    "slipped": ("milestones:activity", "How it moved"),
    "silent": _HISTORY,
    "forecast_late": _TASKS,
    "stalled": _TASKS,
    "scope_growth": _TASKS,
    "nothing_linked": ("integrations:milestone_sources", "Where progress comes from"),
    "never_synced": _TASKS,
    "sync_stale": _TASKS,
    "no_owner": _FORM,
    "no_due_date": _FORM,
}
"""The page that shows what the rule looked at, and the words of its link."""
_RULE_WORDS = {
    "overdue": "The due date has passed",
    "forecast_late": "The forecast is later than the due date",
    "predecessor_late": "What it waits for is late",
    "stalled": "No task was completed for long",
    "scope_growth": "The scope has grown",
    "late_start": "It should have begun",
    "approval_unmet": "An approval is missing close to the due date",
    "approval_stale": "An approval is asked for again close to the due date",
    "high_exposure": "A risk is high",
    "slipped": "The due date was moved later",
    "no_owner": "Nobody owns it",
    "no_due_date": "It has no due date",
    "nothing_linked": "Nothing says how far it is",
    "never_synced": "Its tasks were never read",
    "sync_stale": "Its tasks were read too long ago",
    "silent": "Nothing was heard of it",
}
"""What a rule looks for, in words."""
_ABOUT = {
    "approval_unmet": ("milestones:approval", "The approval"),
    "approval_stale": ("milestones:approval", "The approval"),
    "high_exposure": ("milestones:risk", "The risk"),
}


@dataclass(frozen=True)
class Reason:
    """A signal as its page shows it."""

    level: str
    sentence: str
    path: str = ""
    words: str = ""
    """Of the link to the evidence; empty where the reader may not open it."""


def reasons(milestone: Milestone, waits_for: Iterable[Neighbour], *, can_edit: bool) -> list[Reason]:
    """The milestone's signals with links to what they speak of; `waits_for` are the neighbours that the reader sees."""
    near = {one.milestone.pk: one.milestone for one in waits_for}
    return [_reason(signal, milestone, near, can_edit) for signal in milestone.signals]


def _reason(signal: Mapping[str, Any], milestone: Milestone, near: Mapping[int, Milestone], can_edit: bool) -> Reason:
    rule, level, sentence = signal["rule"], signal["level"], signal["sentence"]
    key, about = milestone.launch.key, signal.get("about_id")
    if rule == "predecessor_late":
        if about is None or about not in near:
            return Reason(level, sentence)
        other = near[about]
        path = reverse("milestones:detail", args=[other.launch.key, about])
        return Reason(level, told(signal, {about: other.name}), path, "What it waits for")
    if rule in _ABOUT and about:
        name, words = _ABOUT[rule]
        return Reason(level, sentence, reverse(name, args=[key, about]), words)
    name, words = _EVIDENCE.get(rule, _HISTORY)
    if rule == "forecast_late" and not milestone.sources_linked:
        name, words = _MOVES
    if (name, words) == _FORM and not can_edit:
        return Reason(level, sentence)
    return Reason(level, sentence, reverse(name, args=[key, milestone.pk]), words)


@dataclass(frozen=True)
class Looked:
    """What one rule looked at, and what it found."""

    rule: str
    words: str
    """What it looks for."""
    level: str
    """The worst of what it found; empty where it found nothing."""
    found: list[str]
    inputs: list[str]
    """In words, without what is empty."""
    thresholds: list[str]


@require_GET
def verdict(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """How a milestone's verdict was computed: every rule with its facts, its thresholds and what it found."""
    milestone = get_milestone(request.user, key, pk)
    row = HealthVerdict.objects.filter(milestone=milestone).order_by("-pk").first()
    rules = [_looked(rule.id, rule.inputs, rule.thresholds, row) for rule in RULES] if row else []
    return _page(request, milestone.launch, row, {"milestone": milestone, "rules": rules})


@require_GET
def launch_verdict(request: HtmxRequest, key: str) -> HttpResponse:
    """How a launch's verdict was computed: its milestones' verdicts, and its own risks."""
    launch = get_launch(request.user, key)
    row = HealthVerdict.objects.filter(launch=launch, milestone=None).order_by("-pk").first()
    limits = ("exposure_high", "exposure_very_high")
    rules = [_looked("high_exposure", ("risks",), limits, row)] if row else []
    return _page(request, launch, row, {"rules": rules, "parts": row.inputs["milestones"] if row else []})


def _page(request: HtmxRequest, launch: Launch, row: HealthVerdict | None, context: Mapping[str, Any]) -> HttpResponse:
    whole = {**launch_context(request.user, launch, "milestones"), "verdict": row, **context}
    return render_page(request, PAGE, whole | {"is_same": row is not None and is_same(row)}, fragment=PART)


def _looked(rule: str, inputs: tuple[str, ...], thresholds: tuple[str, ...], row: HealthVerdict) -> Looked:
    own = [signal for signal in row.signals if signal["rule"] == rule and "milestone_id" not in signal]
    return Looked(
        rule,
        _RULE_WORDS[rule],
        own[0]["level"] if own else "",
        [signal["sentence"] for signal in own],
        fact_words(inputs, row.inputs, row.today),
        threshold_words(thresholds, row.thresholds),
    )
