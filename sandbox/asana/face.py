"""The doors of the Asana face: who calls, how fast they may, pages with offsets, and errors in the vendor's shape."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, Response, jsonify, request

from sandbox.asana import grants
from sandbox.asana.payloads import compact, picked, whole
from sandbox.asana.plan import TOKEN
from sandbox.state import the_state

P = ParamSpec("P")
RATE = "asana"
ROOT = "/asana/api/1.0"
HELP = "For more information on API status codes and how to handle them, read the docs on errors."
MOST_PER_PAGE = 100
MOST_UNPAGED = 1000
OFFSET_MS = 15 * 60_000
"""How long an offset is good for."""


@dataclass(eq=False)
class AsanaError(Exception):
    """An answer that is no success."""

    status: int
    message: str

    def response(self) -> Response:
        answer = jsonify(errors=[{"message": self.message, "help": HELP}])
        answer.status_code = self.status
        return answer


def site_url() -> str:
    """Where people look at it."""
    return f"{request.host_url}asana"


def _guard() -> Response | None:
    """Before each call: the token, then how often it was used."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not (token == TOKEN or _is_granted(token)):
        return AsanaError(401, "Not Authorized").response()
    verdict = the_state().limits.spend(RATE, token)
    if verdict.allowed:
        return None
    answer = AsanaError(429, "You have made too many requests recently. Please wait.").response()
    answer.headers["Retry-After"] = str(verdict.retry_after_seconds)
    return answer


def _is_granted(token: str) -> bool:
    state = the_state()
    with state.store.reading() as connection:
        return grants.holds(connection, "access", token, since_ms=state.clock.now_ms() - grants.ACCESS_MS)


def route(app: Flask, path: str, *, method: str = "GET") -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Register a call; it comes signed in and within the limit."""

    def register(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            try:
                refusal = _guard()
                return view(*args, **kwargs) if refusal is None else refusal
            except AsanaError as error:
                return error.response()

        app.add_url_rule(f"{ROOT}/{path}", f"asana {view.__name__}", answer, methods=[method])
        return view

    return register


def _asked_fields() -> list[str] | None:
    text = request.args.get("opt_fields")
    return None if text is None else [path.strip() for path in text.split(",") if path.strip()]


def one(record: dict[str, Any]) -> Response:
    """A single record: whole, or what was asked for."""
    asked = _asked_fields()
    return jsonify(data=whole(record) if asked is None else picked(record, asked))


def _narrowed(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    asked = _asked_fields()
    return [compact(record) if asked is None else picked(record, asked) for record in records]


def listed(records: Callable[[int, int], list[tuple[int, dict[str, Any]]]]) -> Response:
    """A list, in pages where a limit is given. `records(after, count)`: up to `count` behind a rank, with ranks."""
    limit = _limit()
    if limit is None:
        return jsonify(data=_narrowed([record for _, record in records(0, MOST_UNPAGED)]))
    faults = the_state().faults
    if faults.stands("short_pages"):
        limit = max(1, limit // 2)
    after = _opened(request.args["offset"]) if request.args.get("offset") else 0
    found = records(after, limit + 1)
    page = found[:limit]
    following = None
    if len(found) > limit:
        rank = after if faults.stands("token_loop") and after else page[-1][0]
        offset = request.args["offset"] if rank == after else _sealed(rank)
        path = f"{request.path.removeprefix(ROOT)}?limit={limit}&offset={offset}"
        following = {"offset": offset, "path": path, "uri": f"{request.host_url.rstrip('/')}{ROOT}{path}"}
    return jsonify(data=_narrowed([record for _, record in page]), next_page=following)


def _limit() -> int | None:
    text = request.args.get("limit")
    if text is None:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PER_PAGE:
        raise AsanaError(400, f"limit: Must be between 1 and {MOST_PER_PAGE}.")
    return int(text)


def _what_is_asked() -> str:
    """Of which list the offset is a part: an offset is good for the very call whose page brought it."""
    rest = sorted(
        (name, value) for name, value in request.args.items() if name not in {"limit", "offset", "opt_fields"}
    )
    return f"{request.path} {rest}"


def _sealed(rank: int) -> str:
    text = json.dumps([rank, the_state().clock.now_ms(), _what_is_asked()])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _opened(offset: str) -> int:
    try:
        rank, at, asked = json.loads(base64.urlsafe_b64decode(offset))
    except (binascii.Error, ValueError, TypeError):
        raise AsanaError(400, "offset: Your pagination token is not valid.") from None
    if asked != _what_is_asked():
        raise AsanaError(400, "offset: Your pagination token is not of this list.")
    if the_state().clock.now_ms() - at > OFFSET_MS:
        raise AsanaError(400, "offset: Your pagination token has expired.")
    return int(rank)
