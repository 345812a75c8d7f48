"""Why a date moved: in short on the pages of milestones and launches, and in full on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from launches.access import get_launch
from launches.views.page import launch_context
from luna.ui.htmx import redirect, render_page
from milestones.access import get_milestone
from milestones.actions.movements import A_WEEK, ask_movement
from milestones.domain.mixture import Cause
from milestones.domain.movement import Movement, Share
from milestones.domain.movement_codec import shares_from_json, went_from_json
from milestones.domain.movement_words import chance_effect, date_effect, effect, headline, reason, total
from milestones.models import Forecast, Since
from milestones.selectors_movements import (
    Happened,
    KeptDay,
    Named,
    happened,
    is_given_up,
    kept_days,
    milestones_named,
    movement_between,
    newest_movement,
)
from people.selectors import workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from launches.models import Launch
    from luna.ui.htmx import HtmxRequest
    from milestones.models import DateMovement, Milestone
    from people.models import User

PAGE, PART = "milestones/why.html", "why"
IN_SHORT = 3
"""Parts that a milestone's and a launch's page show; the others stand on the page of its own."""
MOST_LINES = 12
PRIVATE = "A private milestone"


@dataclass(frozen=True)
class ToldPart:
    """One part of a movement as its reader may know it."""

    cause: str
    words: str
    effect: str
    """On the date; where that stays, on the chance."""
    date: str
    """`7 days later`; empty where the date stays."""
    chance: str
    """`+12 points`; empty where the chance didn't change or there is none."""
    path: str
    """Of what lies behind it: another milestone's page, or the anchor here; empty where the reader may not see it."""
    anchor: str = ""
    """Its name on its own page; empty where what lies behind it is another milestone."""
    events: list[Happened] = field(default_factory=list)
    more: int = 0
    """Entries of the log beyond those."""
    others: list[tuple[str, str]] = field(default_factory=list)
    """Of several milestones in one part, those that the reader may see: name and address."""


@dataclass(frozen=True)
class Told:
    """A movement in words."""

    headline: str
    before_day: date
    parts: list[ToldPart]
    more: int
    """Parts that are not among `parts`."""
    total: str
    total_chance: str
    """Of all parts, also of those that round to no point; rounded once."""
    is_computed: bool
    is_given_up: bool
    """Not computed, and not going to be unless somebody asks or the date is looked at on another day."""
    is_tried_tonight: bool
    """Of one that was given up: nobody had to ask for it."""


def moved_context(launch: Launch, milestone: Milestone | None, reader: User, today: date) -> dict[str, Any]:
    """`moved`: why the date moved since a week ago or last, in short; None where it didn't. `why_url`.

    Nothing of what is over or has no forecast.
    """
    if milestone is not None and not (milestone.is_open and getattr(milestone, "forecast", Forecast()).basis):
        return {}
    row = newest_movement(launch.pk, milestone.pk if milestone else None)
    return {"moved": _told(row, launch, milestone, reader, today) if row else None, "why_url": _url(launch, milestone)}


