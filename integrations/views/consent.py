"""Connecting as a person: over the service's consent page and back, bound to this session."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET

from integrations.access import get_connection
from integrations.account import Access
from integrations.actions import connections as actions
from integrations.errors import ProviderError
from integrations.models import Connection
from integrations.registry import PROVIDERS, part
from luna import clock
from luna.lib import crypto
from luna.lib.redaction import Secret
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import redirect, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpResponse

    from integrations.account import CheckReport
    from integrations.credentials_form import CredentialsForm
    from luna.ui.htmx import HtmxRequest

PAGE = "integrations/consent.html"
KEPT_AS = "consent"
GOOD_FOR = timedelta(minutes=30)
NAME_TAKEN = "Another connection has this name. Begin again, with a name of its own."
NOT_ASKED = (
    "This answer belongs to no question that was asked in this session within the last half hour. Begin again, and "
    "stay signed in meanwhile."
)


def begin_consent(
    request: HtmxRequest, form: CredentialsForm, *, provider: str, row: Connection | None = None
) -> HttpResponse:
    """Keep what was entered with this session, sealed, and go on to the page that leads to the service's own."""
    state = secrets.token_urlsafe(32)
    kept = {
        "provider": provider,
        "name": form.cleaned_data["name"],
        "options": form.options,
        "base_url": form.address,
        "pk": row.pk if row else None,
        "version": request.POST.get("version", ""),
        "pending": form.pending_secret.reveal(),
        "verifier": secrets.token_urlsafe(64),
    }
    sealed = crypto.encrypt(json.dumps(kept), bound_to=_bound_to(state))
    request.session[KEPT_AS] = {"state": state, "sealed": sealed, "at": clock.now().isoformat()}
    return redirect(request, reverse("integrations:ask_consent"))


@require_GET
@admin_required
def ask_consent(request: HtmxRequest) -> HttpResponse:
    """Says what comes next, with the link to the service's consent page."""
    state, kept = _kept(request)
    if kept is None:
        return redirect(request, reverse("integrations:choose_provider"))
    url = part(kept["provider"], "consent.consent_url")(
        Secret(kept["pending"]), redirect_uri=_back(), state=state, verifier=kept["verifier"]
    )
    provider = kept["provider"]
    words = {"service": part(provider, "consent.SERVICE"), "asks": part(provider, "consent.ASKS")}
    context = words | {"entry": PROVIDERS[provider], "url": url, "back": _back()}
    return render_page(request, PAGE, context)


@require_GET
@admin_required
def consent(request: HtmxRequest) -> HttpResponse:
    """The service sends the browser back here: with a code, which is good once, or without."""
    state, kept = _kept(request)
    if kept is None or not constant_time_compare(request.GET.get("state", ""), state):
        return render_page(request, PAGE, {"trouble": NOT_ASKED})
    del request.session[KEPT_AS]
    provider = kept["provider"]
    context: dict[str, Any] = {"entry": PROVIDERS[provider], "again": _form_url(kept)}
    try:
        code = request.GET.get("code", "")
        if not code:
            raise part(provider, "consent.refused")(request.GET.get("error", ""))
        pending, verifier = Secret(kept["pending"]), kept["verifier"]
        secret = part(provider, "consent.exchange")(pending, code=code, verifier=verifier, redirect_uri=_back())
        report = _check(provider, Access(kept.get("base_url", ""), "", secret, kept["options"]))
        if report.error is not None:
            raise report.error
        return _save(request, kept, secret, report)
    except ProviderError as error:
        return render_page(request, PAGE, context | {"trouble": error.sentence})
    except IntegrityError:
        return render_page(request, PAGE, context | {"trouble": NAME_TAKEN})


def _check(provider: str, access: Access) -> CheckReport:
    """The live test of what came back, through the client of a task tool or of a place."""
    report: CheckReport
    if PROVIDERS[provider].is_task_tool:
        with closing(part(provider, "source.open_source")(access, [])) as client:
            report = client.check()
    else:
        report = part(provider, "destination.open_destination")(access).check()
    return report


def _save(request: HtmxRequest, kept: dict[str, Any], secret: Secret, report: CheckReport) -> HttpResponse:
    info = report.info
    if info is None:
        raise ValueError("the live test did not go well")
    where = {"base_url": kept.get("base_url", ""), "account": ""}
    common = {"name": kept["name"], **where, "secret": secret, "info": info}
    options, actor = kept["options"], request.user
    if kept["pk"] is None:
        with transaction.atomic():
            row = actions.connect(provider=kept["provider"], **common, options=options, actor=actor)
        toast(request, f"{row.name} is connected.")
        return redirect(request, reverse("integrations:offer", args=[row.pk]))
    row = get_connection(kept["pk"])
    try:
        version = int(kept["version"]) if kept["version"].isdecimal() else None
        with transaction.atomic():
            is_elsewhere = actions.edit_connection(
                connection=row, version=version, **common, options=options, actor=actor
            )
    except StaleVersionError:
        toast(request, "Someone else saved this connection meanwhile. Look, then try again.", level=messages.WARNING)
        return redirect(request, _form_url(kept))
    return after_saving(request, row, is_elsewhere=is_elsewhere)


def after_saving(request: HtmxRequest, row: Connection, *, is_elsewhere: bool) -> HttpResponse:
    """After a connection's form was saved and tried: to its page, or first to choosing where nothing is offered."""
    entry = PROVIDERS[row.provider]
    if not entry.is_task_tool or entry.is_own_list or row.offered:
        toast(request, f"{row.name} works.")
        return redirect(request, reverse("integrations:connection", args=[row.pk]))
    told = "leads to another site now, and what was read at the old one no longer counts" if is_elsewhere else "works"
    toast(request, f"{row.name} {told}. Choose what PMs may read through it.")
    return redirect(request, reverse("integrations:offer", args=[row.pk]))


def _kept(request: HtmxRequest) -> tuple[str, dict[str, Any] | None]:
    """The state that the answer has to bring, and what was entered; None when nothing was, or too long ago."""
    held = request.session.get(KEPT_AS)
    if not held or clock.now() > datetime.fromisoformat(held["at"]) + GOOD_FOR:
        return "", None
    try:
        kept: dict[str, Any] = json.loads(crypto.decrypt(held["sealed"], bound_to=_bound_to(held["state"])))
    except crypto.UnreadableSecretError:
        return "", None
    return str(held["state"]), kept


def _bound_to(state: str) -> str:
    return f"consent:{state}"


def _back() -> str:
    """Where the service sends the browser: the redirect URI that an OAuth client has to list."""
    return f"{settings.BASE_URL}{reverse('integrations:consent')}"


def _form_url(kept: dict[str, Any]) -> str:
    if kept["pk"] is None:
        return reverse("integrations:connect", args=[kept["provider"]])
    return reverse("integrations:edit_connection", args=[kept["pk"]])
