"""One milestone, in the drawer over its list and as a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from launches.access import Need
from launches.selectors import comment_thread
from luna import clock
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import is_htmx, next_url, redirect, render_page, toast, trigger
from milestones.access import can_work_on, get_deleted_milestone, get_milestone, get_milestone_to_work_on
from milestones.actions.milestones import (
    ApprovalsUnmetError,
    change_state,
    delete_milestone,
    edit_milestone,
    restore_milestone,
)
from milestones.actions.progress import set_progress_by_hand
from milestones.domain.activity import sentence
from milestones.domain.lint import SmartFacts, smart
from milestones.domain.schedule import starts_too_early
from milestones.forms.milestones import STATES, MilestoneForm, ProgressForm, StateForm
from milestones.selectors import Neighbour, history_of, neighbours_of
from milestones.selectors_governance import on_milestone
from milestones.views.burnup import burnup_context
from milestones.views.estimate import estimate_context, suggested_in_form
from milestones.views.evidence import reasons
from milestones.views.forecast import forecast_context
from milestones.views.governance import initial_of, posted, stale_context, tab_context
from milestones.views.movements import moved_context
from people.selectors import workspace

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from launches.models import LaunchSummary
    from luna.lib.dates import WorkingCalendar
    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone

PAGE, FORM = "milestones/detail.html", "milestones/form.html"
ASKS_AFTER_SECONDS = (2, 3, 5, 10, 20, 40)


@require_GET
def detail(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """What, who, when, why: everything about one milestone."""
    return _page(request, get_milestone(request.user, key, pk))


@require_GET
def activity(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """What is said about it and what happened to it."""
    milestone = get_milestone(request.user, key, pk)
    today = workspace().today
    history = [(event, sentence(event.verb, event.before, event.after, today=today)) for event in history_of(milestone)]
    context = tab_context(request, milestone.launch, "milestones") | {
        "milestone": milestone,
        "history": history,
        "thread": comment_thread(milestone.launch, "milestone", milestone.pk),
        "today": today,
    }
    return render_page(request, "milestones/activity.html", context, fragment="talk")


@require_http_methods(["GET", "POST"])
def edit(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """The whole form; a save that meets a newer one shows both."""
    milestone = get_milestone(request.user, key, pk, Need.EDIT)
    first = initial_of(milestone, MilestoneForm.base_fields)
    form = MilestoneForm(posted(request), milestone=milestone, reader=request.user, initial=first)
    suggested = suggested_in_form(milestone, request.user, workspace().calendar)
    context = tab_context(request, milestone.launch, "milestones")
    context |= {"milestone": milestone, "form": form, "suggested": suggested}
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            edit_milestone(
                milestone=milestone,
                version=given["version"] or 0,
                fields=form.written(),
                why=given["why"],
                actor=request.user,
            )
        except StaleVersionError:
            status = 409
            context |= stale_context(form, get_milestone(request.user, key, pk))
        except ValidationError as refused:
            form.take(refused)
        else:
            return _changed(request, milestone, "Milestone saved.")
    return render_page(request, FORM, context, fragment="drawer", status=status)


@require_POST
def state(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Another state, for the owner, the unblocker and editors."""
    milestone = get_milestone_to_work_on(request.user, key, pk)
    form = StateForm(request.POST)
    if not form.is_valid():
        return _refused(request, milestone, "Choose one of the states.", 422)
    given = form.cleaned_data
    try:
        change_state(
            milestone=milestone, version=given["version"], state=given["state"], why=given["why"], actor=request.user
        )
    except ApprovalsUnmetError as unmet:
        return _refused(request, milestone, str(unmet), 422)
    except StaleVersionError:
        return _stale(request, key, pk)
    return _changed(request, milestone, f"“{milestone.name}”: {milestone.get_state_display().lower()}.")


