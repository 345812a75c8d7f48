"""A Slack connection to the sandbox, and digests on their way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from integrations.credentials import seal
from integrations.models import Connection, Destination
from luna import clock
from luna.env import PrivateTarget
from luna.lib.redaction import Secret
from reports.actions.editions import issue_edition
from reports.models import Delivery

if TYPE_CHECKING:
    from launches.models import Launch
    from people.models import User

TOKEN = "xoxb-sandbox"
NARROW_TOKEN = "xoxb-narrow"


def private_target(url: str) -> PrivateTarget:
    """The sandbox's address as LUNA_PRIVATE_HOSTS would list it."""
    parts = urlsplit(url)
    return PrivateTarget(str(parts.hostname), int(parts.port or 80))


def connect_slack(sandbox_url: str, *, token: str = TOKEN, name: str = "Fernhill Slack") -> Connection:
    """A connection with this bot token."""
    base_url = f"{sandbox_url}/slack/api/"
    connection = Connection.objects.create(provider="slack", name=name, base_url=base_url, created_at=clock.now())
    connection.credentials = seal(Secret(token), pk=connection.pk, base_url=base_url)
    connection.save(update_fields=["credentials"])
    return connection


def make_channel(connection: Connection, external_id: str, name: str, *, is_private: bool = False) -> Destination:
    return Destination.objects.create(connection=connection, external_id=external_id, name=name, is_private=is_private)


def queue_digest(launch: Launch, *channels: Destination, sender: User) -> Delivery:
    """Issue a digest; the delivery to the first channel."""
    edition = issue_edition(launch=launch, destinations=channels, author=sender)
    assert edition is not None
    return Delivery.objects.get(edition=edition, destination=channels[0])
