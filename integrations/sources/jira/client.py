"""Calls to Jira Cloud through the `jira` SDK, each with a total deadline, and its errors in Luna's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import requests
from jira import JIRA
from jira.exceptions import JIRAError

from integrations.account import Access
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
from luna.lib.http import AddressRefusedError, BodyTooLargeError, Limits, RedirectRefusedError, guarded

PROJECTS_PAGE = 50
MAX_PROJECT_PAGES = 40
LONGEST_PAUSE = timedelta(hours=1)

Answer = TypeVar("Answer")


class JiraClient:
    """The few calls that Luna makes. One client per piece of work: the SDK's session is not for several threads."""

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self.requests = 0
        self._sdk = JIRA(
            server=access.base_url,
            basic_auth=(access.account, access.secret.reveal()),
            options={"rest_api_version": "3"},
            get_server_info=False,
            logging=False,
            max_retries=0,
            timeout=(limits.connect_seconds, limits.read_seconds),
        )
        # Without it the SDK's cloud calls answer None: https://github.com/pycontribs/jira/issues/2369
        self._sdk.deploymentType = "Cloud"
        guarded(self._sdk._session, limits, self._counted)

    def _counted(self) -> None:
        self.requests += 1

    def close(self) -> None:
        """Let the kept connections go."""
        self._sdk._session.close()

    def server_info(self) -> dict[str, Any]:
        """What kind of Jira answers. Asked without credentials, lest a wrong token look like a wrong address."""
        url = self._sdk._get_url("serverInfo")
        return _object(self._call(lambda: self._sdk._session.get(url, auth=_anonymous).json()))

    def myself(self) -> dict[str, Any]:
        """The account that the token belongs to."""
        return _object(self._call(self._sdk.myself))

    def projects(self) -> list[dict[str, Any]]:
        """Every project that the account may browse."""
        found: list[dict[str, Any]] = []
        for _ in range(MAX_PROJECT_PAGES):
            asked = {"startAt": len(found), "maxResults": PROJECTS_PAGE, "orderBy": "key"}
            page = _object(self._call(partial(self._sdk._get_json, "project/search", params=asked)))
            values = [value for value in page.get("values") or [] if isinstance(value, dict)]
            found += values
            if page.get("isLast", True) or not values:
                break
        return found

    def count(self, jql: str) -> int:
        """About how many issues the query finds."""
        found = self._call(lambda: self._sdk.approximate_issue_count(jql))
        return found if isinstance(found, int) else 0

    def search(self, jql: str, *, fields: list[str], size: int, token: str | None = None) -> dict[str, Any]:
        """One page of /search/jql as it came."""
        asked = {"jql": jql, "fields": fields, "maxResults": size} | ({"nextPageToken": token} if token else {})
        # The SDK's own search would fetch the list of fields first, and wrap every issue in a slow object.
        return _object(self._call(partial(self._sdk._get_json, "search/jql", params=asked, use_post=True)))

    def _call(self, call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        except JIRAError as error:
            raise _named(error) from None
        except requests.exceptions.JSONDecodeError:
            raise not_json() from None
        except requests.RequestException as error:
            raise _unreachable(error) from None
        except (ValueError, RecursionError):
            raise not_json() from None


def not_json() -> ProviderError:
    """What came is no data of Jira's."""
    return NeedsAttentionError(
        "The address answers with a web page instead of Jira’s data. Most often a sign-in page or a proxy stands "
        "before it: check the address, and that API tokens are allowed there.",
        kind=ErrorKind.WRONG_PRODUCT,
        detail="200, not JSON",
    )


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise not_json()
    return value


def _unreachable(error: requests.RequestException) -> ProviderError:
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


def _named(error: JIRAError) -> ProviderError:
    """By status, with Jira's own words. The SDK's text is never shown whole: it holds headers and bodies."""
    status = error.status_code or 0
    detail = _detail(status)
    words = quoted(_words(error.text or ""))
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR or not status:
        return _temporary(error, status)
    if status == HTTPStatus.UNAUTHORIZED:
        return NeedsAttentionError(
            "Jira did not accept this e-mail and token together. Most often the token was made by another person, or "
            "has expired: Atlassian ends tokens after a year at most. Make a new one as the same account and enter it.",
            kind=ErrorKind.SIGN_IN_REFUSED,
            detail=detail,
        )
    if status == HTTPStatus.FORBIDDEN:
        return NeedsAttentionError(
            f"Jira refuses this account: {words or 'no permission'}. Give it the right to browse the projects, or "
            "solve the CAPTCHA by signing in once in a browser.",
            kind=ErrorKind.MISSING_SCOPE,
            detail=detail,
        )
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.METHOD_NOT_ALLOWED}:
        return NotFoundError(
            f"There is no such page at this address ({words or detail}). Check that it is that of a Jira Cloud site.",
            kind=ErrorKind.WRONG_PRODUCT,
            detail=detail,
        )
    sentence = f"Jira does not accept this query: {words or detail}. Change it until Check finds tasks."
    return RefusedError(sentence, kind=ErrorKind.BAD_QUERY, detail=detail)


def _temporary(error: JIRAError, status: int) -> RetryLaterError:
    """What passes by itself, and when Jira says so."""
    until = retry_time(error.response.headers if error.response is not None else {})
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "Jira asks Luna to slow down. Nothing is to do; Luna goes on by itself."
        return RetryLaterError(sentence, kind=ErrorKind.RATE_LIMITED, until=until, detail=_detail(status))
    sentence = "Jira has trouble of its own. Nothing is to do; Luna tries again."
    return RetryLaterError(sentence, until=until, detail=_detail(status))


def _words(text: str) -> str:
    """Jira's sentence, unless it is a page."""
    return "" if "<" in text[:200] else text


def _detail(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def retry_time(headers: Any) -> datetime | None:
    """What the provider asks for: Retry-After in seconds or as a date, else X-RateLimit-Reset; at most an hour away."""
    now = clock.now()
    for name in ("Retry-After", "X-RateLimit-Reset"):
        value = str(headers.get(name) or "").strip()
        until = _instant(value, now) if value else None
        if until is not None:
            return min(max(until, now), now + LONGEST_PAUSE)
    return None


def _instant(value: str, now: datetime) -> datetime | None:
    if value.isdecimal():
        return now + timedelta(seconds=min(int(value[:9]), 10**6))
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(value)
        except (TypeError, ValueError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
