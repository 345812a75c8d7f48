"""What goes wrong with Jira, in Luna's words: the same for both products, but for how one signs in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import requests
from jira.exceptions import JIRAError

from integrations.errors import (
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
    quoted,
)
from integrations.sources.base import QuotaUsedUpError
from integrations.sources.jira.limits import Quota, instant_told, is_quota, told_quota
from luna import clock
from luna.lib.http import AddressRefusedError, BodyTooLargeError, RedirectRefusedError
from luna.lib.retry_after import bounded
from luna.lib.text import clean_line

BURST_PAUSE = timedelta(seconds=5)
"""After too many calls at once, where Jira names no time: such a limit fills up within a second."""
RETRY_HEADERS = ("Retry-After", "X-RateLimit-Reset")
SCOPES_MISSING = (
    "This token may not do what Luna asks: it needs the scopes read:jira-work and read:jira-user. A token’s scopes "
    "can’t be changed, so make a new one and enter it."
)
NO_SUCH_PROJECT = "does not exist for the field 'project'"
NO_SUCH_ISSUE = re.compile(r"^“?An issue with key .* does not exist")
"""In Jira's own words, where a site speaks English; another one's sentence is quoted all the same."""
NO_SUCH_PAGE = {
    HTTPStatus.NOT_FOUND,
    HTTPStatus.GONE,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
}


@dataclass(frozen=True)
class Product:
    """What the sentences have to know of a kind of Jira."""

    name: str
    sign_in_refused: str
    """What a refused sign-in most often means there, and what to do."""


def not_json() -> ProviderError:
    """What came is no data of Jira's."""
    return NeedsAttentionError(
        "The address answers with a web page instead of Jira’s data. Most often a sign-in page or a proxy stands "
        "before it: check the address, and that API tokens are allowed there.",
        kind=ErrorKind.WRONG_PRODUCT,
        detail="200, not JSON",
    )


def endless() -> ProviderError:
    """The pages go round in a circle."""
    return RefusedError("Its pages have no end: the same one comes again. Choose fewer tasks with a narrower query.")


def unreachable(error: requests.RequestException) -> ProviderError:
    """The same words for refused, filtered and silent ports: a form must not become a port scanner."""
    if isinstance(error, AddressRefusedError):
        return NeedsAttentionError(str(error), kind=ErrorKind.ADDRESS_REFUSED, detail="not called")
    if isinstance(error, RedirectRefusedError):
        return NeedsAttentionError(
            f"Jira sends Luna elsewhere ({error}). Enter the address to which your browser goes in the end.",
            kind=ErrorKind.WRONG_PRODUCT,
            detail="redirect refused",
        )
    if isinstance(error, BodyTooLargeError):
        return RefusedError("Jira’s answer was too large to be read. Choose fewer tasks.", detail="answer too large")
    if isinstance(error, requests.exceptions.SSLError):
        return NeedsAttentionError(
            "The certificate of this address can’t be trusted. Ask whoever runs it to mend that.",
            kind=ErrorKind.UNREACHABLE,
            detail="certificate refused",
        )
    return RetryLaterError(
        "Jira can’t be reached. Check the address if it is new; otherwise nothing is to do, Luna tries again.",
        detail="no answer",
    )


