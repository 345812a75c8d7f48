"""Calls to Drive, Docs and Slides through Google's SDK, each with a total deadline and no repetition.

The SDK's own transport, httplib2, sends a request again when the connection breaks, a creating one too. In its place
stands a small object on `requests`, behind Luna's guarded door.
"""

from __future__ import annotations

import json
from functools import cache, cached_property
from typing import Any

import requests
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest

from integrations.account import Access
from integrations.destinations.google.addresses import root_of
from integrations.destinations.google.credentials import Credentials, ServiceAccount, from_secret
from integrations.destinations.google.refusals import MISSING, by_transport, named, stale, unclear
from integrations.destinations.google.tokens import Poster, access_token
from luna.lib.http import Limits, guarded_session

VERSIONS = {"drive": "v3", "docs": "v1", "slides": "v1"}


class _Answer(dict[str, str]):
    """Headers in lower case with status and reason, as the SDK expects them of httplib2."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__({name.lower(): value for name, value in answer.headers.items()})
        self.status = answer.status_code
        self.reason = answer.reason or ""


class _Http:
    """What the SDK calls instead of httplib2: one attempt with the access token."""

    def __init__(self, client: GoogleClient) -> None:
        self._client = client

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_kwargs: Any
    ) -> tuple[_Answer, bytes]:
        signed = (headers or {}) | {"authorization": f"Bearer {self._client.token}"}
        answer = self._client.session.request(method, uri, data=body, headers=signed)
        return _Answer(answer), answer.content

    def close(self) -> None:
        """The session belongs to the client."""


class GoogleClient:
    """One connection's calls. The token is had with the first of them and lasts an hour, longer than any client."""

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        self.requests = 0
        self._access = access
        self.session = guarded_session(limits or Limits(), self._counted)

    def _counted(self) -> None:
        self.requests += 1

    @cached_property
    def credentials(self) -> Credentials:
        """Raises NeedsAttentionError when they are none of Google's."""
        return from_secret(self._access.secret)

    @property
    def subject(self) -> str:
        """The person for whom a service account acts; "" for itself."""
        account = self._access.account
        if not isinstance(self.credentials, ServiceAccount) or account == self.credentials.email:
            return ""
        return account

    @property
    def acts_for_a_person(self) -> bool:
        """By consent or by delegation; else as a service account of its own."""
        return bool(self.subject) or not isinstance(self.credentials, ServiceAccount)

    @property
    def sees_its_own_alone(self) -> bool:
        """By a person's consent Luna sees what it made itself, and nothing that is shared with that person."""
        return not isinstance(self.credentials, ServiceAccount)

    @cached_property
    def token(self) -> str:
        """An access token. Raises ProviderError."""
        return access_token(poster(self.session), self.credentials, self.subject)

    @cached_property
    def drive(self) -> Any:
        """The SDK's Drive v3."""
        return self._api("drive")

    @cached_property
    def docs(self) -> Any:
        """The SDK's Docs v1."""
        return self._api("docs")

    @cached_property
    def slides(self) -> Any:
        """The SDK's Slides v1."""
        return self._api("slides")

    def _api(self, name: str) -> Any:
        # Parsed anew each time: the SDK adds to what it is given, and several threads may build at once.
        described = json.loads(_described(name)) | {"rootUrl": root_of(name)}
        return build_from_document(described, http=_Http(self))

    def call(self, request: HttpRequest, *, missing: str = MISSING) -> dict[str, Any]:
        """A call that changes nothing, so that it may simply be made again. Raises ProviderError."""
        try:
            return self.attempt(request)
        except (HttpError, requests.RequestException, ValueError) as error:
            raise named(error, missing=missing) from None

    def create(self, request: HttpRequest, *, missing: str = MISSING) -> dict[str, Any]:
        """A call that makes or changes something. Raises AmbiguousError when it may have been done."""
        # Not part of the attempt: without a token nothing was asked for.
        _ = self.token
        try:
            return self.attempt(request)
        except (HttpError, requests.RequestException, ValueError) as error:
            raise (unclear(error) or named(error, missing=missing)) from None

    def write(self, request: HttpRequest, *, missing: str = MISSING) -> None:
        """One batch under a revision. Raises what `create` does, and RetryLaterError when somebody wrote meanwhile."""
        _ = self.token
        try:
            self.attempt(request)
        except (HttpError, requests.RequestException, ValueError) as error:
            raise (stale(error) or unclear(error) or named(error, missing=missing)) from None

    def attempt(self, request: HttpRequest) -> dict[str, Any]:
        """One attempt. Raises what the SDK and the transport raise."""
        answer = request.execute(num_retries=0)
        if not isinstance(answer, dict):
            raise ValueError("not an object")
        return answer


def poster(session: requests.Session) -> Poster:
    """How tokens are asked for. Asking twice costs nothing: whatever goes wrong on the way may be tried again."""

    def post(address: str, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        try:
            answer = session.post(address, data=asked)
            data = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise by_transport(error) from None
        return answer.status_code, data if isinstance(data, dict) else {}

    return post


@cache
def _described(name: str) -> str:
    """The API's description that comes with the SDK, without the fields of what is sent and answered.

    Of those the SDK only writes documentation, at length and anew for each resource that is asked for.
    """
    described = json.loads(get_static_doc(name, VERSIONS[name]))
    described["schemas"] = {schema: {"id": schema, "type": "object"} for schema in described["schemas"]}
    return json.dumps(described)