@require_POST
def progress(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Progress by hand, for the owner, the unblocker and editors."""
    milestone = get_milestone_to_work_on(request.user, key, pk)
    form = ProgressForm(request.POST)
    if not form.is_valid():
        return _refused(request, milestone, " ".join(str(error) for error in form.errors["percent"]), 422)
    given = form.cleaned_data
    try:
        set_progress_by_hand(
            milestone=milestone, version=given["version"], percent=given["percent"], actor=request.user
        )
    except ValidationError as refused:
        return _refused(request, milestone, refused.messages[0], 422)
    except StaleVersionError:
        return _stale(request, key, pk)
    return _changed(request, milestone, "Progress saved.")


@require_POST
def delete(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Take it out of the plan; Undo brings it back within a day."""
    milestone = get_milestone(request.user, key, pk, Need.EDIT)
    delete_milestone(milestone=milestone, actor=request.user)
    undo = reverse("milestones:restore", args=[milestone.launch.key, pk])
    toast(request, f"“{milestone.name}” deleted.", undo_url=undo)
    return redirect(request, reverse("milestones:list", args=[milestone.launch.key]))


@require_POST
def restore(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Bring a deleted milestone back."""
    milestone = get_deleted_milestone(request.user, key, pk)
    restore_milestone(milestone=milestone, actor=request.user)
    toast(request, f"“{milestone.name}” is back.")
    return redirect(request, next_url(request, reverse("milestones:list", args=[milestone.launch.key])))


def _page(request: HtmxRequest, milestone: Milestone, *, status: int = 200, refused: str = "") -> HttpResponse:
    place = workspace()
    today, calendar = place.today, place.calendar
    near = neighbours_of(milestone, request.user)
    frame = tab_context(request, milestone.launch, "milestones")
    context = frame | {
        "milestone": milestone,
        "today": today,
        "states": STATES,
        "can_work": can_work_on(request.user, milestone),
        "letters": _letters(milestone, today, calendar),
        "waits_for": near.before,
        "unseen": [(one.lag_days, one.likely.words(today) if one.likely else "no forecast") for one in near.unseen],
        "holds_up": near.after,
        "tight": _starting_too_early(milestone, near.before, calendar),
        "governance": on_milestone(milestone, request.user),
        "reasons": reasons(milestone, near.before, can_edit=frame["can_edit"]),
        "refused": refused,
        "is_pending": _is_pending(milestone.launch.summary),
        "asks_again": _asks_again(request.GET.get("asked", "")),
        **forecast_context(milestone, today),
        **moved_context(milestone.launch, milestone, request.user, today),
        **burnup_context(milestone, today),
        **estimate_context(milestone, request.user, calendar),
    }
    return render_page(request, PAGE, context, fragment=("drawer", "judged"), status=status)


def _is_pending(summary: LaunchSummary) -> bool:
    """Whether what is shown of health and forecast is about to be computed anew."""
    return summary.due_at is not None and summary.due_at <= clock.now()


def _asks_again(asked: str) -> dict[str, int] | None:
    """In how many seconds a page that `asked` so often before asks once more; None where it leaves that to its reader.

    A worker that has much to do, or is down, isn't helped by every open page.
    """
    times = int(asked[:3]) if asked.isdecimal() else 0
    return {"asked": times + 1, "seconds": ASKS_AFTER_SECONDS[times]} if times < len(ASKS_AFTER_SECONDS) else None


def _letters(milestone: Milestone, today: date, calendar: WorkingCalendar) -> Any:
    launch = milestone.launch
    facts = SmartFacts(
        definition_of_done=milestone.definition_of_done,
        tasks_linked=milestone.tasks_total if milestone.sources_linked else 0,
        owner_named=milestone.owner_id is not None,
        estimate_days=float(milestone.estimate_days) if milestone.estimate_days else None,
        start_date=milestone.start_date,
        due_date=milestone.due_date,
        outcome=launch.outcome,
        launch_start=launch.start_date,
        launch_target=launch.target_date,
    )
    return smart(facts, today=today, calendar=calendar)


def _starting_too_early(milestone: Milestone, before: list[Neighbour], calendar: WorkingCalendar) -> set[int]:
    """The dependencies whose predecessor is due after this one starts."""
    start = milestone.start_date
    return {
        n.dependency_id
        for n in before
        if n.milestone.is_open and starts_too_early(start, n.milestone.due_date, n.lag_days, calendar)
    }


def _changed(request: HtmxRequest, milestone: Milestone, words: str) -> HttpResponse:
    """After a change in the drawer the drawer shows it; on the page the page."""
    toast(request, words)
    if is_htmx(request) and request.htmx.target and "drawer-body" in request.htmx.target:
        fresh = get_milestone(request.user, milestone.launch.key, milestone.pk)
        return trigger(_page(request, fresh), "milestones-changed")
    return redirect(request, reverse("milestones:detail", args=[milestone.launch.key, milestone.pk]))


def _refused(request: HtmxRequest, milestone: Milestone, words: str, status: int) -> HttpResponse:
    """The page as it is, with what was refused and why."""
    fresh = get_milestone(request.user, milestone.launch.key, milestone.pk)
    return _page(request, fresh, status=status, refused=words)


def _stale(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    milestone = get_milestone(request.user, key, pk)
    words = "Someone changed this meanwhile. Here is how it stands now: look, then choose again."
    toast(request, words, level=messages.WARNING)
    return _page(request, milestone, status=409, refused=words)
