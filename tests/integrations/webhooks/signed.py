"""Calls as the tools make them: bodies and headers, signed by a second pair of hands."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from integrations.domain.types import WebhookState
from integrations.models import Connection, Webhook
from integrations.webhooks.secrets import new_path_key, seal
from luna import clock

SECRET = "what Jira signs with"


@dataclass(frozen=True)
class Call:
    """What comes over the wire."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def hex_of(body: bytes, secret: str = SECRET) -> str:
    """HMAC-SHA256 of the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def jira_call(external_id: str, event: str = "jira:issue_updated", *, key: str = "", secret: str = SECRET) -> Call:
    """Jira Cloud's; `key` is its X-Atlassian-Webhook-Identifier."""
    body = json.dumps({"webhookEvent": event, "timestamp": 1, "issue": {"id": external_id, "key": "CAL-9"}}).encode()
    more = {"X-Atlassian-Webhook-Identifier": key} if key else {}
    return Call(body, {"X-Hub-Signature": f"sha256={hex_of(body, secret)}", **more})


def jira_app_call(external_id: str, *, secret: str = SECRET, alg: str = "HS256", **claims: Any) -> Call:
    """Jira Cloud's of a webhook that an OAuth app registered: a token under the client secret, and no signature."""
    said = {"iss": "an-app", "iat": 1, "exp": int(clock.now().timestamp()) + 180, **claims}
    parts = [encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": alg}, said)]
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384}.get(alg, hashlib.sha256)
    parts.append(encoded(hmac.new(secret.encode(), ".".join(parts).encode(), digest).digest()))
    body = json.dumps({"webhookEvent": "jira:issue_updated", "issue": {"id": external_id}}).encode()
    return Call(body, {"Authorization": f"Bearer {'.'.join(parts)}"})


def encoded(raw: bytes) -> str:
    """As a JSON Web Token holds it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def asana_call(events: Sequence[dict[str, Any]], *, secret: str = SECRET) -> Call:
    """Asana's, compact as it sends them."""
    body = json.dumps({"events": list(events)}, separators=(",", ":")).encode()
    return Call(body, {"X-Hook-Signature": hex_of(body, secret)})


def clickup_call(task_id: str, event: str = "taskUpdated", *, item: str = "1", secret: str = SECRET) -> Call:
    """ClickUp's, of one history item."""
    body = json.dumps({"webhook_id": "w", "event": event, "task_id": task_id, "history_items": [{"id": item}]}).encode()
    return Call(body, {"X-Signature": hex_of(body, secret)})


def listen(connection: Connection, *, secret: str = SECRET, state: WebhookState = WebhookState.BY_HAND) -> Webhook:
    """A webhook that is in force."""
    webhook = Webhook.objects.create(
        connection=connection, path_key=new_path_key(), state=state, created_at=clock.now(), remote_id="1"
    )
    if secret:
        webhook.secret = seal(secret, pk=webhook.pk)
        webhook.save(update_fields=["secret"])
    return webhook


def deliver(client: Client, webhook: Webhook, call: Call) -> int:
    """Post it; the status."""
    url = reverse("integrations:hook", args=[webhook.path_key])
    answer = client.post(url, call.body, content_type="application/json", headers=call.headers)
    assert not answer.content
    return answer.status_code
