"""A webhook is asked for, looked at every hour and asked for again when the tool dropped it; old calls are deleted."""

from __future__ import annotations

import ipaddress
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from integrations.domain.types import ConnectionState, WebhookState
from integrations.errors import ProviderError, RetryLaterError
from integrations.models import Connection, InboundEvent, Webhook
from integrations.registry import open_registrar
from integrations.sources.base import SourceQuery
from integrations.sources.webhooks import SharesAnAddress, Standing, WebhookRegistrar
from integrations.sync.slices import live_sources
from integrations.webhooks.secrets import address_of, is_left_behind, new_path_key, seal, secret_of
from luna import clock
from luna.lib import work
from luna.lib.addresses import is_public
from luna.lib.work import Claim

WATCH = "webhooks"
LOOK_EVERY = timedelta(hours=1)
CALLS_KEPT = timedelta(days=7)
_LEFT_ALONE = (ConnectionState.DISCONNECTED, ConnectionState.NEEDS_ATTENTION)
"""A broken connection is tried by its poll, once an hour, and by nothing else."""
NO_SOURCE = "Nothing is read through this connection yet. Luna asks for calls once a milestone is linked to it."
NO_HANDSHAKE = (
    "The tool did not reach Luna when it was asked to call. Check that LUNA_BASE_URL can be reached from the internet; "
    "Luna tries again every hour, and polling goes on."
)
NOT_REACHABLE = (
    "Calls need an address that can be reached from the internet, and LUNA_BASE_URL is {base_url}. Polling goes on."
)


def keep(claim: Claim[Webhook]) -> None:
    """Look after one webhook, and again in an hour."""
    webhook = claim.row
    connection = Connection.objects.get(pk=webhook.connection_id)
    _forget_old_calls(connection.pk)
    if connection.state in _LEFT_ALONE or webhook.state == WebhookState.BY_HAND:
        _again(claim)
    elif connection.paused_until is not None and connection.paused_until > clock.now():
        claim.finish(again_at=connection.paused_until)
    else:
        try:
            with closing(open_registrar(connection)) as registrar:
                _keep_registered(claim, connection, registrar)
        except RetryLaterError as error:
            state = WebhookState.FAILING if claim.row.state == WebhookState.ASKED else claim.row.state
            _again(claim, not_before=error.until, state=state, error_sentence=error.sentence[:500])
        except ProviderError as error:
            _again(claim, state=_failing(claim.row), error_sentence=error.sentence[:500])


def _failing(webhook: Webhook) -> WebhookState:
    """One that was switched off stays so until it could be taken back."""
    return WebhookState.OFF if webhook.state == WebhookState.OFF and webhook.remote_id else WebhookState.FAILING


def look_again(connection_id: int) -> None:
    """Look at the connection's webhooks now, since what is to be watched changed."""
    rows = Webhook.objects.filter(connection_id=connection_id).exclude(state=WebhookState.BY_HAND)
    work.wish(WATCH, rows)


def keeping_failed(claim: Claim[Webhook], why: str) -> None:
    """Say so, and try again in an hour."""
    sentence = f"Luna could not look after these calls ({why[:200]}). See the worker’s log; polling goes on."
    _again(claim, state=_failing(claim.row), error_sentence=sentence)


def is_within_reach(connection: Connection) -> bool:
    """Whether the tool can call LUNA_BASE_URL: it is public as far as its text tells, or both are on one machine."""
    return not _is_local(settings.BASE_URL) or _is_local(_tool_address(connection))


def _tool_address(connection: Connection) -> str:
    return connection.base_url or {"asana": settings.ASANA_URL, "clickup": settings.CLICKUP_URL}[connection.provider]


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))


def _keep_registered(claim: Claim[Webhook], connection: Connection, registrar: WebhookRegistrar) -> None:
    webhook = claim.row
    if webhook.state == WebhookState.OFF and webhook.remote_id:
        registrar.remove(webhook.remote_id)
        claim.finish()
        Webhook.objects.filter(pk=webhook.pk).delete()
    elif not is_within_reach(connection):
        sentence = NOT_REACHABLE.format(base_url=settings.BASE_URL)
        _again(claim, state=WebhookState.FAILING, error_sentence=sentence[:500])
    elif _has_scope(claim, connection, registrar):
        _look(claim, registrar)


