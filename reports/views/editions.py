"""A digest before and after it goes out: preview, sending, the page of an edition, answers for deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from launches.access import Need, get_launch
from launches.views.page import launch_context
from luna import clock
from luna.lib.dates import next_slot
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from people.selectors import workspace
from reports.access import get_delivery, get_edition, get_schedule
from reports.actions import deliveries as answers
from reports.actions.editions import COMMENTARY_LIMIT, preview_digest, send_digest
from reports.actions.schedules import keep_commentary
from reports.content.document import Document, from_data
from reports.forms import CommentaryForm, FoundForm, SendForm
from reports.renderers.html import html_blocks
from reports.renderers.markdown import render_markdown
from reports.renderers.slack import render_slack
from reports.renderers.slack_preview import shown_blocks
from reports.selectors import deliveries_of, schedules_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from launches.models import Launch
    from reports.models import Schedule


@require_safe
def preview(request: HtmxRequest, key: str) -> HttpResponse:
    """The digest as each place would show it now. Writes nothing."""
    launch = get_launch(request.user, key, Need.EDIT)
    schedule = _next_schedule(launch)
    if "commentary" in request.GET:
        look = CommentaryForm(request.GET)
        commentary = (
            look.cleaned_data["commentary"] if look.is_valid() else request.GET["commentary"][:COMMENTARY_LIMIT]
        )
    else:
        commentary = schedule.commentary if schedule else ""
    chosen = list(schedule.destinations.all()) if schedule else []
    initial = {"commentary": commentary, "destinations": [place.pk for place in chosen]}
    return _preview_page(request, SendForm(launch=launch, initial=initial), schedule, commentary)


@require_POST
def send(request: HtmxRequest, key: str) -> HttpResponse:
    """Send it now."""
    launch = get_launch(request.user, key, Need.EDIT)
    form = SendForm(request.POST, launch=launch)
    if form.is_valid():
        try:
            send_digest(launch=launch, **form.cleaned_data, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, "On its way. This page says when it has arrived.")
            return redirect(request, reverse("reports:launch_reports", args=[launch.key]))
    return _refused(request, form)


@require_POST
def comment(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Keep the commentary for the schedule's next edition."""
    schedule = get_schedule(request.user, key, pk)
    form = CommentaryForm(request.POST)
    if not form.is_valid():
        return _refused(request, SendForm(request.POST, launch=schedule.launch))
    keep_commentary(schedule=schedule, text=form.cleaned_data["commentary"], actor=request.user)
    toast(request, "Kept for the next digest.")
    return redirect(request, reverse("reports:preview", args=[schedule.launch.key]))


@require_safe
def show_edition(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """An edition as it was issued, for ever."""
    edition = get_edition(request.user, key, pk)
    context = {
        **launch_context(request.user, edition.launch, "reports"),
        "edition": edition,
        "blocks": html_blocks(from_data(edition.content)),
        "deliveries": list(deliveries_of(edition)),
        "today": workspace().today,
    }
    return render_page(request, "reports/edition.html", context)


@require_safe
def edition_markdown(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """The same as a Markdown file."""
    edition = get_edition(request.user, key, pk)
    text = render_markdown(from_data(edition.content), base_url=settings.BASE_URL)
    name = f"{edition.launch.key}-{edition.created_at:%Y-%m-%d}.md".lower()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)


@require_POST
def confirm(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """“It is there.”"""
    delivery = get_delivery(request.user, key, pk)
    form = FoundForm(request.POST)
    if not form.is_valid():
        return _answered(request, key, lambda: _refuse(form), "")
    found = form.cleaned_data["url"]
    return _answered(
        request,
        key,
        lambda: answers.confirm_arrived(delivery=delivery, url=found, actor=request.user),
        "Thank you. It stands as sent.",
    )


@require_POST
def send_again(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """“It is not there: send again”, and trying a failed one anew."""
    delivery = get_delivery(request.user, key, pk)
    return _answered(
        request, key, lambda: answers.send_again(delivery=delivery, actor=request.user), "It is sent again."
    )


@require_POST
def cancel(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Let it be."""
    delivery = get_delivery(request.user, key, pk)
    return _answered(
        request, key, lambda: answers.cancel_delivery(delivery=delivery, actor=request.user), "It is not sent."
    )


def _answered(request: HtmxRequest, key: str, answer: Callable[[], None], said: str) -> HttpResponse:
    """Back to the launch's reports, with what was done or why it was not."""
    try:
        answer()
    except ValidationError as error:
        said = " ".join(error.messages)
    toast(request, said)
    return redirect(request, reverse("reports:launch_reports", args=[key.upper()]))


def _refuse(form: FoundForm) -> None:
    raise ValidationError([message for messages in form.errors.values() for message in messages])


def _next_schedule(launch: Launch) -> Schedule | None:
    """The schedule that goes out next."""
    running = [schedule for schedule in schedules_of(launch) if schedule.paused_at is None]
    now = clock.now()
    return min(running, key=lambda schedule: next_slot(schedule.rule, now)[1], default=None)


def _refused(request: HtmxRequest, form: SendForm) -> HttpResponse:
    """The page again, with what was typed and what is wrong with it."""
    typed = request.POST.get("commentary", "")[:COMMENTARY_LIMIT]
    return _preview_page(request, form, _next_schedule(form.launch), typed, status=422)


def _preview_page(
    request: HtmxRequest, form: SendForm, schedule: Schedule | None, commentary: str, *, status: int = 200
) -> HttpResponse:
    launch = form.launch
    places = list(schedule.destinations.all()) if schedule else []
    document = preview_digest(launch=launch, destinations=places, commentary=commentary.strip(), author=request.user)
    context: dict[str, Any] = {
        **launch_context(request.user, launch, "reports"),
        "form": form,
        "schedule": schedule,
        "has_channels": form.has_channels,
        "today": workspace().today,
        **_drawn(document, launch),
    }
    return render_page(request, "reports/preview.html", context, status=status)


def _drawn(document: Document, launch: Launch) -> dict[str, Any]:
    more = reverse("reports:launch", args=[launch.key])
    message = render_slack(document, base_url=settings.BASE_URL, more_path=more)
    return {"page_blocks": html_blocks(document), "slack_blocks": shown_blocks(message)}
