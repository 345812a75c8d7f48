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

from sandbox.company.people import JIRA_ACCOUNT, JIRA_DC_TOKEN, JIRA_TIME_ZONE, JIRA_TOKEN
from sandbox.company.plan import browsable
from sandbox.jira import grants
from sandbox.jira.jql.sql import Searcher
from sandbox.state import State, the_state

P = ParamSpec("P")
PUBLIC = "serverInfo"
CLOUD_ID = "11223344-a1b2-4c33-8444-def123456789"
GATEWAY = f"/atlassian/ex/jira/{CLOUD_ID}"
"""Where the vendor's gateway serves the site's API: the one place that takes tokens with scopes."""
SCOPED_TOKEN = "sandbox-scoped-token"
NARROW_TOKEN = "sandbox-narrow-token"
"""Has scopes, but not those for reading issues."""


@dataclass(frozen=True)
class Site:
    """One of the company's two Jiras. `name` is its face, its limit and the start of its addresses."""

    name: str
    versions: tuple[str, ...]
    zone: str
    is_signed_in: Callable[[], bool]

    @property
    def is_cloud(self) -> bool:
        return "3" in self.versions

    @property
    def url(self) -> str:
        return f"{request.host_url}{self.name}"

    @property
    def project_keys(self) -> tuple[str, ...]:
        """What the account may browse."""
        return tuple(project.key for project in browsable(self.name))


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


def _refused(site: Site) -> Response:
    answer = Response("Client must be authenticated to access this resource.", status=401, mimetype="text/html")
    answer.headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
    answer.headers["WWW-Authenticate"] = f'OAuth realm="{site.url}"'
    return answer


def _refused_by_gateway(message: str) -> Response:
    answer = jsonify(code=401, message=message)
    answer.status_code = 401
    return answer


def _basic_token() -> str:
    """What was sent as the account's password; "" for nobody's."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        email, _, token = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return token if email.lower() == JIRA_ACCOUNT.email else ""


def is_at_gateway() -> bool:
    return request.path.startswith(GATEWAY)


def bearer_token() -> str:
    """What was sent by itself; "" for nothing."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def _is_in_cloud() -> bool:
    token = _basic_token()
    if not is_at_gateway():
        return token == JIRA_TOKEN
    if token:
        return token in {SCOPED_TOKEN, NARROW_TOKEN}
    with the_state().store.reading() as connection:
        now = the_state().clock.now().timestamp()
        return grants.find(connection, "access", bearer_token(), now=now) is not None


def _has_bearer() -> bool:
    return request.headers.get("Authorization", "") == f"Bearer {JIRA_DC_TOKEN}"


CLOUD = Site("jira", ("3", "2"), JIRA_TIME_ZONE, _is_in_cloud)
DATA_CENTER = Site("jira-dc", ("2", "latest"), "Europe/Berlin", _has_bearer)


def guard(site: Site) -> Response | None:
    """Before each call: credentials first, then the burst limit of this method and endpoint."""
    is_anonymous = "Authorization" not in request.headers and request.path.endswith(PUBLIC) and not is_at_gateway()
    if not is_anonymous and not site.is_signed_in():
        return _refused_by_gateway("Unauthorized") if is_at_gateway() else _refused(site)
    if is_at_gateway() and _basic_token() == NARROW_TOKEN and not request.path.endswith(("myself", PUBLIC)):
        return _refused_by_gateway("Unauthorized; scope does not match")
    state = the_state()
    verdict = state.limits.spend(site.name, f"{request.method} {request.endpoint}")
    rate = state.limits.rates()[site.name]
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


def searcher(state: State, connection: Any, site: Site = CLOUD, *, is_strict: bool = True) -> Searcher:
    zone = ZoneInfo(state.faults.account_zone() or site.zone)
    hidden, by_minute = state.faults.hidden_keys(), state.faults.stands("minute_steps")
    return Searcher(connection, state.clock.now(), zone, site.project_keys, site.is_cloud, is_strict, hidden, by_minute)


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
    app: Flask, path: str, *methods: str, site: Site = CLOUD
) -> Callable[[Callable[Concatenate[str, P], Response]], Callable[Concatenate[str, P], Response]]:
    """Register a view under each version of the site's API; called with the version, signed in and within the limit."""

    def register(view: Callable[Concatenate[str, P], Response]) -> Callable[Concatenate[str, P], Response]:
        def registered(version: str) -> Callable[P, Response]:
            @wraps(view)
            def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
                refusal = guard(site)
                if refusal is not None:
                    return add_rate_headers(refusal)
                try:
                    return add_rate_headers(view(version, *args, **kwargs))
                except JiraError as error:
                    return add_rate_headers(error.response())

            return answer

        for version in site.versions:
            endpoint = f"{site.name} {version} {view.__name__}"
            for root in (f"/{site.name}", GATEWAY) if site.is_cloud else (f"/{site.name}",):
                rule = f"{root}/rest/api/{version}/{path}"
                app.add_url_rule(rule, f"{endpoint} at {root}", registered(version), methods=methods or ("GET",))
        return view

    return register
