"""Settings, workspace."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from luna.lib.mail import mail_is_set
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from people.access import admin_required
from people.actions.workspace import change_workspace, send_test_mail
from people.forms.settings import WorkspaceForm
from people.selectors import workspace as the_workspace


@admin_required
def workspace(request: HtmxRequest) -> HttpResponse:
    """Name, zone, working week, holidays, and whether mail works."""
    here = the_workspace()
    initial = {
        "name": here.name,
        "time_zone": here.time_zone,
        "working_weekdays": here.working_weekdays,
        "holidays": "\n".join(str(holiday) for holiday in here.holidays.all()),
    }
    form = WorkspaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_workspace(**form.cleaned_data, actor=request.user)
        toast(request, "The workspace is saved.")
        return redirect(request, reverse("people:workspace"))
    context = {"form": form, "mail_is_set": mail_is_set(), "mail_from": settings.DEFAULT_FROM_EMAIL}
    return render_page(request, "people/workspace.html", context, status=422 if form.is_bound else 200)


@require_POST
@admin_required
def test_mail(request: HtmxRequest) -> HttpResponse:
    """Send the admin a mail, and say in words what came of it."""
    problem = send_test_mail(actor=request.user)
    if problem:
        toast(request, problem, level=messages.ERROR)
    else:
        toast(request, f"The mail server took a test mail for {request.user.email}. Look at your inbox.")
    return redirect(request, reverse("people:workspace"))
