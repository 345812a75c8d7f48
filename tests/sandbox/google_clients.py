"""Google's own client, pointed at the sandbox: signed in as a service account or as one of the company's people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from google.oauth2 import credentials, service_account
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError

from sandbox.google.schema import discovery

SCOPE = "https://www.googleapis.com/auth/"
LAUNCHES = "folder-fernhill-launches"
DRIVE_ID = "0AFernhillSharedDrive"
DOCUMENT = "application/vnd.google-apps.document"
DECK = "application/vnd.google-apps.presentation"
FOLDER = "application/vnd.google-apps.folder"
REDIRECT = "http://127.0.0.1:8000/back"
CLIENT = {"client_id": "415263748596-sandbox.apps.googleusercontent.com", "client_secret": "GOCSPX-sandbox"}
SHARED = {"supportsAllDrives": True, "includeItemsFromAllDrives": True}


@dataclass(frozen=True)
class Google:
    """The three services over one sign-in."""

    drive: Any
    docs: Any
    slides: Any

    def create(self, mime_type: str = DOCUMENT, *, parents: tuple[str, ...] = (LAUNCHES,), **more: Any) -> str:
        """A new file's id."""
        asked = {"name": "Week 47", "mimeType": mime_type, "parents": list(parents), **more}
        return str(self.drive.files().create(body=asked, supportsAllDrives=True).execute()["id"])

    def document(self, file_id: str) -> Any:
        return self.docs.documents().get(documentId=file_id).execute()

    def deck(self, file_id: str) -> Any:
        return self.slides.presentations().get(presentationId=file_id).execute()

    def edit(self, file_id: str, *asked: dict[str, Any], revision: str | None = None) -> Any:
        """One batch on a document."""
        body: dict[str, Any] = {"requests": list(asked)}
        if revision is not None:
            body["writeControl"] = {"requiredRevisionId": revision}
        return self.docs.documents().batchUpdate(documentId=file_id, body=body).execute()

    def draw(self, file_id: str, *asked: dict[str, Any], revision: str | None = None) -> Any:
        """One batch on a deck."""
        body: dict[str, Any] = {"requests": list(asked)}
        if revision is not None:
            body["writeControl"] = {"requiredRevisionId": revision}
        return self.slides.presentations().batchUpdate(presentationId=file_id, body=body).execute()

    def close(self) -> None:
        for service in (self.drive, self.docs, self.slides):
            service.close()


def key_file(url: str, name: str = "luna") -> dict[str, Any]:
    answer = requests.get(f"{url}/_sandbox/google/service-account.json", params={"name": name}, timeout=5)
    answer.raise_for_status()
    return dict(answer.json())


def service_credentials(
    url: str, name: str = "luna", *, scopes: tuple[str, ...] = ("drive",), subject: str | None = None
) -> Any:
    wanted = [SCOPE + scope for scope in scopes]
    return service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        key_file(url, name), scopes=wanted, subject=subject
    )


def consent(url: str, *scopes: str, decision: str = "allow", **more: Any) -> dict[str, str]:
    """What the consent page sends a person back with. `more`: person, folder, and what the app asks besides."""
    form = {"decision": decision, "person": "ines@fernhill.example"}
    form |= {name: more.pop(name) for name in ("person", "folder") if name in more}
    asked = {"client_id": CLIENT["client_id"], "redirect_uri": REDIRECT, "response_type": "code", "state": "s1"}
    asked |= {"scope": " ".join(SCOPE + scope for scope in scopes), "access_type": "offline", **more}
    page = f"{url}/google/o/oauth2/v2/auth?{urlencode(asked)}"
    answer = requests.post(page, data=form, allow_redirects=False, timeout=5)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def tokens_for(url: str, code: str, **more: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, **CLIENT, **more}
    return requests.post(f"{url}/google/token", data=form, timeout=5)


def person_credentials(url: str, *scopes: str, **more: Any) -> Any:
    refresh = tokens_for(url, consent(url, *scopes, **more)["code"]).json()["refresh_token"]
    return credentials.Credentials(  # type: ignore[no-untyped-call]
        None, refresh_token=refresh, token_uri=f"{url}/google/token", **CLIENT
    )


def google(url: str, signed_in: Any) -> Google:
    services = []
    for api, path in (("drive.v3", "drive/v3/"), ("docs.v1", ""), ("slides.v1", "")):
        described = discovery(api) | {"rootUrl": f"{url}/google/", "servicePath": path}
        services.append(build_from_document(described, credentials=signed_in))
    return Google(*services)


def refusal(call: Any) -> dict[str, Any]:
    """The error of a call that Google refuses, with its reasons as `reasons`."""
    with pytest.raises(HttpError) as caught:
        call.execute()
    error: dict[str, Any] = json.loads(caught.value.content)["error"]
    assert caught.value.status_code == error["code"]
    return error | {"reasons": [one["reason"] for one in error.get("errors", [])]}