@require_GET
def why(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """A milestone's date: what moved it between two days, in parts that add up, and the events behind each."""
    milestone = get_milestone(request.user, key, pk)
    return _page(request, milestone.launch, milestone)


@require_GET
def launch_why(request: HtmxRequest, key: str) -> HttpResponse:
    """The same of a launch's date, by milestone."""
    return _page(request, get_launch(request.user, key), None)


@require_POST
def compare(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Ask for a milestone's comparison with another day."""
    milestone = get_milestone(request.user, key, pk)
    return _compare(request, milestone.launch, milestone)


@require_POST
def launch_compare(request: HtmxRequest, key: str) -> HttpResponse:
    """Ask for a launch's comparison with another day."""
    return _compare(request, get_launch(request.user, key), None)


def _compare(request: HtmxRequest, launch: Launch, milestone: Milestone | None) -> HttpResponse:
    day = _chosen(request.POST)
    try:
        if day is None:
            raise ValidationError("Choose one of the days in the list.")
        ask_movement(launch=launch, milestone=milestone, before_day=day, actor=request.user)
    except ValidationError as refused:
        return _page(request, launch, milestone, refused=refused.messages[0], status=422)
    return redirect(request, f"{_url(launch, milestone)}?from={day.isoformat()}")


def _page(
    request: HtmxRequest, launch: Launch, milestone: Milestone | None, *, refused: str = "", status: int = 200
) -> HttpResponse:
    place = workspace()
    today, subject = place.today, milestone.pk if milestone else None
    days = kept_days(launch.pk, subject)
    newest, earlier = days[0] if days else None, [kept for kept in days[1:] if kept.p85]
    row, chosen = _row(launch, subject, newest, earlier, _chosen(request.GET))
    told = _told(row, launch, milestone, request.user, today, limit=None) if row else None
    if row and told and told.is_computed:
        events = happened(launch, milestone, row.before_day, row.after_day, zone=place.time_zone, today=today)
        told = _with_events(told, events)
    context = {
        **launch_context(request.user, launch, "milestones" if milestone else "overview"),
        "milestone": milestone,
        "today": today,
        "days": earlier,
        "newest": newest,
        "has_earlier": len(days) > 1,
        "chosen": chosen,
        "told": told,
        "url": f"{_url(launch, milestone)}{f'?from={chosen.isoformat()}' if chosen else ''}",
        "compare_url": _url(launch, milestone, "compare"),
        "refused": refused,
    }
    return render_page(request, PAGE, context, fragment=PART, status=status)


def _row(
    launch: Launch, subject: int | None, newest: KeptDay | None, earlier: list[KeptDay], wanted: date | None
) -> tuple[DateMovement | None, date | None]:
    """What is shown: of the wanted day or the last one kept before it, or what the short form shows; and its day."""
    if newest is None or wanted is None:
        row = newest_movement(launch.pk, subject)
        return row, row.before_day if row else _a_week_before(newest, earlier)
    found = next((kept for kept in earlier if kept.day <= wanted), None)
    if found is None:
        return None, None
    return movement_between(launch.pk, subject, found.day, newest.day), found.day


def _a_week_before(newest: KeptDay | None, earlier: list[KeptDay]) -> date | None:
    """The day that is offered first."""
    old = [kept.day for kept in earlier if newest and newest.day - kept.day >= A_WEEK]
    return old[0] if old else None


def _told(
    row: DateMovement,
    launch: Launch,
    milestone: Milestone | None,
    reader: User,
    today: date,
    *,
    limit: int | None = IN_SHORT,
) -> Told | None:
    if row.before is None or row.after is None:
        return None
    every, went = shares_from_json(row.shares), went_from_json(row.went)
    shares = tuple(filter(_is_told, every))
    moved = Movement(row.before, row.after, shares, went)
    shown = shares[:limit]
    names = milestones_named({pk for share in shown for pk in share.part.milestone_ids}, reader)

    def name_of(pk: int) -> str:
        return f"“{names[pk].name}”" if pk in names else PRIVATE

    here = f"{_url(launch, milestone)}?from={row.before_day.isoformat()}"
    return Told(
        headline=headline(moved, today),
        before_day=row.before_day,
        parts=[_part(share, reason(share, went, name_of), names, here, row.before_day) for share in shown],
        more=len(shares) - len(shown),
        total=total(moved.days),
        total_chance=chance_effect(sum(share.chance or 0.0 for share in every)),
        is_computed=row.computed_at is not None,
        is_given_up=is_given_up(row),
        is_tried_tonight=row.since != Since.ASKED,
    )


def _is_told(share: Share) -> bool:
    """Whether it moves the date, or the chance by what rounds to a point."""
    return bool(share.days) or bool(chance_effect(share.chance))


def _part(share: Share, words: str, names: Mapping[int, Named], here: str, since: date) -> ToldPart:
    """`here` is the page on which the events behind its own causes are listed."""
    cause, ids = share.part.cause, share.part.milestone_ids
    seen = [(names[pk].name, _why_of(names[pk], pk, since)) for pk in ids if pk in names]
    is_one = cause is Cause.UPSTREAM and len(ids) == 1
    path = (seen[0][1] if seen else "") if is_one else f"{here}#{cause.value}"
    if cause is Cause.TIME:
        path = ""  # nothing happened
    return ToldPart(
        cause=cause.value,
        words=words,
        effect=effect(share),
        date=date_effect(share),
        chance=chance_effect(share.chance),
        path=path,
        anchor="" if is_one else cause.value,
        others=seen if len(ids) > 1 else [],
    )


def _why_of(named: Named, pk: int, since: date) -> str:
    return f"{reverse('milestones:why', args=[named.launch_key, pk])}?from={since.isoformat()}"


def _with_events(told: Told, events: Mapping[Cause, list[Happened]]) -> Told:
    parts = []
    for part in told.parts:
        lines = events.get(Cause(part.cause), [])
        parts.append(replace(part, events=lines[:MOST_LINES], more=max(0, len(lines) - MOST_LINES)))
    return replace(told, parts=parts)


def _url(launch: Launch, milestone: Milestone | None, what: str = "why") -> str:
    if milestone is None:
        return reverse(f"milestones:launch_{what}", args=[launch.key])
    return reverse(f"milestones:{what}", args=[launch.key, milestone.pk])


def _chosen(given: QueryDict) -> date | None:
    """The day of the address or the form; None where it is none."""
    try:
        return parse_date(given.get("from", ""))
    except ValueError:
        return None
