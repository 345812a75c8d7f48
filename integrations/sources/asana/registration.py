"""Asking Asana to call: one webhook per project. https://developers.asana.com/reference/createwebhook"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import asana

from integrations.account import Access
from integrations.domain.types import SourceKind
from integrations.errors import NotFoundError, RefusedError
from integrations.sources.asana.client import AsanaClient, Json
from integrations.sources.asana.refusals import not_json
from integrations.sources.base import SourceQuery
from integrations.sources.webhooks import Health, Registration, Standing, part_of

ACTIONS = ("changed", "added", "removed", "deleted", "undeleted")
_FIELDS = {"opt_fields": "active,last_failure_content,failure_deletion_timestamp"}


class _WebhooksClient(AsanaClient):
    """The calls about webhooks."""

    def create(self, resource: str, target: str) -> Json:
        """Asana shakes hands with `target` before this returns."""
        filters = [{"resource_type": "task", "action": action} for action in ACTIONS]
        body = {"data": {"resource": resource, "target": target, "filters": filters}}
        answer = self._call(partial(asana.WebhooksApi(self._sdk).create_webhook, body, {"opt_fields": "active"}))
        return dict(part_of(answer, "data"))

    def webhook(self, gid: str) -> Json:
        """One as it stands."""
        answer = self._call(partial(asana.WebhooksApi(self._sdk).get_webhook, gid, _FIELDS))
        return dict(part_of(answer, "data"))

    def delete(self, gid: str) -> None:
        """Asana calls no more."""
        self._call(partial(asana.WebhooksApi(self._sdk).delete_webhook, gid))


class AsanaRegistrar:
    """See integrations.sources.webhooks.WebhookRegistrar."""

    def __init__(self, access: Access) -> None:
        self._client = _WebhooksClient(access)

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def scopes(self, queries: Sequence[SourceQuery]) -> list[str]:
        """The projects, and those that the sections stand in."""
        found = [self._project_of(query) for query in queries if query.text.isdecimal()]
        return [gid for gid in dict.fromkeys(found) if gid]

    def _project_of(self, query: SourceQuery) -> str:
        if query.kind != SourceKind.SECTION:
            return query.text
        try:
            return str(part_of(self._client.section(query.text), "project").get("gid") or "")
        except RefusedError:  # its own source says so
            return ""

    def register(self, scope: str, address: str) -> Registration:
        """The secret came by the handshake."""
        gid = self._client.create(scope, address).get("gid")
        if not isinstance(gid, str) or not gid:
            raise not_json()
        return Registration(gid, None)

    def health(self, _scope: str, remote_id: str) -> Health:
        """Asana tries again for 24 hours and then deletes a webhook that nobody answers."""
        try:
            found = self._client.webhook(remote_id)
        except NotFoundError:
            return Health(Standing.DROPPED, "Asana deleted it, because its calls were not answered for a day.")
        if found.get("active") is not True:
            return Health(Standing.DROPPED, "Asana switched it off.")
        if found.get("failure_deletion_timestamp"):
            return Health(
                Standing.FAILING,
                "Asana’s calls do not reach Luna. Check that LUNA_BASE_URL can be reached from the internet; polling "
                "goes on.",
            )
        return Health(Standing.WELL)

    def remove(self, remote_id: str) -> None:
        """Delete it, unless it is gone."""
        try:
            self._client.delete(remote_id)
        except NotFoundError:
            return


def open_registrar(access: Access, _offered: Sequence[Mapping[str, str]]) -> AsanaRegistrar:
    """What the registry calls. What is watched follows from the sources."""
    return AsanaRegistrar(access)
