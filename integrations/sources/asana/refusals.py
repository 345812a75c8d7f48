"""Asana's errors in Luna's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from integrations.errors import (
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
    quoted,
)
from luna import clock
from luna.lib.retry_after import retry_time

_NEW_TOKEN = "Make a new personal access token in Asana and enter it under Settings, Integrations."  # noqa: S105


class OffsetExpiredError(RefusedError):
    """Asana forgot where a read had got to: it has to start again."""


class SyncTokenExpiredError(RefusedError):
    """What happened since can't be told any more: all has to be read again, and `fresh` tells what happens from now."""

    def __init__(self, fresh: str) -> None:
        super().__init__("Asana forgot what happened since Luna last asked. Read everything again.")
        self.fresh = fresh


def not_json() -> ProviderError:
    """What came is no data of Asana's."""
    return NeedsAttentionError(
        "The address answers with a web page instead of Asana’s data. A proxy or sign-in page may stand before it: "
        "ask the network’s admin.",
        kind=ErrorKind.WRONG_PRODUCT,
        detail="200, not JSON",
    )


def named(status: int, body: Any, headers: Mapping[str, str]) -> ProviderError:
    """By status (0 where there was no answer), with Asana's own words out of `body`, which is text or what JSON says.

    https://developers.asana.com/docs/errors
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR or not status:
        return _temporary(status, headers)
    if status == HTTPStatus.UNAUTHORIZED:
        return token_refused(_detail(status))
    known = _known(body)
    if status == HTTPStatus.PRECONDITION_FAILED and isinstance(known.get("sync"), str):
        return SyncTokenExpiredError(known["sync"])
    return _refused(status, _words(known))


def token_refused(detail: str) -> ProviderError:
    """The credentials don't work."""
    return NeedsAttentionError(
        "Asana did not accept the token: it was revoked, or its owner’s account was deactivated, or it was not copied "
        f"whole. {_NEW_TOKEN}",
        kind=ErrorKind.SIGN_IN_REFUSED,
        detail=detail,
    )


def _refused(status: int, words: str) -> ProviderError:
    """What will not work as it is."""
    detail, said = _detail(status), quoted(words)
    if status == HTTPStatus.BAD_REQUEST and words.lower().startswith("offset"):
        return OffsetExpiredError("Asana forgot how far Luna had read. Sync again.", detail=detail)
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return RefusedError(
            f"Asana gives this only to workspaces on a paid plan: {said or detail}. Choose other tasks, or ask who "
            "pays for Asana.",
            detail=detail,
        )
    if status == HTTPStatus.FORBIDDEN:
        return RefusedError(
            f"Asana doesn’t let the token’s account see this: {said or detail}. Add the account to the project in "
            "Asana, or choose other tasks.",
            kind=ErrorKind.MISSING_SCOPE,
            detail=detail,
        )
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(
            f"Asana knows no such project or section ({said or detail}): it was deleted, or the token’s account was "
            "taken out of it. Check it in Asana, or choose other tasks.",
            kind=ErrorKind.BAD_QUERY,
            detail=detail,
        )
    sentence = f"Asana does not accept this: {said or detail}. Choose the tasks anew."
    return RefusedError(sentence, kind=ErrorKind.BAD_QUERY, detail=detail)


def _temporary(status: int, headers: Mapping[str, str]) -> RetryLaterError:
    """What passes by itself, and when Asana says so: https://developers.asana.com/docs/rate-limits"""
    until = retry_time(headers.get("Retry-After"), clock.now())
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "Asana asks Luna to slow down. Nothing is to do; Luna goes on by itself."
        return RetryLaterError(sentence, kind=ErrorKind.RATE_LIMITED, until=until, detail=_detail(status))
    sentence = "Asana has trouble of its own. Nothing is to do; Luna tries again."
    return RetryLaterError(sentence, until=until, detail=_detail(status))


def _known(body: Any) -> Mapping[str, Any]:
    """The body's object; empty when something else came."""
    try:
        found = json.loads(body) if isinstance(body, str | bytes) else body
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _words(body: Mapping[str, Any]) -> str:
    """Asana's sentence out of `{"errors": [{"message": …}]}`; empty when something else came."""
    try:
        return str(body["errors"][0]["message"])
    except (TypeError, LookupError):
        return ""


def _detail(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
