"""Asking Jira Cloud to call: one dynamic webhook, which only an OAuth app may have, renewed before its 30 days end.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from integrations.account import Access
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError, RefusedError, quoted
from integrations.sources.base import SourceQuery
from integrations.sources.jira.cloud.client import CloudClient
from integrations.sources.jira.cloud.oauth import Grant, grant_in
from integrations.sources.jira.refusals import not_json
from integrations.sources.jira.webhook import WATCHED, app_secret, filter_of
from integrations.sources.webhooks import Health, Registration, Standing
from luna import clock

EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
LASTS = timedelta(days=30)
RENEWED_BEFORE = timedelta(days=15)
"""So that Jira or Luna may be away for two weeks."""
MOST_PAGES = 10
NO_APP = (
    "Jira Cloud lets only OAuth apps ask for calls, and this connection signs in with an API token. Switch the calls "
    "off, then make an address and enter it in Jira; polling goes on."
)
TAKEN = (
    "Jira calls one address for each OAuth app, and this app’s calls go to another connection or product. Give this "
    "connection an app of its own under “Edit or new token”, or enter the calls in Jira by hand; polling goes on."
)
NO_SCOPE = (
    "The consent does not let Luna ask Jira for calls. Give the app the scope manage:jira-webhook in Atlassian’s "
    "developer console and agree anew under “Edit or new token”, or enter the calls in Jira by hand; polling goes on."
)
Json = dict[str, Any]


class _WebhooksClient(CloudClient):
    """The calls about webhooks."""

    def create(self, address: str, jql: str) -> int:
        """Its id. What Jira has against it stands in an answer that is otherwise well."""
        asked = {"url": address, "webhooks": [{"jqlFilter": jql, "events": list(EVENTS)}]}
        answer = self._send("POST", "webhook", asked)
        results = answer.get("webhookRegistrationResult") if isinstance(answer, dict) else None
        made = results[0] if isinstance(results, list) and results and isinstance(results[0], dict) else {}
        pk = made.get("createdWebhookId")
        if isinstance(pk, int):
            return pk
        said = made.get("errors")
        words = quoted("; ".join(str(one) for one in said) if isinstance(said, list) else "")
        if not words:
            raise not_json()
        raise RefusedError(
            f"Jira does not take the webhook: {words}. Enter the calls in Jira by hand; polling goes on."
        )

    def webhooks(self) -> list[Json]:
        """Those that this app and account registered, page after page."""
        found: list[Json] = []
        for _ in range(MOST_PAGES):
            page = self._get("webhook", startAt=len(found), maxResults=100)
            values = page.get("values") if isinstance(page, dict) else None
            if not isinstance(values, list):
                raise not_json()
            found += [one for one in values if isinstance(one, dict)]
            if page.get("isLast", True) or not values:
                break
        return found

    def extend(self, pk: str) -> datetime | None:
        """Another 30 days from now; until when, where Jira says it."""
        answer = self._send("PUT", "webhook/refresh", {"webhookIds": [int(pk)]})
        return _instant(answer.get("expirationDate") if isinstance(answer, dict) else None)

    def delete(self, pks: Iterable[int]) -> None:
        """Jira calls no more; what is gone already is passed over."""
        self._send("DELETE", "webhook", {"webhookIds": list(pks)})

    def _send(self, method: str, path: str, asked: Json) -> Any:
        def call() -> Any:
            answer = self._sdk._session.request(method, self._sdk._get_url(path), json=asked)
            return answer.json() if answer.content else None

        return self._call(call)


class CloudRegistrar:
    """See integrations.sources.webhooks.WebhookRegistrar."""

    def __init__(self, access: Access, offered: Sequence[Mapping[str, str]]) -> None:
        self._grant = grant_in(access.secret)
        self._offered = offered
        self._client = _WebhooksClient(access)

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def scopes(self, queries: Sequence[SourceQuery]) -> list[str]:
        """One for all: Jira takes a single address of an app."""
        return [WATCHED] if queries else []

    def clear(self, is_left: Callable[[str], bool]) -> None:
        """What was left behind would hold on to the app's one address, and to one of five places."""
        self._app()
        try:
            found = [one.get("id") for one in self._client.webhooks() if is_left(str(one.get("url", "")))]
            if pks := [pk for pk in found if isinstance(pk, int)]:
                self._client.delete(pks)
        except NeedsAttentionError as error:
            _raise_told(error)

    def register(self, scope: str, address: str) -> Registration:  # noqa: ARG002  there is one
        """Refused while the app's calls go to another address: who was there first keeps them."""
        grant, jql = self._app(), filter_of(self._offered)
        try:
            pk = str(self._client.create(address, jql))
        except RefusedError:
            if self._is_taken(address):
                raise RefusedError(TAKEN) from None
            raise
        except NeedsAttentionError as error:
            _raise_told(error)
        return Registration(pk, app_secret(grant.client_secret), clock.now() + LASTS)

    def health(self, scope: str, remote_id: str) -> Health:  # noqa: ARG002  there is one
        """Jira tells an OAuth app of no failed calls, only whether the webhook is there, and until when."""
        grant, jql = self._app(), filter_of(self._offered)
        try:
            found = next((one for one in self._client.webhooks() if str(one.get("id")) == remote_id), None)
            if found is None:
                return Health(Standing.DROPPED, "Jira has this webhook no more.")
            if found.get("jqlFilter") != jql:
                return Health(Standing.DROPPED, "It watches other projects than the connection offers.")
            ends = _instant(found.get("expirationDate"))
            if ends is None or ends - clock.now() < RENEWED_BEFORE:
                ends = self._client.extend(remote_id)
        except NeedsAttentionError as error:
            _raise_told(error)
        return Health(Standing.WELL, secret=app_secret(grant.client_secret), expires_at=ends)

    def remove(self, remote_id: str) -> None:
        """Delete it; without the app nobody can, and it ends by itself within 30 days."""
        if self._grant is None:
            return
        try:
            self._client.delete([int(remote_id)])
        except NotFoundError:
            return

    def _is_taken(self, address: str) -> bool:
        return any(one.get("url") != address for one in self._client.webhooks())

    def _app(self) -> Grant:
        if self._grant is None:
            raise RefusedError(NO_APP)
        return self._grant


def _raise_told(error: NeedsAttentionError) -> NoReturn:
    if error.kind == ErrorKind.MISSING_SCOPE:
        raise RefusedError(NO_SCOPE, kind=error.kind, detail=error.detail) from None
    raise error


def _instant(value: object) -> datetime | None:
    """Jira tells epoch milliseconds as well as ISO 8601."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def can_ask(access: Access) -> bool:
    """Whether Luna may try: for an OAuth app."""
    return grant_in(access.secret) is not None


def open_registrar(access: Access, offered: Sequence[Mapping[str, str]]) -> CloudRegistrar:
    """What the registry calls."""
    return CloudRegistrar(access, offered)
