"""A report before and after it goes out: preview, sending, the page of an edition, answers for deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from launches.access import Need
from luna import clock
from luna.lib.dates import next_slot
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from people.selectors import workspace
from reports.access import get_delivery, get_edition, get_schedule, get_scope
from reports.actions import deliveries as answers
from reports.actions.editions import COMMENTARY_LIMIT, preview_report, send_report
from reports.actions.schedules import keep_commentary
from reports.addresses import report_url
from reports.content.document import Document, from_data
from reports.domain.types import ReportKind
from reports.forms import CommentaryForm, FoundForm, SendForm
from reports.renderers.html import html_blocks
from reports.renderers.slack import render_slack
from reports.renderers.slack_preview import shown_blocks
from reports.selectors import deliveries_of, schedules_of
from reports.views.live import markdown_file
from reports.views.scope import kind_context, scope_context, wanted_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from launches.models import Launch
    from reports.models import Delivery, Schedule


@require_safe
def preview(request: HtmxRequest, key: str = "") -> HttpResponse:
    """The report as each place would show it now. Writes nothing."""
    launch = get_scope(request.user, key, Need.EDIT)
    kind = wanted_kind(request.GET.get("kind", ""))
    schedule = _next_schedule(launch, kind)
    if "commentary" in request.GET:
        look = CommentaryForm(request.GET)
        commentary = (
            look.cleaned_data["commentary"] if look.is_valid() else request.GET["commentary"][:COMMENTARY_LIMIT]
        )
    else:
        commentary = schedule.commentary if schedule else ""
    chosen = list(schedule.destinations.all()) if schedule else []
    initial = {"kind": kind, "commentary": commentary, "destinations": [place.pk for place in chosen]}
    return _preview_page(request, SendForm(launch=launch, initial=initial), kind, schedule, commentary)


@require_POST
def send(request: HtmxRequest, key: str = "") -> HttpResponse:
    """Send it now."""
    launch = get_scope(request.user, key, Need.EDIT)
    form = SendForm(request.POST, launch=launch)
    if form.is_valid():
        try:
            send_report(launch=launch, **form.cleaned_data, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, "On its way. This page says when it has arrived.")
            return redirect(request, report_url("reports", launch))
    return _refused(request, form)


@require_POST
def comment(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """Keep the commentary for the schedule's next edition."""
    schedule = get_schedule(request.user, key, pk)
    form = CommentaryForm(request.POST)
    if not form.is_valid():
        return _refused(request, SendForm(request.POST, launch=schedule.launch))
    keep_commentary(schedule=schedule, text=form.cleaned_data["commentary"], actor=request.user)
    toast(request, "Kept for the next one.")
    return redirect(request, f"{report_url('preview', schedule.launch)}?kind={schedule.kind}")


@require_safe
def show_edition(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """An edition as it was issued, for ever."""
    edition = get_edition(request.user, key, pk)
    context = {
        **scope_context(request.user, edition.launch),
        "edition": edition,
        "blocks": html_blocks(from_data(edition.content)),
        "deliveries": list(deliveries_of(edition)),
        "today": workspace().today,
    }
    return render_page(request, "reports/edition.html", context)


@require_safe
def edition_markdown(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """The same as a Markdown file."""
    edition = get_edition(request.user, key, pk)
    name = f"{edition.scope_key}-{edition.created_at:%Y-%m-%d}.md".lower()
    return markdown_file(from_data(edition.content), name)


@require_POST
def confirm(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """“It is there.”"""
    delivery = get_delivery(request.user, key, pk)
    form = FoundForm(request.POST)
    if not form.is_valid():
        return _answered(request, delivery, lambda: _refuse(form), "")
    found = form.cleaned_data["url"]
    return _answered(
        request,
        delivery,
        lambda: answers.confirm_arrived(delivery=delivery, url=found, actor=request.user),
        "Thank you. It stands as sent.",
    )


@require_POST
def send_again(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """“It is not there: send again”, and trying a failed one anew."""
    delivery = get_delivery(request.user, key, pk)
    return _answered(
        request, delivery, lambda: answers.send_again(delivery=delivery, actor=request.user), "It is sent again."
    )


@require_POST
def cancel(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """Let it be."""
    delivery = get_delivery(request.user, key, pk)
    return _answered(
        request, delivery, lambda: answers.cancel_delivery(delivery=delivery, actor=request.user), "It is not sent."
    )


def _answered(request: HtmxRequest, delivery: Delivery, answer: Callable[[], None], said: str) -> HttpResponse:
    """Back to the reports, with what was done or why it was not."""
    try:
        answer()
    except ValidationError as error:
        said = " ".join(error.messages)
    toast(request, said)
    return redirect(request, delivery.edition.list_path)


def _refuse(form: FoundForm) -> None:
    raise ValidationError([message for messages in form.errors.values() for message in messages])


def _next_schedule(launch: Launch | None, kind: ReportKind) -> Schedule | None:
    """The schedule of that report that goes out next."""
    running = [row for row in schedules_of(launch) if row.paused_at is None and row.kind == kind]
    now = clock.now()
    return min(running, key=lambda schedule: next_slot(schedule.rule, now)[1], default=None)


def _refused(request: HtmxRequest, form: SendForm) -> HttpResponse:
    """The page again, with what was typed and what is wrong with it."""
    typed = request.POST.get("commentary", "")[:COMMENTARY_LIMIT]
    kind = wanted_kind(request.POST.get("kind", ""))
    return _preview_page(request, form, kind, _next_schedule(form.launch, kind), typed, status=422)


def _preview_page(
    request: HtmxRequest,
    form: SendForm,
    kind: ReportKind,
    schedule: Schedule | None,
    commentary: str,
    *,
    status: int = 200,
) -> HttpResponse:
    launch = form.launch
    places = list(schedule.destinations.all()) if schedule else []
    document = preview_report(
        kind=kind, launch=launch, destinations=places, commentary=commentary.strip(), author=request.user
    )
    context: dict[str, Any] = {
        **scope_context(request.user, launch),
        **kind_context(kind),
        "form": form,
        "schedule": schedule,
        "has_places": form.has_places,
        "today": workspace().today,
        **_drawn(document, launch),
    }
    return render_page(request, "reports/preview.html", context, status=status)


def _drawn(document: Document, launch: Launch | None) -> dict[str, Any]:
    more = reverse("reports:launch", args=[launch.key]) if launch else reverse("reports:portfolio")
    message = render_slack(document, base_url=settings.BASE_URL, more_path=more)
    return {"page_blocks": html_blocks(document), "slack_blocks": shown_blocks(message)}
