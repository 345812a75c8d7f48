"""Who may sign in to Google here: service accounts with their key, one OAuth client, and the company's people."""

from __future__ import annotations

import base64
import json
import sqlite3
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.company.people import BY_EMAIL
from sandbox.google.units import Json

PROJECT = "fernhill-launches"
KEY_ID = "5a4d0b0c5e1f4f7d9a6b3c2d1e0f9a8b7c6d5e4f"
CLIENT_ID = "415263748596-sandbox.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-sandbox"
DOMAIN = "fernhill.example"

SCOPE = "https://www.googleapis.com/auth/"
DRIVE, DRIVE_FILE, DOCUMENTS, PRESENTATIONS = (
    SCOPE + name for name in ("drive", "drive.file", "documents", "presentations")
)
DRIVE_READONLY = SCOPE + "drive.readonly"
SCOPES = {
    DRIVE: "See, edit, create and delete all of your Google Drive files",
    DRIVE_READONLY: "See and download all your Google Drive files",
    DRIVE_FILE: "See, edit, create and delete only the specific Google Drive files you use with this app",
    DOCUMENTS: "See, edit, create and delete all your Google Docs documents",
    PRESENTATIONS: "See, edit, create and delete all your Google Slides presentations",
    "openid": "Know who you are on Google",
    "email": "See your primary Google Account e-mail address",
    SCOPE + "userinfo.email": "See your primary Google Account e-mail address",
}


@dataclass(frozen=True)
class ServiceAccount:
    """`may_delegate`: the domain's administrators let it act as their people."""

    name: str
    email: str
    may_delegate: bool = False
    is_deleted: bool = False


def _address(name: str) -> str:
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


LUNA = ServiceAccount("luna", _address("luna"), may_delegate=True)
SERVICE_ACCOUNTS = (
    LUNA,
    ServiceAccount("outsider", _address("outsider")),
    ServiceAccount("deleted", _address("deleted"), is_deleted=True),
)
BY_NAME = {account.name: account for account in SERVICE_ACCOUNTS}
BY_ADDRESS = {account.email: account for account in SERVICE_ACCOUNTS}


@cache
def _fresh_key() -> str:
    """One for the process, for making one takes a while. It guards nothing, so it is short, and quick to read."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def ensure_key(connection: sqlite3.Connection) -> None:
    """Give a new store its key. A store that was emptied still has it: key files that were handed out stay good."""
    if connection.execute("SELECT pem FROM google_key").fetchone() is None:
        connection.execute("INSERT INTO google_key (pem) VALUES (?)", (_fresh_key(),))


def private_key(connection: sqlite3.Connection) -> str:
    """The key of all the service accounts, as PEM."""
    return str(connection.execute("SELECT pem FROM google_key").fetchone()["pem"])


def key_file(connection: sqlite3.Connection, account: ServiceAccount, root: str) -> Json:
    """What a person downloads for a service account; its addresses are the sandbox's, whose URL is `root`."""
    return {
        "type": "service_account", "project_id": PROJECT, "private_key_id": KEY_ID,
        "private_key": private_key(connection), "client_email": account.email,
        "client_id": "100000000000000000001", "auth_uri": f"{root}google/o/oauth2/v2/auth",
        "token_uri": f"{root}google/token", "universe_domain": "googleapis.com",
    }  # fmt: skip


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(connection: sqlite3.Connection, assertion: str) -> Json:
    """What a signed assertion says (RFC 7515, RS256). Raises ValueError or InvalidSignature where it is unsound."""
    head, body, signature = assertion.split(".")
    if json.loads(_decoded(head)).get("alg") != "RS256":
        raise ValueError("Only RS256 is taken.")
    key = serialization.load_pem_private_key(private_key(connection).encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The sandbox's Google key is no RSA key.")
    key.public_key().verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    claims = json.loads(_decoded(body))
    if not isinstance(claims, dict):
        raise TypeError("The claims are no object.")
    return claims


def is_a_person(email: str) -> bool:
    person = BY_EMAIL.get(email)
    return person is not None and person.is_active
