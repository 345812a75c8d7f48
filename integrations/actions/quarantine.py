"""What an admin does with what was set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.domain.types import ConnectionState, RunTrigger
from integrations.errors import RefusedError
from integrations.models import QuarantinedPayload
from integrations.sync.fetching import fetch_tasks
from integrations.sync.runs import start_run
from luna.events.log import record

if TYPE_CHECKING:
    from people.models import User


def retry_payload(*, payload: QuarantinedPayload, actor: User) -> tuple[str, bool]:
    """Ask for this task again now: what came of it in words, and whether it can be read.

    One that no source holds yet can't be asked for alone: then everything is read again. Raises ProviderError.
    """
    connection, external_id = payload.connection, payload.external_id
    if connection.state == ConnectionState.DISCONNECTED:
        raise RefusedError("The connection was disconnected. Connect it again first.")
    record("connection.payload_retried", connection, actor=actor, after={"task": external_id})
    if external_id in fetch_tasks(connection, [external_id]).unknown:
        start_run(connection, RunTrigger.PERSON, requested_by=actor, is_full=True)
        return f"{external_id} belongs to no source yet, so everything is being read again.", True
    still = QuarantinedPayload.objects.filter(pk=payload.pk).first()
    if still is not None:
        return f"{external_id} still can’t be read: {still.reason}", False
    return f"{external_id} is settled: what came could be read.", True
