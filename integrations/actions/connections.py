"""What admins do with connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from integrations.account import FORMERLY
from integrations.actions.another_site import FIELDS as ANOTHER_SITE
from integrations.actions.another_site import is_another_site, leave_site
from integrations.credentials import access_of, hint_of, origin_of, seal
from integrations.domain.types import ConnectionState, RunTrigger
from integrations.lineage.rounds import try_again
from integrations.models import Connection, Destination, SyncRun
from integrations.registry import PROVIDERS
from integrations.sync.runs import start_for_person, start_run
from integrations.sync.slices import live_sources
from integrations.webhooks.keeping import look_again
from launches.actions.notices import settle_notices
from luna import clock
from luna.events.log import record
from luna.lib import crypto, work
from luna.lib.redaction import Secret
from luna.lib.versions import save_version

if TYPE_CHECKING:
    from integrations.account import AccountInfo, Project
    from integrations.destinations.base import Place
    from people.models import User

Told = dict[str, Any]
"""What an event says of before and after."""
POLL = "poll"
NEW_ADDRESS = "The address is another one now, so the old token was deleted. Enter a token for the new address."


def connect(
    *,
    provider: str,
    name: str,
    base_url: str,
    account: str,
    secret: Secret,
    info: AccountInfo,
    options: Mapping[str, Any] | None = None,
    access_expires_at: datetime | None = None,
    actor: User,
) -> Connection:
    """A new connection, after its live test went well."""
    now = clock.now()
    with transaction.atomic():
        connection = Connection.objects.create(
            provider=provider,
            name=name,
            base_url=base_url,
            account=account or info.account,
            credentials_hint=hint_of(secret),
            credentials_set_at=now,
            access_expires_at=access_expires_at,
            workspace_name=info.workspace,
            account_zone=info.zone,
            options=dict(options or {}),
            last_synced_at=None,
            created_by=actor,
            created_at=now,
        )
        connection.credentials = seal(secret, pk=connection.pk, base_url=base_url)
        connection.save(update_fields=["credentials"])
        record(
            "connection.connected", connection, actor=actor, after={"address": base_url, "account": connection.account}
        )
        work.wish(POLL, Connection.objects.filter(pk=connection.pk))
    return connection


def edit_connection(
    *,
    connection: Connection,
    version: int | None,
    name: str,
    base_url: str,
    account: str,
    secret: Secret | None,
    info: AccountInfo,
    options: Mapping[str, Any] | None = None,
    access_expires_at: datetime | None = None,
    actor: User,
) -> bool:
    """Another name, account, token or choice, after a live test with what is to be kept. Raises StaleVersionError.

    A new token is sealed for the address; without one the stored one stays, because the origin is the same. Other
    `options` may read the same tasks differently: of a task tool everything is read again. Returns whether the address
    leads to another site: then nothing is offered any more, and what was read is let go.
    """
    old_url, is_elsewhere = connection.base_url, is_another_site(connection, base_url)
    before: Told = {"name": connection.name, "address": connection.base_url, "account": connection.account}
    told = {"name": name, "base_url": base_url, "account": account or info.account}
    fields = _works(told | {"access_expires_at": access_expires_at}, info) | _sealed(connection, secret, base_url)
    after: Told = {"name": name, "address": base_url, "account": fields["account"], "new_token": secret is not None}
    is_read_otherwise = options is not None and dict(options) != connection.options
    if is_read_otherwise:
        fields["options"] = dict(options or {})
        before, after = before | {"options": connection.options}, after | {"options": fields["options"]}
    with transaction.atomic():
        save_version(connection, expected=version, **fields | (ANOTHER_SITE if is_elsewhere else {}))
        record("connection.edited", connection, actor=actor, before=before, after=after)
        settle_notices(subject=connection)
        if is_elsewhere:
            leave_site(connection=connection, old_url=old_url, new_url=base_url, actor=actor)
        elif is_read_otherwise and PROVIDERS[connection.provider].is_task_tool:
            start_run(connection, RunTrigger.PERSON, requested_by=actor, is_full=True, is_otherwise=True)
        work.wish(POLL, Connection.objects.filter(pk=connection.pk))
        look_again(connection.pk)
        try_again(connection)
    return is_elsewhere


def _sealed(connection: Connection, secret: Secret | None, base_url: str) -> dict[str, Any]:
    """A new token as it is kept; nothing where the stored one stays."""
    if secret is None:
        return {}
    return {
        "credentials": seal(secret, pk=connection.pk, base_url=base_url),
        "credentials_hint": hint_of(secret),
        "credentials_set_at": clock.now(),
    }


def _works(fields: dict[str, Any], info: AccountInfo) -> dict[str, Any]:
    """The fields with what a live test that went well brings and puts right."""
    return fields | {
        "workspace_name": info.workspace,
        "account_zone": info.zone,
        "state": ConnectionState.OK,
        "paused_until": None,
        "error_kind": "",
        "error_sentence": "",
        "error_at": None,
    }


def repoint_connection(
    *,
    connection: Connection,
    version: int | None,
    name: str,
    base_url: str,
    account: str,
    options: Mapping[str, Any] | None = None,
    actor: User,
) -> None:
    """Another origin: the stored secret was not meant for it and is deleted, and what was read there is let go.

    Nothing is called. The connection needs attention until a token is entered. Raises StaleVersionError.
    """
    if origin_of(base_url) == origin_of(connection.base_url):
        raise ValueError("the origin is the same")
    old_url = connection.base_url
    before = {"address": old_url, "account": connection.account}
    with transaction.atomic():
        save_version(
            connection,
            expected=version,
            name=name,
            base_url=base_url,
            account=account,
            options=connection.options if options is None else dict(options),
            credentials="",
            credentials_hint="",
            credentials_set_at=None,
            access_expires_at=None,
            state=ConnectionState.NEEDS_ATTENTION,
            error_kind="sign_in_refused",
            error_sentence=NEW_ADDRESS,
            error_at=clock.now(),
            **ANOTHER_SITE,
        )
        leave_site(connection=connection, old_url=old_url, new_url=base_url, actor=actor)
        after = {"address": base_url, "account": account}
        record("connection.repointed", connection, actor=actor, before=before, after=after)


def offer_projects(
    *, connection: Connection, version: int | None, projects: Iterable[Project], actor: User
) -> SyncRun | None:
    """Choose what may be read through the connection. Raises StaleVersionError.

    Returns the run that starts at once where sources read by it: of everything, because a query may find older tasks in
    what is new; where projects were only taken out, a comparison.
    """
    known = {one["id"] for one in connection.offered}
    former = {one["id"]: one[FORMERLY] for one in connection.offered if FORMERLY in one}
    offered = [{"id": one.id, "key": one.key, "name": one.name} for one in projects]
    offered = [one | ({FORMERLY: former[one["id"]]} if one["id"] in former else {}) for one in offered]
    before = {"offered": [one["key"] or one["name"] for one in connection.offered]}
    with transaction.atomic():
        save_version(connection, expected=version, offered=offered)
        after = {"offered": [one["key"] or one["name"] for one in offered]}
        record("connection.offer_changed", connection, actor=actor, before=before, after=after)
        look_again(connection.pk)
        wanted = {one["id"] for one in offered}
        if wanted == known or not live_sources(connection.pk).exists():
            return None
        trigger = RunTrigger.PERSON if wanted - known else RunTrigger.CENSUS
        return start_run(connection, trigger, requested_by=actor, is_full=True, is_otherwise=True)


def choose_places(*, connection: Connection, version: int | None, places: Iterable[Place], actor: User) -> None:
    """Choose where reports may be sent through the connection; what is left out is closed, its history kept.

    Raises StaleVersionError.
    """
    now = clock.now()
    wanted = {(place.kind.value, place.external_id): place for place in places}
    with transaction.atomic():
        save_version(connection, expected=version)
        known = {(row.kind, row.external_id): row for row in Destination.objects.filter(connection=connection)}
        before = sorted(row.name for row in known.values() if row.removed_at is None)
        for (kind, external_id), place in wanted.items():
            Destination.objects.update_or_create(
                connection=connection,
                kind=kind,
                external_id=external_id,
                defaults={"name": place.name, "is_private": place.is_private, "checked_at": now, "removed_at": None},
            )
        closed = [row.pk for chosen, row in known.items() if chosen not in wanted]
        Destination.objects.filter(pk__in=closed, removed_at__isnull=True).update(removed_at=now)
        after = sorted(place.name for place in wanted.values())
        if before != after:
            record(
                "connection.offer_changed",
                connection,
                actor=actor,
                before={"offered": before},
                after={"offered": after},
            )


def sync_now(*, connection: Connection, is_full: bool = False, is_census: bool = False, actor: User) -> SyncRun:
    """Start a run, or return the open one; at once, unless the tool asked to wait. A census compares ids alone."""
    trigger = RunTrigger.CENSUS if is_census else RunTrigger.PERSON
    with transaction.atomic():
        run = start_for_person(connection, trigger, requested_by=actor, is_full=is_full)
        record("connection.sync_asked", connection, actor=actor, after={"full": is_full, "census": is_census})
    return run


def disconnect(*, connection: Connection, actor: User) -> None:
    """Forget the secret and stop reading. Tasks stay as they were last seen; a new token connects again."""
    with transaction.atomic():
        save_version(
            connection,
            expected=None,
            state=ConnectionState.DISCONNECTED,
            credentials="",
            credentials_hint="",
            credentials_set_at=None,
            access_expires_at=None,
            paused_until=None,
            error_kind="",
            error_sentence="",
            error_at=None,
            due_at=None,
        )
        record("connection.disconnected", connection, actor=actor)
        settle_notices(subject=connection)


def reseal_all() -> int:
    """Encrypt every stored secret again with the first key; how many were under another one. For `rotate_keys`.

    Raises integrations.errors.NeedsAttentionError for a secret whose key is gone.
    """
    resealed = 0
    for connection in Connection.objects.exclude(credentials=""):
        if crypto.key_id_of(connection.credentials) == crypto.current_key_id():
            continue
        secret = access_of(connection).secret
        with transaction.atomic():
            old = connection.credentials
            new = seal(secret, pk=connection.pk, base_url=connection.base_url)
            resealed += Connection.objects.filter(pk=connection.pk, credentials=old).update(credentials=new)
    return resealed
