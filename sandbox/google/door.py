"""The door of Google's APIs: tokens and scopes, limits, bodies, and which files a caller may touch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, jsonify, request

from sandbox.google import accounts, files, grants, masks, schema
from sandbox.google.answers import GoogleError, not_found
from sandbox.google.files import ROLES, File
from sandbox.google.units import Json
from sandbox.state import State, the_state

WRITE_RATE, READ_RATE, DRIVE_RATE = "google write", "google read", "google drive"
NO_TOKEN = (
    "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
BAD_TOKEN = NO_TOKEN.replace("is missing required authentication credential", "had invalid authentication credentials")
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


@dataclass(frozen=True)
class Caller:
    """Whoever the access token stands for, and what it allows."""

    state: State
    email: str
    scopes: frozenset[str]

    @property
    def is_service_account(self) -> bool:
        return self.email in accounts.BY_ADDRESS

    def need(self, *scopes: str) -> None:
        """Refuse unless the token has one of the scopes."""
        if not self.scopes & set(scopes):
            info = {"@type": ERROR_INFO, "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}
            message = "Request had insufficient authentication scopes."
            raise GoogleError(403, message, "insufficientPermissions", "global", "PERMISSION_DENIED", [info])

    def spend(self, rate: str, service: str, what: str) -> None:
        if not self.state.limits.spend(rate, self.email).allowed:
            message = (
                f"Quota exceeded for quota metric '{what} requests' and limit '{what} requests per minute per user' of "
                f"service '{service}.googleapis.com' for consumer 'project_number:415263748596'."
            )
            info = {"@type": ERROR_INFO, "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"}
            raise GoogleError(429, message, "rateLimitExceeded", "usageLimits", "RESOURCE_EXHAUSTED", [info])

    def may_see_all(self) -> bool:
        """Whether the token reaches files that Luna neither made nor was given by a person."""
        whole = {accounts.DRIVE, accounts.DRIVE_READONLY, accounts.DOCUMENTS, accounts.PRESENTATIONS}
        return bool(self.scopes & whole)

    def role(self, connection: sqlite3.Connection, file: File) -> int:
        """The caller's role as its place in ROLES; -1 for what they can't see."""
        if not file.is_app_made and not self.may_see_all():
            return -1
        return files.role_of(files.access(connection, file), self.email)

    def finds(self, connection: sqlite3.Connection, file: File) -> bool:
        """Whether a search shows them the file: a link that anyone may open doesn't make it found."""
        lines = [line for line in files.access(connection, file) if line.type != "anyone"]
        return self.role(connection, file) >= 0 and files.role_of(lines, self.email) >= 0

    def file(self, connection: sqlite3.Connection, file_id: str, *, role: str = "reader", drives: bool = True) -> File:
        """The file, if the caller has at least the role; `drives` says whether shared drives are in view."""
        found = files.find(connection, file_id)
        if found is None or (found.drive_id and not drives):
            raise not_found(file_id)
        mine = self.role(connection, found)
        if mine < 0:
            raise not_found(file_id)
        if mine < ROLES.index(role):
            message = "The user does not have sufficient permissions for this file."
            raise GoogleError(403, message, reason="insufficientFilePermissions")
        return found


def caller() -> Caller:
    """The caller of this request."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        raise GoogleError(401, NO_TOKEN)
    state = the_state()
    with state.store.reading() as connection:
        grant = grants.find(connection, "access", header.removeprefix("Bearer ").strip(), state.clock.now())
    if grant is None:
        raise GoogleError(401, BAD_TOKEN, "authError", "global", "UNAUTHENTICATED")
    return Caller(state, grant.subject, grant.scopes)


def body(api: str, name: str) -> Json:
    """The posted JSON, if the published schema allows it; an empty body is an empty object."""
    if not request.get_data():
        return {}
    data = request.get_json(silent=True, force=True)
    if data is None:
        raise GoogleError(400, "Invalid JSON payload received. Unexpected token.")
    checked = schema.check(api, name, data)
    # Only in a map of Drive's is null a value; elsewhere it says the same as leaving the field out.
    return checked if api == "drive.v3" else without_nulls(checked)


def without_nulls(value: Any) -> Any:
    """JSON without the keys whose value is null."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def answered(view: Callable[..., Json]) -> Callable[..., Response]:
    """A view whose answer is JSON under the asked `fields`, and whose GoogleError is one in Google's shape."""

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        try:
            found: object = view(**arguments)
            if fields := request.args.get("fields"):
                found = masks.kept(found, masks.parse(fields))
        except GoogleError as error:
            return error.response()
        return jsonify(found)

    return answer


def flag(name: str) -> bool:
    """A query parameter that is true or false."""
    return request.args.get(name, "").lower() == "true"