def _has_scope(claim: Claim[Webhook], connection: Connection, registrar: WebhookRegistrar) -> bool:
    """Whether this webhook watches what is to be watched. Others are begun for what nobody watches yet."""
    queries = [SourceQuery(source.kind, source.query) for source in live_sources(connection.pk)]
    wanted = registrar.scopes(queries)
    with transaction.atomic():
        others = Webhook.objects.filter(connection=connection).exclude(pk=claim.row.pk)
        watched = set(others.values_list("scope", flat=True))
        missing = [scope for scope in wanted if scope not in watched and scope != claim.row.scope]
        if not claim.row.scope and missing:
            claim.save(scope=missing.pop(0))
        for scope in missing:
            begin(connection, scope)
    if claim.row.scope in wanted:
        return True
    if claim.row.remote_id:
        registrar.remove(claim.row.remote_id)
    if watched:
        claim.finish()
        Webhook.objects.filter(pk=claim.row.pk).delete()
    else:
        _again(claim, scope="", remote_id="", secret="", state=WebhookState.OFF, error_sentence=NO_SOURCE)
    return False


def begin(connection: Connection, scope: str = "") -> Webhook:
    """One that is to be registered now, within the caller's transaction. Without a scope it finds one itself."""
    webhook = Webhook.objects.create(
        connection=connection,
        scope=scope,
        path_key=new_path_key(),
        state=WebhookState.OFF,
        created_at=clock.now(),
    )
    work.wish(WATCH, Webhook.objects.filter(pk=webhook.pk))
    return webhook


def _look(claim: Claim[Webhook], registrar: WebhookRegistrar) -> None:
    webhook = claim.row
    if not webhook.remote_id:
        _register(claim, registrar)
        return
    health = registrar.health(webhook.scope, webhook.remote_id)
    if health.standing is Standing.DROPPED:
        registrar.remove(webhook.remote_id)
        _register(claim, registrar)
    elif health.standing is Standing.FAILING:
        _again(claim, state=WebhookState.FAILING, error_sentence=health.sentence)
    else:
        fields: dict[str, Any] = {"expires_at": health.expires_at}
        if health.secret is not None and health.secret != secret_of(webhook):
            fields["secret"] = seal(health.secret, pk=webhook.pk)
        _again(claim, state=WebhookState.ON, error_sentence="", **fields)


def _register(claim: Claim[Webhook], registrar: WebhookRegistrar) -> None:
    """Under a new address, so that what an earlier try may have left behind reaches nothing."""
    path_key = new_path_key()
    claim.save(state=WebhookState.ASKED, path_key=path_key, remote_id="", secret="")
    if isinstance(registrar, SharesAnAddress):
        registrar.clear(is_left_behind)
    made = registrar.register(claim.row.scope, address_of(path_key))
    fields: dict[str, Any] = {"remote_id": made.remote_id, "expires_at": made.expires_at}
    if made.secret is not None:
        fields["secret"] = seal(made.secret, pk=claim.row.pk) if made.secret else ""
    elif not Webhook.objects.filter(pk=claim.row.pk).exclude(secret="").exists():
        _again(claim, state=WebhookState.FAILING, error_sentence=NO_HANDSHAKE)
        return
    _again(claim, state=WebhookState.ON, error_sentence="", **fields)


def _again(claim: Claim[Webhook], *, not_before: datetime | None = None, **fields: Any) -> None:
    in_an_hour = clock.now() + LOOK_EVERY
    claim.finish(again_at=max(not_before or in_an_hour, in_an_hour), **fields)


def _forget_old_calls(connection_id: int) -> None:
    old = InboundEvent.objects.filter(connection_id=connection_id, received_at__lt=clock.now() - CALLS_KEPT)
    old.delete()
