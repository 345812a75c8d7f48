"""ClickUp's refusals in Luna's words.

Codes: https://developer.clickup.com/docs/common_errors
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from integrations.domain.types import RemovedWhy
from integrations.errors import (
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
    quoted,
)
from integrations.sources.clickup.limits import retry_time

TOKEN_REFUSED = frozenset({"OAUTH_017", "OAUTH_019", "OAUTH_021", "OAUTH_025", "OAUTH_077"})
NOT_AUTHORISED = frozenset({"OAUTH_023", "OAUTH_026", "OAUTH_027"} | {f"OAUTH_0{n}" for n in range(29, 46)})
TOO_FAST = "APP_002"
OF_THE_API = "APP_"
"""Begins the codes that say nothing of what was asked for: a path that is none, too many calls."""
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


def no_data() -> ProviderError:
    """What came is no data of ClickUp's."""
    return NeedsAttentionError(
        "The address answers with something else than ClickUp’s data. Most often a proxy stands before it: check that "
        "Luna may call ClickUp, and LUNA_CLICKUP_URL if it is set.",
        kind=ErrorKind.WRONG_PRODUCT,
        detail="200, no tasks in it",
    )


def no_token() -> ProviderError:
    """The token can't even be sent."""
    return NeedsAttentionError(
        "This is no ClickUp token. Copy a personal token from ClickUp, Settings, Apps: it begins with pk_.",
        kind=ErrorKind.SIGN_IN_REFUSED,
        detail="not sent",
    )


def named(status: int, headers: Mapping[str, str], body: Any, *, about: str) -> ProviderError:
    """A refusal by its code, then by its status. `about` is the list or space asked for, "" where it is the account.

    `body` is the answer's JSON, None where it is none.
    """
    words, code = _said(body)
    detail = " ".join(part for part in (_status_line(status), code) if part)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code == TOO_FAST:
        sentence = "ClickUp asks Luna to slow down. Nothing is to do; Luna goes on by itself."
        return RetryLaterError(sentence, kind=ErrorKind.RATE_LIMITED, until=retry_time(headers), detail=detail)
    if code in TOKEN_REFUSED or (status == HTTPStatus.UNAUTHORIZED and not code):
        return _token_refused(detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = "ClickUp has trouble of its own. Nothing is to do; Luna tries again."
        return RetryLaterError(sentence, until=retry_time(headers), detail=detail)
    if about:
        return _refused_there(status, code, about=about, words=words or detail, detail=detail)
    return _refused_account(status, code, words=words or detail, detail=detail)


def consent_refused(status: int, headers: Mapping[str, str], body: Any) -> ProviderError:
    """The consent page's code brought no token."""
    words, code = _said(body)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code == TOO_FAST or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return named(status, headers, body, about="")
    return NeedsAttentionError(
        f"ClickUp gave no access for this app ({words or _status_line(status)}). Check the client ID and secret in "
        "ClickUp, Settings, Apps, then begin again.",
        kind=ErrorKind.CONSENT_REFUSED,
        detail=" ".join(part for part in (_status_line(status), code) if part),
    )


def gone_why(status: int, body: Any) -> RemovedWhy | None:
    """Why one task can't be shown, as ClickUp's own code tells; None where it is shown or the trouble is another.

    Without a code the answer may be a proxy's, which must never delete anything. Of a deleted task ClickUp says 404
    or 401: https://developer.clickup.com/reference/gettask
    """
    _, code = _said(body)
    if code in NOT_AUTHORISED or (code and status == HTTPStatus.FORBIDDEN):
        return RemovedWhy.NO_ACCESS
    is_of_the_task = bool(code) and not code.startswith(("OAUTH", OF_THE_API))
    return RemovedWhy.DELETED if is_of_the_task and status in {*_GONE, HTTPStatus.UNAUTHORIZED} else None


def _refused_account(status: int, code: str, *, words: str, detail: str) -> ProviderError:
    """Nothing of the connection can be read."""
    if code in NOT_AUTHORISED or status == HTTPStatus.FORBIDDEN:
        return NeedsAttentionError(
            "This token is not authorised for the workspace. Make a token as somebody who is a member there, and enter "
            "it.",
            kind=ErrorKind.MISSING_SCOPE,
            detail=detail,
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return _token_refused(detail)
    if status in _GONE:
        return NeedsAttentionError(
            f"There is no ClickUp at this address ({words}). Check LUNA_CLICKUP_URL if it is set.",
            kind=ErrorKind.WRONG_PRODUCT,
            detail=detail,
        )
    return RefusedError(f"ClickUp refuses: {words}. Check the connection.", detail=detail)


def _token_refused(detail: str) -> ProviderError:
    return NeedsAttentionError(
        "ClickUp did not accept this token: it was revoked, or is not complete. Make a new personal token in ClickUp, "
        "Settings, Apps, and enter it; or let a person allow Luna on ClickUp’s page again.",
        kind=ErrorKind.SIGN_IN_REFUSED,
        detail=detail,
    )


def _refused_there(status: int, code: str, *, about: str, words: str, detail: str) -> ProviderError:
    """One list or space can't be read; the rest of the connection can. Of a deleted one ClickUp may say 401, too."""
    if code in NOT_AUTHORISED or status == HTTPStatus.FORBIDDEN:
        return NotFoundError(
            f"ClickUp does not let this account see {about}. It was deleted, or is in a workspace or private space "
            "that the account is no member of: check the id, or have the account invited.",
            kind=ErrorKind.MISSING_SCOPE,
            detail=detail,
        )
    if status in _GONE or (status == HTTPStatus.UNAUTHORIZED and not code.startswith("OAUTH")):
        return NotFoundError(
            f"There is no {about} in ClickUp ({words}). It was deleted, or the id is wrong: choose another.",
            kind=ErrorKind.BAD_QUERY,
            detail=detail,
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return _token_refused(detail)
    sentence = f"ClickUp does not accept the question for {about}: {words}. Check the id."
    return RefusedError(sentence, kind=ErrorKind.BAD_QUERY, detail=detail)


def _said(body: Any) -> tuple[str, str]:
    """ClickUp's sentence, quoted, and its code; empty where the answer is no refusal of ClickUp's own."""
    if not isinstance(body, Mapping):
        return "", ""
    code = str(body.get("ECODE") or "")[:40]
    return quoted(str(body.get("err") or "")), code if code.replace("_", "").isalnum() else ""


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
