"""The doors of the Jira face: who calls, how fast they may, and every error in the vendor's shape."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, jsonify, request

from sandbox.company.people import JIRA_ACCOUNT, JIRA_TIME_ZONE, JIRA_TOKEN
from sandbox.company.plan import PROJECTS
from sandbox.jira.jql.sql import Searcher
from sandbox.state import State, the_state

P = ParamSpec("P")
RATE = "jira"
PUBLIC = "serverInfo"
BROWSABLE = tuple(project.key for project in PROJECTS if project.is_browsable)


@dataclass(eq=False)
class JiraError(Exception):
    """An answer that is no success: its messages, and per field."""

    status: int
    messages: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def response(self) -> Response:
        answer = jsonify({"errorMessages": list(self.messages), "errors": dict(self.fields)})
        answer.status_code = self.status
        return answer


NO_ISSUE = "Issue does not exist or you do not have permission to see it."


def _refused() -> Response:
    answer = Response("Client must be authenticated to access this resource.", status=401, mimetype="text/html")
    answer.headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
    answer.headers["WWW-Authenticate"] = f'OAuth realm="{request.host_url}jira"'
    return answer


def _is_signed_in() -> bool:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        email, _, token = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return email.lower() == JIRA_ACCOUNT.email and token == JIRA_TOKEN


def guard() -> Response | None:
    """Before each call: credentials first, then the burst limit of this method and endpoint."""
    is_anonymous = "Authorization" not in request.headers and request.path.endswith(PUBLIC)
    if not is_anonymous and not _is_signed_in():
        return _refused()
    state = the_state()
    verdict = state.limits.spend(RATE, f"{request.method} {request.endpoint}")
    rate = state.limits.rates()[RATE]
    full_at = state.clock.now() + timedelta(seconds=verdict.retry_after_seconds or 1)
    g.rate_headers = {
        "X-RateLimit-Limit": str(verdict.limit),
        "X-RateLimit-Remaining": str(verdict.remaining),
        "X-RateLimit-Reset": f"{full_at:%Y-%m-%dT%H:%M:%SZ}",
        "X-RateLimit-NearLimit": "true" if verdict.remaining < math.ceil(rate.burst * 0.2) else "false",
    }
    if verdict.allowed:
        return None
    answer = JiraError(429, ("Rate limit exceeded.",)).response()
    answer.headers["Retry-After"] = str(verdict.retry_after_seconds)
    answer.headers["RateLimit-Reason"] = "jira-burst-based"
    return answer


def add_rate_headers(answer: Response) -> Response:
    answer.headers.update(g.get("rate_headers", {}))
    return answer


def site_url() -> str:
    return f"{request.host_url}jira"


def searcher(state: State, connection: Any) -> Searcher:
    return Searcher(connection, state.clock.now(), ZoneInfo(JIRA_TIME_ZONE), BROWSABLE)


def body() -> dict[str, Any]:
    """The JSON object that was posted; anything else is refused as the vendor does."""
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise JiraError(400, ("Invalid request payload. Refer to the REST API documentation and try again.",))
    return data


def whole_number(value: object, default: int, name: str) -> int:
    if value is None or value == "":
        return default
    try:
        return int(str(value))
    except ValueError:
        raise JiraError(400, (f"The value '{value}' of '{name}' is not a whole number.",)) from None


def route(
    app: Flask, path: str, *methods: str
) -> Callable[[Callable[Concatenate[str, P], Response]], Callable[Concatenate[str, P], Response]]:
    """Register a view under both versions of the API; it is called with the version, signed in and within the limit."""

    def register(view: Callable[Concatenate[str, P], Response]) -> Callable[Concatenate[str, P], Response]:
        def registered(version: str) -> Callable[P, Response]:
            @wraps(view)
            def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
                refusal = guard()
                if refusal is not None:
                    return add_rate_headers(refusal)
                try:
                    return add_rate_headers(view(version, *args, **kwargs))
                except JiraError as error:
                    return add_rate_headers(error.response())

            return answer

        for version in ("3", "2"):
            endpoint = f"jira {version} {view.__name__}"
            rule = f"/jira/rest/api/{version}/{path}"
            app.add_url_rule(rule, endpoint, registered(version), methods=methods or ("GET",))
        return view

    return register
