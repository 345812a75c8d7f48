"""Asking ClickUp to call: one webhook per workspace. https://developer.clickup.com/docs/webhooks"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from requests.exceptions import InvalidHeader

from integrations.account import Access
from integrations.errors import NotFoundError, RefusedError
from integrations.sources.base import SourceQuery
from integrations.sources.clickup.client import ClickUpClient, Json
from integrations.sources.clickup.lists import list_id_of
from integrations.sources.clickup.refusals import no_data, no_token
from integrations.sources.clickup.webhook import EVENTS
from integrations.sources.webhooks import Health, Registration, Standing, part_of
from integrations.unreachable import vendor_unreachable


class _WebhooksClient(ClickUpClient):
    """The calls about webhooks."""

    def create(self, workspace_id: str, endpoint: str) -> Json:
        """The webhook with its secret, which ClickUp tells this once."""
        found = self._send("POST", f"team/{workspace_id}/webhook", {"endpoint": endpoint, "events": list(EVENTS)})
        return dict(part_of(found, "webhook"))

    def webhooks(self, workspace_id: str) -> list[Json]:
        """Those that this token's account made."""
        found = self._send("GET", f"team/{workspace_id}/webhook").get("webhooks")
        if not isinstance(found, list):
            raise no_data()
        return [one for one in found if isinstance(one, dict)]

    def delete(self, webhook_id: str) -> None:
        """ClickUp calls no more."""
        self._send("DELETE", f"webhook/{webhook_id}")

    def _send(self, method: str, path: str, body: Json | None = None) -> Json:
        try:
            answer = self._session.request(method, f"{self._root}/{path}", json=body)
        except (InvalidHeader, UnicodeError):
            raise no_token() from None
        except requests.RequestException as error:
            raise vendor_unreachable(error, "ClickUp") from None
        return self._object(answer, _json(answer), about="the webhook")


class ClickUpRegistrar:
    """See integrations.sources.webhooks.WebhookRegistrar."""

    def __init__(self, access: Access) -> None:
        self._client = _WebhooksClient(access)

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def scopes(self, queries: Sequence[SourceQuery]) -> list[str]:
        """The workspaces of the lists; nothing has to be asked for them where the account is in one only."""
        workspaces = [str(one["id"]) for one in self._client.workspaces()] if queries else []
        if len(workspaces) < 2:
            return workspaces
        spaces = {self._space_of(query) for query in queries}
        return [pk for pk in workspaces if spaces & {str(one["id"]) for one in self._client.spaces(pk)}]

    def _space_of(self, query: SourceQuery) -> str:
        try:
            return str(part_of(self._client.list(list_id_of(query.text)), "space").get("id") or "")
        except RefusedError:  # its own source says so
            return ""

    def register(self, scope: str, address: str) -> Registration:
        """The secret comes with the answer."""
        made = self._client.create(scope, address)
        if not made.get("id") or not made.get("secret"):
            raise no_data()
        return Registration(str(made["id"]), str(made["secret"]))

    def health(self, scope: str, remote_id: str) -> Health:
        """ClickUp stops for good after 100 events that it could not deliver, and tells nobody.

        https://developer.clickup.com/docs/webhookhealth
        """
        found = next((one for one in self._client.webhooks(scope) if str(one.get("id")) == remote_id), None)
        if found is None:
            return Health(Standing.DROPPED, "ClickUp has this webhook no more.")
        status = part_of(found, "health").get("status")
        if status == "suspended":
            return Health(Standing.DROPPED, "ClickUp gave up after 100 calls that were not answered in time.")
        if status == "failing":
            return Health(
                Standing.FAILING,
                "ClickUp’s calls do not reach Luna. Check that LUNA_BASE_URL can be reached from the internet; polling "
                "goes on.",
            )
        return Health(Standing.WELL)

    def remove(self, remote_id: str) -> None:
        """Delete it, unless it is gone."""
        try:
            self._client.delete(remote_id)
        except NotFoundError:
            return


def _json(answer: requests.Response) -> Any:
    """The answer's JSON, None where it is none."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def open_registrar(access: Access, _offered: Sequence[Mapping[str, str]]) -> ClickUpRegistrar:
    """What the registry calls. What is watched follows from the sources."""
    return ClickUpRegistrar(access)