def named(error: JIRAError, product: Product) -> ProviderError:
    """By status, with Jira's own words. The SDK's text is never shown whole: it holds headers and bodies."""
    status = error.status_code or 0
    detail = _detail(status)
    words = quoted(_words(error.text or ""))
    if status in NO_SUCH_PAGE:
        return NotFoundError(
            f"There is no such page at this address ({words or detail}). Check that it is that of {product.name}.",
            kind=ErrorKind.WRONG_PRODUCT,
            detail=detail,
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR or not status:
        return _temporary(error, status)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return _not_let_in(error, status, words, product)
    return RefusedError(_refused_query(words, detail), kind=ErrorKind.BAD_QUERY, detail=detail)


def _refused_query(words: str, detail: str) -> str:
    if NO_SUCH_PROJECT in words:
        return (
            f"Jira knows no such project: {words}. It was renamed or deleted, or is closed to the account. Look in "
            "Jira for the key that it has now, and link its tasks anew by that."
        )
    if NO_SUCH_ISSUE.search(words):
        return (
            f"Jira knows no such issue: {words}. It or its project was deleted, moved or renamed, or is closed to the "
            "account. Look in Jira for the key that it has now, and link its tasks anew by that."
        )
    return f"Jira does not accept this query: {words or detail}. Change it until Check finds tasks."


def is_broken_there(error: ProviderError) -> bool:
    """Whether this one call fails over there for good, as `field` does where one custom field is broken."""
    return error.detail.startswith("500")


def _not_let_in(error: JIRAError, status: int, words: str, product: Product) -> NeedsAttentionError:
    if _wants_a_captcha(error.response.headers if error.response is not None else {}):
        return NeedsAttentionError(
            "Jira wants to see a person first: after several refused sign-ins it asks for a CAPTCHA. Sign in once in a "
            "browser as this account, then test again with a token that works.",
            kind=ErrorKind.SIGN_IN_REFUSED,
            detail=f"{_detail(status)}, CAPTCHA",
        )
    if status == HTTPStatus.UNAUTHORIZED and "scope" in words.lower():
        return NeedsAttentionError(SCOPES_MISSING, kind=ErrorKind.MISSING_SCOPE, detail=_detail(status))
    if status == HTTPStatus.UNAUTHORIZED:
        return NeedsAttentionError(product.sign_in_refused, kind=ErrorKind.SIGN_IN_REFUSED, detail=_detail(status))
    return NeedsAttentionError(
        f"Jira refuses this account: {words or 'no permission'}. Give it the right to browse the projects, or "
        "solve the CAPTCHA by signing in once in a browser.",
        kind=ErrorKind.MISSING_SCOPE,
        detail=_detail(status),
    )


def _wants_a_captcha(headers: Any) -> bool:
    """AUTHENTICATED_FAILED is a wrong token; AUTHENTICATION_DENIED is a right one that isn't even looked at.

    https://confluence.atlassian.com/jirakb/how-to-disable-the-captcha-security-feature
    """
    reasons = f"{headers.get('X-Authentication-Denied-Reason') or ''} {headers.get('X-Seraph-LoginReason') or ''}"
    return "CAPTCHA" in reasons.upper() or "AUTHENTICATION_DENIED" in reasons.upper()


def _temporary(error: JIRAError, status: int) -> RetryLaterError:
    """What passes by itself, and when Jira says so."""
    headers = error.response.headers if error.response is not None else {}
    if status != HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "Jira has trouble of its own. Nothing is to do; Luna tries again."
        return RetryLaterError(sentence, until=retry_time(headers), detail=_detail(status))
    reason = clean_line(str(headers.get("RateLimit-Reason") or ""), limit=60)
    quota = told_quota(headers)
    is_used_up = is_quota(reason) or (not reason and quota is not None and not quota.remaining)
    detail = f"{_detail(status)}, {reason}" if reason else _detail(status)
    if is_used_up:
        return QuotaUsedUpError(
            "The calls that Jira allows for now are used up. Nothing is to do; Luna goes on when more are there.",
            until=_quota_reset(headers, quota),
            detail=detail,
        )
    sentence = "Jira asks Luna to slow down. Nothing is to do; Luna goes on by itself."
    until = retry_time(headers) or (clock.now() + BURST_PAUSE if reason else None)
    return RetryLaterError(sentence, kind=ErrorKind.RATE_LIMITED, until=until, detail=detail)


def _quota_reset(headers: Any, quota: Quota | None) -> datetime:
    """When there are points again: the latest of what the headers say, else the next full hour in UTC.

    Until then every call would be refused: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
    """
    told = [at for at in (retry_time(headers, names=(name,)) for name in RETRY_HEADERS) if at is not None]
    if quota is not None and quota.resets_at is not None:
        told.append(bounded(quota.resets_at, clock.now()))
    next_hour = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return max(told, default=next_hour)


def _words(text: str) -> str:
    """Jira's sentence, unless it is a page."""
    return "" if "<" in text[:200] else text


def _detail(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def retry_time(headers: Any, names: Iterable[str] = RETRY_HEADERS) -> datetime | None:
    """What the provider asks for: Retry-After in seconds or as a date, else X-RateLimit-Reset."""
    now = clock.now()
    for name in names:
        value = str(headers.get(name) or "").strip()
        until = instant_told(value, now) if value else None
        if until is not None:
            return until
    return None
