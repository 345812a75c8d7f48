"""What people and their scripts do with a list of their own."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from integrations.domain.types import ConnectionState, RunTrigger
from integrations.models import Connection, ListedTask, QuarantinedPayload
from integrations.sync.runs import start_run
from luna import clock
from luna.events.log import record
from luna.lib.versions import save_version

if TYPE_CHECKING:
    from collections.abc import Collection

    from integrations.sources.upload.listing import Listing
    from people.models import User

KEY_DIGEST = "key_sha256"
BATCH = 500


@dataclass(frozen=True)
class Taken:
    """What a giving changed, in rows."""

    new: int
    changed: int
    removed: int
    set_aside: int
    older: int
    """Left as they are: what was given says itself that it is older than what Luna has."""


def take_list(*, connection: Connection, listing: Listing, replaces: bool, actor: User | None) -> Taken:
    """Keep what was given, and read it into the mirror; with `replaces` what is not in it is gone.

    Rows that can't be read are set aside with their reason; what was known of them stays.
    """
    now = clock.now()
    with transaction.atomic():
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        known = {row.external_id: row for row in ListedTask.objects.filter(connection=connection)}
        faulty = {fault.external_id: fault for fault in listing.faults if fault.external_id not in listing.tasks}
        older = [pk for pk, given in listing.tasks.items() if pk in known and _is_older(given, known[pk].fields)]
        good = [
            ListedTask(connection=connection, external_id=pk, fields=given, taken_at=now)
            for pk, given in listing.tasks.items()
            if pk not in older and (pk not in known or known[pk].fields != given or known[pk].fault)
        ]
        bad = [
            ListedTask(connection=connection, external_id=pk, fault=one.reason[:300], given=one.payload, taken_at=now)
            for pk, one in faulty.items()
        ]
        _write(good, ["fields", "fault", "given", "taken_at"])
        _write(bad, ["fault", "given", "taken_at"])
        named = listing.tasks.keys() | faulty.keys()
        gone = [pk for pk, row in known.items() if pk not in named and (replaces or not row.fields)]
        _forget(connection, gone)
        _let_out(connection, [*gone, *(row.external_id for row in good)])
        new = sum(row.external_id not in known for row in good)
        taken = Taken(new, len(good) - new, len(gone), len(bad), len(older))
        record("connection.list_taken", connection, actor=actor, after=asdict(taken))
        start_run(connection, RunTrigger.PERSON, requested_by=actor, is_full=bool(gone))
    return taken


def make_list_key(*, connection: Connection, actor: User) -> str:
    """A new key by which scripts send the list; the old one ends. It is told this once: only its digest is kept."""
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        save_version(connection, expected=None, options=connection.options | {KEY_DIGEST: digest_of(key)})
        record("connection.key_made", connection, actor=actor)
    return key


def connection_by_key(key: str) -> Connection | None:
    """The living list that this key opens."""
    if not key:
        return None
    living = Connection.objects.filter(provider="upload").exclude(state=ConnectionState.DISCONNECTED)
    return living.filter(**{f"options__{KEY_DIGEST}": digest_of(key)}).first()


def digest_of(key: str) -> str:
    """What is kept of a key. It is random and long, so a plain digest can't be guessed backwards."""
    return hashlib.sha256(key.encode()).hexdigest()


def _is_older(given: dict[str, Any], known: dict[str, Any]) -> bool:
    """Both in UTC and of one form, so they compare as text."""
    return bool(given.get("updated_at") and given["updated_at"] < known.get("updated_at", ""))


def _write(rows: list[ListedTask], fields: list[str]) -> None:
    ListedTask.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "external_id"],
        update_fields=fields,
        batch_size=BATCH,
    )


def _forget(connection: Connection, external_ids: Collection[str]) -> None:
    """The rows that are no part of the list any more."""
    gone = list(external_ids)
    for start in range(0, len(gone), BATCH):
        part = gone[start : start + BATCH]
        ListedTask.objects.filter(connection=connection, external_id__in=part).delete()


def _let_out(connection: Connection, external_ids: Collection[str]) -> None:
    """Of what was set aside, these; the rest stays: a run of changes does not meet again what was given before."""
    left = set(external_ids)
    rows = QuarantinedPayload.objects.filter(connection=connection).values_list("pk", "external_id")
    out = [pk for pk, external_id in rows if external_id in left]
    for start in range(0, len(out), BATCH):
        QuarantinedPayload.objects.filter(pk__in=out[start : start + BATCH]).delete()
