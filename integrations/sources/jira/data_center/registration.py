"""Asking Jira Data Center to call: one webhook, which only an account with administrator's rights may make.

https://developer.atlassian.com/server/jira/platform/webhooks/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import quote

from integrations.account import Access
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError, RefusedError
from integrations.sources.base import SourceQuery
from integrations.sources.jira.data_center.client import DataCenterClient
from integrations.sources.jira.refusals import not_json
from integrations.sources.jira.webhook import WATCHED, filter_of
from integrations.sources.webhooks import Health, Registration, Standing, part_of

EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "issuelink_created", "issuelink_deleted")
NO_ADMIN = (
    "The account that Luna uses in this Jira is no administrator there, and only an administrator may ask for calls. "
    "Enter them by hand; polling goes on."
)
MOVED_IN = 10
"""Since this version the webhooks have another address: https://confluence.atlassian.com/jiracore/preparing-for-jira-10-0"""
_JQL = "issue-related-events-section"
Json = dict[str, Any]


class _WebhooksClient(DataCenterClient):
    """The calls about webhooks."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._base = access.base_url.rstrip("/")
        self._path = ""

    def create(self, address: str, jql: str) -> str:
        """Its id: by itself, or as the end of its own address in older versions."""
        asked = {
            "name": "Luna",
            "url": address,
            "events": list(EVENTS),
            "filters": {_JQL: jql},
            "excludeBody": False,
        }
        made = self._send("POST", "", asked)
        pk = made.get("id") if isinstance(made, dict) else None
        if pk is None and isinstance(made, dict):
            pk = str(made.get("self", "")).rstrip("/").rpartition("/")[2]
        if not pk or not str(pk).isdecimal():
            raise not_json()
        return str(pk)

    def webhook(self, pk: str) -> Json:
        """One as it stands. Raises NotFoundError."""
        found = self._send("GET", f"/{quote(pk, safe='')}")
        return found if isinstance(found, dict) else {}

    def delete(self, pk: str) -> None:
        """Jira calls no more. Raises NotFoundError."""
        self._send("DELETE", f"/{quote(pk, safe='')}")

    def _send(self, method: str, path: str, asked: Json | None = None) -> Any:
        url = f"{self._base}{self._root()}{path}"

        def call() -> Any:
            answer = self._sdk._session.request(method, url, json=asked)
            return answer.json() if answer.content else None

        return self._call(call)

    def _root(self) -> str:
        if not self._path:
            numbers = self.server_info().get("versionNumbers")
            first = numbers[0] if isinstance(numbers, list) and numbers else 0
            is_new = isinstance(first, int) and first >= MOVED_IN
            self._path = "/rest/jira-webhook/1.0/webhooks" if is_new else "/rest/webhooks/1.0/webhook"
        return self._path


class DataCenterRegistrar:
    """See integrations.sources.webhooks.WebhookRegistrar."""

    def __init__(self, access: Access, offered: Sequence[Mapping[str, str]]) -> None:
        self._offered = offered
        self._client = _WebhooksClient(access)

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def scopes(self, queries: Sequence[SourceQuery]) -> list[str]:
        """One for all offered projects."""
        return [WATCHED] if queries else []

    def register(self, scope: str, address: str) -> Registration:  # noqa: ARG002  there is one
        """Without a secret: Data Center signs nothing, so its unguessable address proves a call."""
        try:
            return Registration(self._client.create(address, filter_of(self._offered)), "")
        except NeedsAttentionError as error:
            _raise_told(error)

    def health(self, scope: str, remote_id: str) -> Health:  # noqa: ARG002  there is one
        """Whether it is there, switched on, and for these projects. Jira gives no webhook up."""
        try:
            found = self._client.webhook(remote_id)
        except NotFoundError:
            return Health(Standing.DROPPED, "Jira has this webhook no more.")
        except NeedsAttentionError as error:
            _raise_told(error)
        if found.get("active", found.get("enabled", True)) is not True:
            return Health(Standing.FAILING, "A Jira admin switched the webhook off. Switch it on there, or off here.")
        jql = part_of(found, "filters").get(_JQL)
        if jql is not None and jql != filter_of(self._offered):
            return Health(Standing.DROPPED, "It watches other projects than the connection offers.")
        return Health(Standing.WELL)

    def remove(self, remote_id: str) -> None:
        """Delete it, unless it is gone."""
        try:
            self._client.delete(remote_id)
        except NotFoundError:
            return


def _raise_told(error: NeedsAttentionError) -> NoReturn:
    if error.kind == ErrorKind.MISSING_SCOPE:
        raise RefusedError(NO_ADMIN, kind=error.kind, detail=error.detail) from None
    raise error


def can_ask(_access: Access) -> bool:
    """Whether Luna may try: whether the account is an administrator, Jira says when it is asked."""
    return True


def open_registrar(access: Access, offered: Sequence[Mapping[str, str]]) -> DataCenterRegistrar:
    """What the registry calls."""
    return DataCenterRegistrar(access, offered)
