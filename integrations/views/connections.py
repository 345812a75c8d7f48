"""Settings, integrations: connections and how they do, for admins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from integrations.access import get_connection
from integrations.account import Access
from integrations.actions import connections as actions
from integrations.actions.own_list import KEY_DIGEST
from integrations.credentials import access_of
from integrations.domain.types import ConnectionState
from integrations.errors import NeedsAttentionError
from integrations.lineage.lines import link_lines
from integrations.registry import PROVIDERS, part
from integrations.selectors import (
    connection_lines,
    connections,
    destinations,
    last_change,
    offered_words,
    sources_in_trouble,
)
from integrations.selectors_connection import (
    budget_of,
    condition_of,
    ends_soon,
    given_list,
    run_lines,
    run_progress,
    runs_of,
    set_aside,
)
from integrations.views.consent import after_saving, begin_consent
from integrations.webhooks.lines import webhook_lines
from luna import clock
from luna.lib.redaction import Secret
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import redirect, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpResponse

    from integrations.credentials_form import CredentialsForm
    from integrations.models import Connection
    from luna.ui.htmx import HtmxRequest

LIST = "integrations/connections.html"
PAGE = "integrations/connection.html"
FORM = "integrations/connect.html"
RECENT_RUNS = 5
NAME_TAKEN = "Another connection has this name. Give it one of its own."


@require_GET
@admin_required
def connection_list(request: HtmxRequest) -> HttpResponse:
    """Every connection: state, counts, last and next look, what is wrong and what to do."""
    now = clock.now()
    lines = [(line, condition_of(line, now)) for line in connection_lines(connections())]
    return render_page(request, LIST, {"lines": lines})


@require_GET
@admin_required
def choose_provider(request: HtmxRequest) -> HttpResponse:
    """First step: the kind."""
    return render_page(request, "integrations/choose_provider.html", {"providers": PROVIDERS.items()})


@require_http_methods(["GET", "POST"])
@admin_required
def connect(request: HtmxRequest, provider: str) -> HttpResponse:
    """Second step: address and credentials, tried before they are kept."""
    if provider not in PROVIDERS:
        raise Http404
    entry = PROVIDERS[provider]
    form: CredentialsForm = part(provider, "forms.CredentialsForm")(request.POST or None, initial={"name": entry.label})
    context = {"form": form, "entry": entry, "provider": provider}
    if request.method != "POST" or not form.is_valid():
        return render_page(request, FORM, context, status=422 if form.is_bound else 200)
    if form.needs_consent:
        return begin_consent(request, form, provider=provider)
    try:
        with transaction.atomic():
            made = actions.connect(
                provider=provider,
                name=form.cleaned_data["name"],
                base_url=form.address,
                account=form.identity,
                secret=form.new_secret or Secret(""),
                info=form.info,
                options=form.options,
                access_expires_at=form.ends_at,
                actor=request.user,
            )
    except IntegrityError:
        form.add_error("name", NAME_TAKEN)
        return render_page(request, FORM, context, status=422)
    toast(request, f"{made.name} is connected.")
    following = "own_list" if entry.is_own_list else "offer"
    return redirect(request, reverse(f"integrations:{following}", args=[made.pk]))


@require_http_methods(["GET", "POST"])
@admin_required
def edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Another name, address, account or token; each save is tried first."""
    row = get_connection(pk)
    entry = PROVIDERS[row.provider]
    ends_at = row.access_expires_at
    initial = {
        "name": row.name,
        "base_url": row.base_url,
        "account": row.account,
        "token_ends_on": timezone.localtime(ends_at).date() if ends_at else None,
    }
    form: CredentialsForm = part(row.provider, "forms.CredentialsForm")(
        request.POST or None, stored=_stored(row), initial=initial
    )
    context = {"form": form, "entry": entry, "connection": row, "version": request.POST.get("version", row.version)}
    if request.method != "POST" or not form.is_valid():
        return render_page(request, FORM, context, status=422 if form.is_bound else 200)
    if form.needs_consent:
        return begin_consent(request, form, provider=row.provider, row=row)
    try:
        with transaction.atomic():
            is_elsewhere = _save(request, row, form)
    except IntegrityError:
        form.add_error("name", NAME_TAKEN)
        return render_page(request, FORM, context, status=422)
    except StaleVersionError:
        return render_page(request, FORM, context | _stale(get_connection(pk), form), status=409)
    if form.is_repointed:
        toast(request, "The address is saved. Now enter a token for it.", level=messages.WARNING)
        return redirect(request, reverse("integrations:edit_connection", args=[pk]))
    return after_saving(request, row, is_elsewhere=is_elsewhere)


