"""The door of ClickUp's face: tokens (granted ones with "Bearer"), limits a minute, errors as `{"err", "ECODE"}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, jsonify, request

from sandbox.clickup import grants
from sandbox.clickup.workspace import REVOKED_TOKEN, TOKEN
from sandbox.state import the_state

P = ParamSpec("P")
RATE = "clickup"
ROOT = "/clickup/api/v2/"


@dataclass(eq=False)
class ClickUpError(Exception):
    status: int
    err: str
    code: str

    def response(self) -> Response:
        answer = jsonify(err=self.err, ECODE=self.code)
        answer.status_code = self.status
        return answer


NOT_AUTHORISED = ClickUpError(401, "Team not authorized", "OAUTH_027")
"""What the vendor says of everything outside the workspaces of the token, and of what never was."""


def _check_token() -> None:
    token = request.headers.get("Authorization", "")
    if not token:
        raise ClickUpError(400, "Authorization header required", "OAUTH_017")
    if token == REVOKED_TOKEN:
        raise ClickUpError(401, "Oauth token not found", "OAUTH_019")
    if token != TOKEN and not _is_granted(token):
        raise ClickUpError(401, "Token invalid", "OAUTH_025")


def _is_granted(header: str) -> bool:
    """Whether it is "Bearer" and a token that a person's consent gave."""
    scheme, _, token = header.partition(" ")
    with the_state().store.reading() as connection:
        return scheme == "Bearer" and grants.holds(connection, "access", token)


def _answered(view: Callable[[], Response]) -> Response:
    """The view's answer, signed in and within the limit, with the headers that tell the limit."""
    state = the_state()
    try:
        _check_token()
    except ClickUpError as error:
        return error.response()
    verdict = state.limits.spend(RATE, request.headers["Authorization"])
    try:
        if not verdict.allowed:
            raise ClickUpError(429, "Rate limit reached", "APP_002")
        answer = view()
    except ClickUpError as error:
        answer = error.response()
    reset = state.clock.now() + timedelta(seconds=verdict.retry_after_seconds or 60)
    answer.headers["X-RateLimit-Limit"] = str(verdict.limit)
    answer.headers["X-RateLimit-Remaining"] = str(verdict.remaining)
    answer.headers["X-RateLimit-Reset"] = str(int(reset.timestamp()))
    return answer


def route(app: Flask, path: str, *, method: str = "GET") -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Register a call; it comes signed in and within the limit."""

    def register(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            return _answered(lambda: view(*args, **kwargs))

        app.add_url_rule(f"{ROOT}{path}", f"clickup {view.__name__}", answer, methods=[method])
        return view

    return register
