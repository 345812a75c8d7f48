"""The Approvals tab of a launch, and voting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from launches.access import Need, get_launch
from launches.selectors import comment_thread
from luna.ui.htmx import is_htmx, next_url, redirect, render_fragment, render_page, toast
from milestones.access_governance import get_approval, get_approval_to_change, get_seat
from milestones.actions.approvals import (
    RoundOverError,
    VotingClosedError,
    ask_again,
    ask_approval,
    cast_vote,
    withdraw_approval,
)
from milestones.domain.types import ApprovalState
from milestones.forms.governance import ApprovalForm, VoteForm, WhyForm
from milestones.models import Approval
from milestones.selectors_governance import approval_card, approvals_of
from milestones.views.governance import milestone_asked_for, posted, tab_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest

LIST, PAGE, FORM, CARD = (
    f"milestones/governance/{name}.html" for name in ("approvals", "approval", "approval_form", "_approval")
)
SETTLED = {ApprovalState.APPROVED, ApprovalState.WITHDRAWN}


@require_GET
def approvals(request: HtmxRequest, key: str) -> HttpResponse:
    """All approvals of the launch, those that wait for the reader first."""
    launch = get_launch(request.user, key)
    cards = approvals_of(launch, request.user)
    unmet = sum(card.approval.is_voting_open and card.approval.state not in SETTLED for card in cards)
    context = tab_context(request, launch, "approvals", approvals=unmet) | {"cards": cards}
    return render_page(request, LIST, context, fragment="rows")


@require_GET
def approval(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """One approval with its votes, in the drawer or as a page."""
    return _show(request, get_approval(request.user, key, pk))


@require_http_methods(["GET", "POST"])
def approval_create(request: HtmxRequest, key: str) -> HttpResponse:
    """Ask for an approval."""
    launch = get_launch(request.user, key, Need.EDIT)
    milestone = milestone_asked_for(request, launch)
    first = {"milestone": milestone, "title": f"{milestone.name} is done" if milestone else "Go / no-go"}
    form = ApprovalForm(posted(request), launch=launch, reader=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        asked = {name: list(form.cleaned_data[name]) for name in ("users", "teams")}
        try:
            row = ask_approval(launch=launch, question=form.question(), **asked, actor=request.user)
        except VotingClosedError:
            form.add_error("milestone", "This milestone was completed or cancelled meanwhile.")
        else:
            names = ", ".join(str(who) for who in [*asked["users"], *asked["teams"]])
            toast(request, f"Asked: {names} for “{row.title}”.")
            return redirect(request, next_url(request, reverse("milestones:approvals", args=[launch.key])))
    context = tab_context(request, launch, "approvals") | {"form": form, "next": next_url(request, "")}
    return render_page(request, FORM, context, fragment="drawer", status=422 if form.is_bound else 200)


@require_POST
def approval_vote(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Vote: only who is named, or a member of a named team; everybody else gets 403."""
    row = get_approval(request.user, key, pk)
    seat = get_seat(request.user, row, request.POST.get("seat", ""))
    form = VoteForm(request.POST)
    if not form.is_valid():
        return _answer(request, row, form=form, status=422)
    given = form.cleaned_data
    try:
        cast_vote(
            approval=row,
            seat=seat,
            round_number=given["round"],
            ballot=given["ballot"],
            comment=given["comment"],
            actor=request.user,
        )
    except VotingClosedError:
        toast(request, "Voting is over here: nothing was changed.", level=messages.WARNING)
        return _answer(request, get_approval(request.user, key, pk), form=form, status=409)
    except RoundOverError:
        toast(request, "What you are asked about has changed. Look again, then vote.", level=messages.WARNING)
        return _answer(request, get_approval(request.user, key, pk), form=form, status=409)
    toast(request, "Your vote counts.")
    return _answer(request, row)


@require_POST
def approval_ask_again(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Ask for a new round of votes."""
    row = get_approval_to_change(request.user, key, pk)
    try:
        ask_again(approval=row, why=_why(request), actor=request.user)
    except VotingClosedError:
        toast(request, "Voting is over here: nobody was asked.", level=messages.WARNING)
        return _answer(request, row, status=409)
    toast(request, "Everyone named is asked again.")
    return _answer(request, row)


@require_POST
def approval_withdraw(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Ask for it no longer."""
    row = get_approval_to_change(request.user, key, pk)
    try:
        withdraw_approval(approval=row, why=_why(request), actor=request.user)
    except VotingClosedError:
        toast(request, "It was withdrawn before.", level=messages.WARNING)
        return _answer(request, row, status=409)
    toast(request, "Approval withdrawn. Its votes are kept.")
    return _answer(request, row)


def _why(request: HtmxRequest) -> str:
    form = WhyForm(request.POST)
    return str(form.cleaned_data["why"]) if form.is_valid() else ""


def _answer(request: HtmxRequest, row: Approval, *, form: VoteForm | None = None, status: int = 200) -> HttpResponse:
    """The approval as it is now: its card for htmx, a page with what was typed after a refusal, else back."""
    if is_htmx(request):
        return _show(request, row, form=form, status=status, template=CARD)
    if status != 200:
        return _show(request, row, form=form, status=status)
    return redirect(request, next_url(request, reverse("milestones:approval", args=[row.launch.key, row.pk])))


def _show(
    request: HtmxRequest, row: Approval, *, form: VoteForm | None = None, status: int = 200, template: str = PAGE
) -> HttpResponse:
    context = tab_context(request, row.launch, "approvals") | {
        "approval": row,
        "card": approval_card(row, request.user),
        "vote_form": form,
    }
    if template == CARD:
        return render_fragment(request, CARD, context, status=status)
    context["thread"] = comment_thread(row.launch, "approval", row.pk)
    return render_page(request, template, context, fragment="drawer", status=status)
