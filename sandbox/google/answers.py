"""How Google refuses: one JSON shape for all of its APIs, and another for sign-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify

Json = dict[str, Any]
STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL",
}  # fmt: skip


@dataclass(eq=False)
class GoogleError(Exception):
    """A refusal. `reason` and `domain` are Drive's older words for it; Docs and Slides leave them out."""

    code: int
    message: str
    reason: str = ""
    domain: str = "global"
    status: str = ""
    details: list[Json] = field(default_factory=list)

    def response(self) -> Response:
        error: Json = {"code": self.code, "message": self.message}
        if self.reason:
            error["errors"] = [{"message": self.message, "domain": self.domain, "reason": self.reason}]
        if not self.reason or self.status:
            error["status"] = self.status or STATUSES.get(self.code, "UNKNOWN")
        if self.details:
            error["details"] = self.details
        answer = jsonify(error=error)
        answer.status_code = self.code
        if self.code == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
        return answer


@dataclass(eq=False)
class SignInError(Exception):
    """A refusal of the token endpoint (RFC 6749, section 5.2)."""

    error: str
    description: str
    code: int = 400

    def response(self) -> Response:
        answer = jsonify(error=self.error, error_description=self.description)
        answer.status_code = self.code
        return answer


def not_found(file_id: str) -> GoogleError:
    return GoogleError(404, f"File not found: {file_id}.", reason="notFound")


def not_the_latest(revision: str) -> GoogleError:
    message = f"The required revision ID '{revision}' does not match the latest revision."
    return GoogleError(400, message, status="FAILED_PRECONDITION")


@dataclass(eq=False)
class RequestError(Exception):
    """What is wrong with one request of a batch; the batch's own code adds which one it was."""

    message: str
    code: int = 400

    def of(self, place: int, name: str) -> GoogleError:
        return GoogleError(self.code, f"Invalid requests[{place}].{name}: {self.message}")
