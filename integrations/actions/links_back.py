"""Allowing a connection to leave links on tasks, and forbidding it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from integrations.lineage.rounds import try_again
from integrations.models import LinkRound
from luna.events.log import record
from luna.lib.versions import save_version

if TYPE_CHECKING:
    from integrations.models import Connection
    from people.models import User


def allow_links_back(*, connection: Connection, actor: User) -> None:
    """Let Luna tell on tasks which milestone they serve; what the tool refused before is tried again now."""
    with transaction.atomic():
        if not connection.may_link_back:
            save_version(connection, expected=None, may_link_back=True)
            record("connection.links_on", connection, actor=actor)
        LinkRound.objects.get_or_create(connection=connection)
        try_again(connection)


def forbid_links_back(*, connection: Connection, actor: User) -> None:
    """Write nothing new. What stands there stays; what tells of a launch that turns private is taken back even so."""
    with transaction.atomic():
        if connection.may_link_back:
            save_version(connection, expected=None, may_link_back=False)
            record("connection.links_off", connection, actor=actor)
