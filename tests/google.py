"""Google in the sandbox, as tests need it: credentials, what was made, what its ledger counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from integrations.credentials import seal
from integrations.destinations.google.credentials import read_key_file, sealed_form
from integrations.models import Connection, Destination
from luna import clock
from luna.env import PrivateTarget

if TYPE_CHECKING:
    from django.conf import LazySettings

    from integrations.domain.types import PlaceKind
    from luna.lib.redaction import Secret
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer

LAUNCHES = "folder-fernhill-launches"
BOARD = "folder-fernhill-private"
HANDBOOK = "folder-fernhill-readonly"
PRESS = "folder-fernhill-open"
TEMPLATE, PLAIN_TEMPLATE = "deck-fernhill-template", "deck-fernhill-plain"
LUNA = "luna@fernhill-launches.iam.gserviceaccount.com"


class GoogleSandbox:
    """What a test asks of Google behind its API, and does there as a person would."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _call(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, f"{self.url}/_sandbox/google/{path}", json=data, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def key_file(self, name: str = "luna") -> str:
        """What a person pastes for a service account."""
        return json.dumps(self._call("GET", f"service-account.json?name={name}"), indent=2)

    def secret(self, name: str = "luna") -> Secret:
        """The same as Luna stores it."""
        return sealed_form(read_key_file(self.key_file(name)))

    def client(self) -> tuple[str, str]:
        """Id and secret of the OAuth client."""
        data = self._call("GET", "client.json")
        return data["client_id"], data["client_secret"]

    def files(self, folder: str = LAUNCHES) -> list[dict[str, Any]]:
        """The files of a folder with their words, the oldest first."""
        return sorted(self._call("GET", f"files?folder={folder}"), key=lambda one: one["created"])

    def share(self, file_id: str, kind: str, who: str, role: str | None) -> None:
        self._call("POST", f"files/{file_id}/share", {"type": kind, "who": who, "role": role})

    def write(self, file_id: str, text: str) -> None:
        """As a person types at the start of a document."""
        self._call("POST", f"files/{file_id}/type", {"text": text})

    def delete(self, file_id: str) -> None:
        self._call("DELETE", f"files/{file_id}")

    def revoke(self, email: str) -> None:
        self._call("POST", "revoke", {"email": email})


def counted(control: SandboxControl) -> dict[str, int]:
    """How many files Google made, and how many it filled, by the ledger."""
    actions = [line["action"] for line in control.ledger() if line["face"] == "google"]
    return {action: actions.count(action) for action in ("create", "batchUpdate")}


def open_to_google(sandbox: SandboxServer, settings: LazySettings) -> GoogleSandbox:
    """Let Luna call the sandbox's Google."""
    target = PrivateTarget("127.0.0.1", urlsplit(sandbox.url).port or 0)
    settings.PRIVATE_HOSTS = tuple({*settings.PRIVATE_HOSTS, target})
    settings.GOOGLE_URL = f"{sandbox.url}/google"
    return GoogleSandbox(sandbox.url)


def connect_google(google: GoogleSandbox, *, account: str = "luna", name: str = "Google") -> Connection:
    """A connection with a service account's key."""
    connection = Connection.objects.create(
        provider="google", name=name, account=LUNA.replace("luna@", f"{account}@"), created_at=clock.now()
    )
    connection.credentials = seal(google.secret(account), pk=connection.pk, base_url="")
    connection.save(update_fields=["credentials"])
    return connection


def make_folder(connection: Connection, kind: PlaceKind, external_id: str = LAUNCHES, **fields: Any) -> Destination:
    """A folder that takes reports of that kind."""
    return Destination.objects.create(
        connection=connection, kind=kind, external_id=external_id, name=f"Launch reports · {kind}", **fields
    )