def _save(request: HtmxRequest, row: Connection, form: CredentialsForm) -> bool:
    """Whether it leads to another site now."""
    version = _version(request)
    name = form.cleaned_data["name"]
    where = {"base_url": form.address, "account": form.identity}
    if form.is_repointed:
        actions.repoint_connection(
            connection=row, version=version, name=name, **where, options=form.options, actor=request.user
        )
        return True
    return actions.edit_connection(
        connection=row,
        version=version,
        name=name,
        **where,
        secret=form.new_secret,
        info=form.info,
        options=form.options,
        access_expires_at=form.ends_at,
        actor=request.user,
    )


def _stale(current: Connection, form: CredentialsForm) -> dict[str, Any]:
    """Both versions; the form keeps what was typed, but for the token, and carries the newer version."""
    pairs = [
        ("Name", current.name, form.cleaned_data["name"]),
        ("Address", current.base_url, form.address),
        ("Account", current.account, form.identity),
    ]
    change = last_change(current)
    return {
        "version": current.version,
        "stale": [(label, theirs, mine) for label, theirs, mine in pairs if theirs != mine],
        "saved_by": change.actor if change else None,
        "saved_at": change.recorded_at if change else None,
    }


def _stored(row: Connection) -> Access:
    """What is stored, without a secret where none can be opened."""
    try:
        return access_of(row)
    except NeedsAttentionError:
        return Access(row.base_url, row.account, Secret(""), row.options, may_write=row.may_link_back)


def _version(request: HtmxRequest) -> int | None:
    value = request.POST.get("version", "")
    return int(value) if re.fullmatch(r"[0-9]{1,18}", value) else None


@require_GET
@admin_required
def connection(request: HtmxRequest, pk: int) -> HttpResponse:
    """One connection: how it does and what to do, its runs, what it could not read."""
    row = get_connection(pk)
    now = clock.now()
    [line] = connection_lines([row])
    runs = run_lines(list(runs_of(row)[:RECENT_RUNS]))
    newest = runs[0].run if runs else None
    context: dict[str, Any] = {
        "line": line,
        "connection": row,
        "condition": condition_of(line, now),
        "budget": budget_of(row, now),
        "ends_soon": ends_soon(row, now),
        "runs": runs,
        "run": newest,
        "progress": run_progress(row, newest, now),
        "set_aside": set_aside(row).count(),
        "troubled": sources_in_trouble(row),
        "offered": offered_words(row),
        "channels": destinations().filter(connection=row),
        "calls": webhook_lines(row),
        "links": link_lines(row),
        "given": given_list(row) if line.provider.is_own_list else None,
        "has_key": KEY_DIGEST in row.options,
        "is_disconnected": row.state == ConnectionState.DISCONNECTED,
    }
    return render_page(request, PAGE, context)


@require_POST
@admin_required
def disconnect(request: HtmxRequest, pk: int) -> HttpResponse:
    """Forget the credentials and stop."""
    row = get_connection(pk)
    actions.disconnect(connection=row, actor=request.user)
    toast(request, f"{row.name} is disconnected. Its tasks stay as they were last seen.")
    return redirect(request, reverse("integrations:connections"))
