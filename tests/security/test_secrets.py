"""Tokens of connections are nowhere but in their ciphertext: not on a page, in an event, a notice, a log, a message."""

from __future__ import annotations

import logging
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection as database
from django.urls import reverse
from structlog.stdlib import ProcessorFormatter

from integrations.credentials import access_of
from integrations.domain.types import SourceKind
from integrations.errors import NeedsAttentionError
from integrations.models import Connection, SyncRun
from luna.events.models import Event
from luna.lib import crypto
from luna.lib.work import drain
from reports.domain.types import DeliveryState
from sandbox.company.people import JIRA_TOKEN, SLACK_TOKEN
from tests.access_matrix import ACCESS
from tests.every_url import children_of, url_of
from tests.factories import make_launch, make_milestone
from tests.integrations.world import EMAIL, link, open_to, sync
from tests.reports.slack import make_channel, queue_digest
from tests.security.tables import rows_of_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.test import Client

    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

REFUSED = "canary-of-a-token-that-jira-refuses-41c2"
_TOKENS = (JIRA_TOKEN, SLACK_TOKEN, REFUSED)
CANARIES = (*_TOKENS, *(b64encode(f"{EMAIL}:{token}".encode()).decode() for token in _TOKENS))

pytestmark = pytest.mark.django_db(transaction=True)


def hits(place: str, texts: Iterable[str | bytes]) -> list[str]:
    """Which canaries are found in a place."""
    found = []
    for text in texts:
        raw = text if isinstance(text, bytes) else text.encode()
        found += [f"{place}: {canary}" for canary in CANARIES if canary.encode() in raw]
    return found


@pytest.fixture
def connections(admin: Client, sandbox: SandboxServer, settings: LazySettings) -> dict[str, Connection]:
    """Jira and Slack, connected through their forms; before that a token that Jira refuses."""
    open_to(sandbox, settings)
    typed = {"name": "Jira", "base_url": f"{sandbox.url}/jira", "account": EMAIL}
    form = reverse("integrations:connect", args=["jira_cloud"])
    refused = admin.post(form, typed | {"token": REFUSED})
    assert refused.status_code == 422
    assert not hits("the form that was refused", [refused.content])
    assert admin.post(form, typed | {"token": JIRA_TOKEN}).status_code == 303
    form = reverse("integrations:connect", args=["slack"])
    assert admin.post(form, {"name": "Slack", "token": SLACK_TOKEN}).status_code == 303
    found = {row.provider: row for row in Connection.objects.all()}
    offer = reverse("integrations:offer", args=[found["jira_cloud"].pk])
    admin.post(offer, {"chosen": ["10000"], "version": found["jira_cloud"].version})
    return {row.provider: row for row in Connection.objects.all()}


def _work(connections: dict[str, Connection], ana: User, control: SandboxControl, clock: MovingClock) -> dict[str, str]:
    """A sync and a digest that go well, then ones that go wrong and are answered with the token; every URL."""
    launch = make_launch(ana, key="OPEN")
    link(make_milestone(launch), connections["jira_cloud"], "CAL-2", SourceKind.EPIC)
    assert sync(connections["jira_cloud"]).state == "done"
    channel = make_channel(connections["slack"], "C01LAUNCHES", "launches")
    delivery = queue_digest(launch, channel, sender=ana)
    drain("deliveries", "notices", "recompute")
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DONE
    control.add_fault("jira", "status", match="search/jql", status=401, body=f"no: {JIRA_TOKEN}")
    control.add_fault("slack", "status", match="chat.postMessage", status=500, body=f"Bearer {SLACK_TOKEN}")
    sync(connections["jira_cloud"])
    clock.move(timedelta(seconds=2))
    queue_digest(launch, channel, sender=ana)
    drain()
    children = children_of(launch) | {"connection": connections["jira_cloud"]}
    urls = {name: url_of(name, launch, children) for name in ACCESS}
    return urls | {"slack": reverse("integrations:connection", args=[connections["slack"].pk])}


def test_tokens_are_found_nowhere(
    connections: dict[str, Connection],
    admin: Client,
    ana: User,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    caplog: pytest.LogCaptureFixture,
    settings: LazySettings,
) -> None:
    for name in ("", "urllib3", "slack_sdk", "django", "django.request", "celery", "kombu"):
        caplog.set_level(logging.DEBUG, logger=name)
    urls = _work(connections, ana, sandbox_control, clock)
    found = []
    for name, url in urls.items():
        answer = admin.get(url)
        found += hits(f"page {name}", [answer.content, str(answer.headers)])
    for table, rows in rows_of_tables().items():
        found += hits(f"table {table}", rows)
    lines = _written(caplog.records)
    found += hits("log", lines)
    found += hits("file", _database_files())
    found += hits("message", _messages(settings.REDIS_URL))
    assert not found
    assert any("non-JSON format: Bearer ***" in line for line in lines), "what Slack's library says was looked at"
    assert Event.objects.filter(verb__startswith="connection.").count() > 2


def _written(records: list[logging.LogRecord]) -> list[str]:
    """The lines that Luna writes of these records."""
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    (formatter,) = [one for one in formatters if isinstance(one, ProcessorFormatter)]
    return [formatter.format(record) for record in records]


def _database_files() -> list[bytes]:
    """SQLite's file and its log, as a backup would take them."""
    if database.vendor != "sqlite":
        return []
    main = Path(str(database.settings_dict["NAME"]))
    files = [path.read_bytes() for path in main.parent.glob(f"{main.name}*")]
    assert any(EMAIL.encode() in content for content in files), "what is not secret can be read there"
    return files


def _messages(url: str) -> list[bytes]:
    """What waits in Valkey, where there is one."""
    if not url:
        return []
    with redis.Redis.from_url(url) as client:
        return [bytes(one) for one in client.lrange("celery", 0, -1)]


def test_what_is_stored_is_ciphertext(connections: dict[str, Connection]) -> None:
    stored = "\n".join(rows_of_tables()["integrations_connection"])
    for connection in connections.values():
        assert connection.credentials.startswith("v1:t1:")
        assert connection.credentials in stored


def test_after_rotation_the_old_key_opens_nothing_and_syncing_goes_on(
    connections: dict[str, Connection], ana: User, settings: LazySettings
) -> None:
    old, new = dict(settings.ENCRYPTION_KEYS), {"t2": b"n" * 32}
    settings.ENCRYPTION_KEYS = new | old
    call_command("rotate_keys")
    rotated = list(Connection.objects.all())
    assert {crypto.key_id_of(row.credentials) for row in rotated} == {"t2"}

    settings.ENCRYPTION_KEYS = old
    for row in rotated:
        with pytest.raises(NeedsAttentionError):
            access_of(row)
    settings.ENCRYPTION_KEYS = {"t2": old["t1"]}
    for row in rotated:
        with pytest.raises(NeedsAttentionError):
            access_of(row)

    settings.ENCRYPTION_KEYS = new
    link(make_milestone(make_launch(ana)), connections["jira_cloud"])
    drain("sync")
    assert SyncRun.objects.latest("pk").state == "done"
