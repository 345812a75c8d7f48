"""What Google refuses, in Luna's words: each with what to do about it.

Sources: https://developers.google.com/workspace/drive/api/guides/handle-errors and
https://developers.google.com/identity/protocols/oauth2/web-server#error-codes
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import requests
from googleapiclient.errors import HttpError

from integrations.errors import (
    AmbiguousError,
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
    quoted,
)
from integrations.unreachable import vendor_unreachable
from luna import clock
from luna.lib.http import AddressRefusedError, NotConnectedError
from luna.lib.retry_after import retry_time
from luna.lib.text import clean_line

MISSING = "Google knows no such folder or file, or Luna’s account may not see it. Share it, or choose another."
RECONNECT = "Connect again under Settings, Integrations."
_DEFAULT_WAIT_SECONDS = 60
"""Google's limits count by the minute, and it promises no Retry-After."""
_SLOW_DOWN = {
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "sharingRateLimitExceeded",
    "RATE_LIMIT_EXCEEDED",
    "RESOURCE_EXHAUSTED",
}
_OFF = {"accessNotConfigured", "SERVICE_DISABLED"}
_NARROW = {"insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
_FULL = {"storageQuotaExceeded", "quotaExceeded", "teamDriveFileLimitExceeded", "numChildrenInNonRootLimitExceeded"}

_NO_STORAGE = (
    "Google gives this service account no storage of its own, so it can’t own files. Choose a folder in a shared drive "
    "in which it is a Content manager, or let it act as a person of your organisation."
)
_DRIVE_FULL = (
    "The Drive is full, or the folder holds as many files as Google allows. Make room, or choose another folder."
)
_NO_RIGHTS = (
    "Luna’s account may not write there. Make it a Content manager of the shared drive, or an Editor of the folder, or "
    "choose another folder."
)
_API_OFF = (
    "An API that Luna needs is switched off in the Google Cloud project. Switch on the Google Drive, Docs and Slides "
    "APIs there, wait five minutes, then try again."
)
_EXPIRED = (
    "Google does not accept the stored consent any more: it was withdrawn, unused for six months, or the app’s consent "
    "screen is still in “Testing”, where consent ends after 7 days. Set the screen to “In production” (or “Internal”), "
    "then connect again."
)
_NOT_DELEGATED = (
    "Google does not let the service account act as {subject}. In the Workspace admin console, under Security, API "
    "controls, Domain-wide delegation, enter its client ID with the scopes of Drive, Docs and Slides; or leave “Act "
    "as” empty."
)


def named(error: Exception, *, missing: str = MISSING) -> ProviderError:
    """An SDK's or transport's error by what to do about it. `missing` is said of what is not there."""
    if isinstance(error, HttpError):
        return _by_answer(error, missing)
    return by_transport(error)


def unclear(error: Exception) -> AmbiguousError | None:
    """The error as one that leaves open whether the call was done; None when it surely was not."""
    if isinstance(error, HttpError) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    if isinstance(error, AddressRefusedError | NotConnectedError | requests.exceptions.SSLError):
        return None
    return AmbiguousError("Google did not say clearly whether it was done.", detail="no clear answer")


def by_transport(error: Exception) -> ProviderError:
    """What went wrong on the way, or an answer that is none of Google's."""
    if isinstance(error, requests.JSONDecodeError | ValueError):
        return RetryLaterError(
            "Something that is not Google answered, such as a sign-in page of the network. Luna tries again; if it "
            "lasts, ask the network’s admin.",
            kind=ErrorKind.WRONG_PRODUCT,
            detail="not JSON",
        )
    if isinstance(error, requests.Timeout):
        return RetryLaterError("Google did not answer in time. Luna tries again.", detail="timeout")
    return vendor_unreachable(error, "Google")


def _by_answer(error: HttpError, missing: str) -> ProviderError:
    status, reasons, words = error.status_code, _reasons(error), _words(error)
    detail = f"{status} {', '.join(sorted(reasons))}"[:80].strip()
    if status == HTTPStatus.TOO_MANY_REQUESTS or reasons & _SLOW_DOWN:
        return slow_down(error.resp.get("retry-after"), detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return RetryLaterError("Google has trouble of its own. Luna tries again.", until=_until(60), detail=detail)
    return _broken(status, reasons, words, detail) or _refused(status, reasons, words, missing, detail)


def _broken(status: int, reasons: set[str], words: str, detail: str) -> NeedsAttentionError | None:
    """What stops the whole connection."""
    if status == HTTPStatus.UNAUTHORIZED:
        kind, sentence = ErrorKind.SIGN_IN_REFUSED, f"Google did not accept Luna’s sign-in. {RECONNECT}"
    elif reasons & _OFF or "has not been used in project" in words:
        kind, sentence = ErrorKind.API_NOT_ENABLED, _API_OFF
    elif reasons & _NARROW:
        kind, sentence = ErrorKind.MISSING_SCOPE, f"Luna’s access to Google does not cover this. {RECONNECT}"
    else:
        return None
    return NeedsAttentionError(sentence, kind=kind, detail=detail)


def _refused(status: int, reasons: set[str], words: str, missing: str, detail: str) -> RefusedError:
    """What stops this one call."""
    if reasons & _FULL:
        sentence = _NO_STORAGE if "service account" in words.lower() else _DRIVE_FULL
        return RefusedError(sentence, kind=ErrorKind.STORAGE_FULL, detail=detail)
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(missing, kind=ErrorKind.FOLDER_UNKNOWN, detail=detail)
    if status == HTTPStatus.FORBIDDEN:
        return RefusedError(_NO_RIGHTS, kind=ErrorKind.NO_RIGHTS, detail=detail)
    said = quoted(words) or "without a word"
    return RefusedError(f"Google refused: {said}. This is a fault in Luna: report it.", detail=detail)


def token_refused(
    status: int, *, code: str, words: str, is_person: bool, is_consent: bool, subject: str
) -> ProviderError:
    """Why the token endpoint said no. `is_consent`: to the code that the consent page gave."""
    detail = clean_line(f"{status} {code}", limit=60)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return RetryLaterError(
            "Google’s sign-in has trouble of its own. Luna tries again.", until=_until(60), detail=detail
        )
    if code == "invalid_grant" and ("iat" in words or "short-lived" in words):
        sentence = "Google says that this server’s clock is wrong. Set it (NTP), then try again."
    elif code == "invalid_grant" and is_consent:
        sentence = "Google’s answer is too old, or was used before. Begin again."
    elif code == "invalid_grant" and is_person:
        sentence = _EXPIRED
    elif code == "invalid_grant" and "signature" in words.lower():
        sentence = "Google does not know this key any more: it was deleted. Make a new JSON key and paste it."
    elif code == "invalid_grant":
        who = f"the service account, or {subject}" if subject else "the service account"
        sentence = f"Google knows no such account ({quoted(words) or code}). Check that {who} exists, then try again."
    elif code in {"unauthorized_client", "access_denied"} and not is_person:
        sentence = _NOT_DELEGATED.format(subject=subject or "anybody")
    elif code == "redirect_uri_mismatch":
        sentence = (
            "The OAuth client does not know Luna’s address. Add the redirect URI that the form shows to the client."
        )
    elif code in {"invalid_client", "unauthorized_client"}:
        sentence = "Google does not accept this client ID and secret. Copy both again from the Google Cloud console."
    else:
        sentence = f"Google refused the sign-in: {quoted(words or code) or status}. Check what was entered."
    return NeedsAttentionError(sentence, kind=ErrorKind.SIGN_IN_REFUSED, detail=detail)


def slow_down(retry_after: Any, detail: str) -> RetryLaterError:
    """Wait as long as Google asks, else until its minute is over."""
    return RetryLaterError(
        "Google asks Luna to slow down. It goes on by itself.",
        kind=ErrorKind.RATE_LIMITED,
        until=retry_time(retry_after, clock.now()) or _until(_DEFAULT_WAIT_SECONDS),
        detail=detail,
    )


def _until(seconds: int) -> datetime:
    return clock.now() + timedelta(seconds=seconds)


def stale(error: Exception) -> RetryLaterError | None:
    """The error as a write that was refused because somebody changed the file since it was read; else None."""
    if not isinstance(error, HttpError) or error.status_code != HTTPStatus.BAD_REQUEST:
        return None
    if "revision" not in _words(error).lower():
        return None
    return RetryLaterError(
        "Somebody wrote in the file at the same moment. Luna tries again.",
        kind=ErrorKind.RATE_LIMITED,
        until=_until(5),
        detail="not the newest revision",
    )


def _body(error: HttpError) -> dict[str, Any]:
    try:
        data = json.loads(error.content)
    except ValueError:
        return {}
    found = data.get("error") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _words(error: HttpError) -> str:
    return str(_body(error).get("message") or "")


def _reasons(error: HttpError) -> set[str]:
    """Drive's reasons (`errors`) and those of the newer APIs (`details`, `status`)."""
    body = _body(error)
    listed = [*_dicts(body.get("errors")), *_dicts(body.get("details"))]
    return {str(one["reason"]) for one in listed if one.get("reason")} | {str(body.get("status") or "")} - {""}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
