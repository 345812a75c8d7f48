"""The door of the Slack face: arguments of any encoding, tokens and scopes, errors as `{"ok": false}` with 200."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.company.people import SLACK_TOKENS, Channel
from sandbox.slack import messages
from sandbox.state import State, the_state

RATE = "slack"
Arguments = dict[str, Any]
Answer = dict[str, Any]


@dataclass(eq=False)
class SlackError(Exception):
    error: str
    details: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()

    def response(self) -> Response:
        answer: Answer = {"ok": False, "error": self.error, **dict(self.more)}
        if self.details:
            answer |= {"errors": list(self.details), "response_metadata": {"messages": list(self.details)}}
        return jsonify(answer)


@dataclass(eq=False)
class TooFastError(Exception):
    retry_after_seconds: int

    def response(self) -> Response:
        answer = SlackError("ratelimited").response()
        answer.status_code = 429
        answer.headers["Retry-After"] = str(self.retry_after_seconds)
        return answer


@dataclass(frozen=True)
class Call:
    """One signed-in call."""

    state: State
    arguments: Arguments
    scopes: tuple[str, ...]

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1"}

    def structure(self, name: str, error: str) -> Any:
        """An argument that is JSON, or JSON in a string as forms carry it."""
        value = self.arguments.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def number(self, name: str, default: float, error: str) -> float:
        try:
            return float(self.text(name) or default)
        except ValueError:
            raise SlackError(error) from None

    def need(self, *scopes: str) -> None:
        """Refuse unless the token has one of the scopes."""
        if not set(scopes) & set(self.scopes):
            raise SlackError("missing_scope", (), (("needed", scopes[0]), ("provided", ",".join(self.scopes))))

    def spend(self, rate: str, key: str) -> None:
        verdict = self.state.limits.spend(rate, key)
        if not verdict.allowed:
            raise TooFastError(verdict.retry_after_seconds)

    def channel(self, connection: sqlite3.Connection) -> Channel:
        """The channel of the arguments; a private one without the bot doesn't exist for it."""
        channel = messages.BY_NAME_OR_ID.get(self.text("channel"))
        if channel is None or (channel.is_private and not messages.has_bot(connection, channel)):
            raise SlackError("channel_not_found")
        return channel


Method = Callable[[Call], Answer]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register


def _arguments() -> Arguments:
    found: Arguments = {**request.args.to_dict(), **request.form.to_dict()}
    if request.is_json and request.get_data():
        posted = request.get_json(silent=True)
        if not isinstance(posted, dict):
            raise SlackError("invalid_json")
        found |= posted
    return found


def _scopes(arguments: Arguments) -> tuple[str, ...]:
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() if header else str(arguments.get("token") or "")
    if not token:
        raise SlackError("not_authed")
    allowed = SLACK_TOKENS.get(token, "invalid_auth")
    if isinstance(allowed, str):
        raise SlackError(allowed)
    return allowed


def add_methods(app: Flask) -> None:
    @app.route("/slack/api/<name>", methods=["GET", "POST"])
    def slack_method(name: str) -> Response:
        try:
            if name not in METHODS:
                raise SlackError("unknown_method", (), (("req_method", name),))
            arguments = _arguments()
            call = Call(the_state(), arguments, _scopes(arguments))
            call.spend(RATE, name)
            answer = jsonify({"ok": True, **METHODS[name](call)})
            answer.headers["X-OAuth-Scopes"] = ",".join(call.scopes)
        except (SlackError, TooFastError) as error:
            return error.response()
        return answer
