"""Calls to Asana through its SDK, each with a total deadline, and its errors in Luna's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Any

import asana
import requests
from asana.rest import ApiException
from django.conf import settings
from urllib3 import HTTPResponse

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
from integrations.unreachable import vendor_unreachable
from luna import clock
from luna.lib.http import Limits, guarded_session

PAGE_SIZE = 100
"""The most that Asana gives at once: https://developers.asana.com/docs/pagination"""
MAX_LIST_PAGES = 40
LONGEST_PAUSE = timedelta(hours=1)
_NEW_TOKEN = "Make a new personal access token in Asana and enter it under Settings, Integrations."  # noqa: S105

Json = dict[str, Any]


class OffsetExpiredError(RefusedError):
    """Asana forgot where a read had got to: it has to start again."""


class _GuardedPool:
    """Stands where the SDK keeps its urllib3 pool: every call goes through the guarded door, once."""

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def request(
        self,
        method: str,
        url: str,
        *,
        fields: list[tuple[str, str]] | None = None,
        body: str | None = None,
        headers: dict[str, str] | None = None,
        **_patience: object,
    ) -> HTTPResponse:
        """As urllib3.PoolManager.request; how long to wait is the door's affair."""
        answer = self._session.request(method, url, params=fields, data=body, headers=headers)
        return HTTPResponse(answer.content, answer.headers, answer.status_code, reason=answer.reason)


class AsanaClient:
    """The few calls that Luna makes. One client per piece of work."""

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        self.requests = 0
        self._session = guarded_session(limits, self._counted)
        self._sdk = _sdk(access, self._session)

    def _counted(self) -> None:
        self.requests += 1

    def close(self) -> None:
        """Let the kept connections go, and the SDK's threads."""
        self._session.close()
        self._sdk.pool.join()

    def me(self) -> Json:
        """The account that the token belongs to."""
        return _record(self._call(partial(asana.UsersApi(self._sdk).get_user, "me", {"opt_fields": "name,email"})))

    def workspaces(self) -> list[Json]:
        """Where the account is a member."""
        return self._all(asana.WorkspacesApi(self._sdk).get_workspaces, {"opt_fields": "name"})

    def projects(self, workspace: str) -> list[Json]:
        """The workspace's projects that the account may see, without those that were archived."""
        asked = {"workspace": workspace, "archived": "false", "opt_fields": "name"}
        return self._all(asana.ProjectsApi(self._sdk).get_projects, asked)

    def project(self, gid: str) -> Json:
        """One project's name."""
        return _record(self._call(partial(asana.ProjectsApi(self._sdk).get_project, gid, {"opt_fields": "name"})))

    def task_count(self, project: str) -> int | None:
        """How many tasks the project has, if Asana says so."""
        call = partial(asana.ProjectsApi(self._sdk).get_task_counts_for_project, project, {"opt_fields": "num_tasks"})
        found = _record(self._call(call)).get("num_tasks")
        return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None

    def sections(self, project: str) -> list[Json]:
        """The project's sections, in its order."""
        call = partial(asana.SectionsApi(self._sdk).get_sections_for_project, project)
        return self._all(call, {"opt_fields": "name"})

    def section(self, gid: str) -> Json:
        """One section's name and project."""
        asked = {"opt_fields": "name,project.name"}
        return _record(self._call(partial(asana.SectionsApi(self._sdk).get_section, gid, asked)))

    def tasks(
        self, chosen: dict[str, str], *, fields: Iterable[str], modified_since: datetime | None, offset: str | None
    ) -> Json:
        """One page of /tasks as it came. `chosen` names the project or the section. Raises OffsetExpiredError too.

        Only /tasks takes `modified_since`; /projects/…/tasks and /sections/…/tasks don't:
        https://developers.asana.com/reference/gettasks
        """
        asked: Json = chosen | {"limit": PAGE_SIZE, "opt_fields": ",".join(fields)}
        if modified_since is not None:
            asked["modified_since"] = modified_since.astimezone(UTC).isoformat(timespec="milliseconds")
        return self._page(asana.TasksApi(self._sdk).get_tasks, asked, offset)

    def _all(self, call: Callable[..., Any], asked: Json) -> list[Json]:
        """Page after page of a short list."""
        found: list[Json] = []
        offset: str | None = None
        for _ in range(MAX_LIST_PAGES):
            page = self._page(call, asked | {"limit": PAGE_SIZE}, offset)
            found += [one for one in page["data"] if isinstance(one, dict) and isinstance(one.get("gid"), str)]
            offset = next_offset(page)
            if offset is None:
                break
        return found

    def _page(self, call: Callable[..., Any], asked: Json, offset: str | None) -> Json:
        page = self._call(partial(call, asked | ({"offset": offset} if offset else {})))
        if not isinstance(page.get("data"), list):
            raise not_json()
        return page

    def _call(self, call: Callable[[], Any]) -> Json:
        try:
            answer = call()
        except ApiException as error:
            raise _named(error) from None
        except requests.RequestException as error:
            raise vendor_unreachable(error, "Asana") from None
        except UnicodeError:
            raise _token_refused("not sent") from None
        except (ValueError, RecursionError):
            raise not_json() from None
        if not isinstance(answer, dict):
            raise not_json()
        return answer


def _sdk(access: Access, session: requests.Session) -> Any:
    """The SDK without its own pool of connections, its retries, its page iterators and its threads."""
    configuration = asana.Configuration()
    for logger in configuration.logger.values():
        logger.removeHandler(configuration.logger_stream_handler)
    configuration.host = (access.base_url or settings.ASANA_URL).rstrip("/")
    configuration.access_token = access.secret.reveal()
    configuration.return_page_iterator = False
    sdk = asana.ApiClient(configuration)
    sdk.pool.close()  # threads for asynchronous calls, which Luna doesn't make
    sdk.rest_client.pool_manager = _GuardedPool(session)
    return sdk


def next_offset(page: Json) -> str | None:
    """Where the next page begins; None at the end, which Asana tells by null or by nothing."""
    following = page.get("next_page")
    offset = following.get("offset") if isinstance(following, dict) else None
    return offset if isinstance(offset, str) and offset else None


def not_json() -> ProviderError:
    """What came is no data of Asana's."""
    return NeedsAttentionError(
        "The address answers with a web page instead of Asana’s data. A proxy or sign-in page may stand before it: "
        "ask the network’s admin.",
        kind=ErrorKind.WRONG_PRODUCT,
        detail="200, not JSON",
    )


def _record(answer: Json) -> Json:
    data = answer.get("data")
    if not isinstance(data, dict):
        raise not_json()
    return data


def _named(error: ApiException) -> ProviderError:
    """By status, with Asana's own words. The SDK's text is never shown whole: it holds headers and bodies.

    https://developers.asana.com/docs/errors
    """
    status = error.status or 0
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR or not status:
        return _temporary(error, status)
    if status == HTTPStatus.UNAUTHORIZED:
        return _token_refused(_detail(status))
    return _refused(status, _words(error.body))


def _token_refused(detail: str) -> ProviderError:
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


def _temporary(error: ApiException, status: int) -> RetryLaterError:
    """What passes by itself, and when Asana says so."""
    until = _retry_time(error.headers or {})
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "Asana asks Luna to slow down. Nothing is to do; Luna goes on by itself."
        return RetryLaterError(sentence, kind=ErrorKind.RATE_LIMITED, until=until, detail=_detail(status))
    sentence = "Asana has trouble of its own. Nothing is to do; Luna tries again."
    return RetryLaterError(sentence, until=until, detail=_detail(status))


def _words(body: Any) -> str:
    """Asana's sentence out of `{"errors": [{"message": …}]}`; empty when something else came."""
    try:
        errors = json.loads(body)["errors"]
        return str(errors[0]["message"])
    except (TypeError, ValueError, LookupError, RecursionError):
        return ""


def _detail(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _retry_time(headers: Any) -> datetime | None:
    """What Retry-After asks for, in seconds or (from a proxy) as a date; at most an hour away.

    https://developers.asana.com/docs/rate-limits
    """
    now = clock.now()
    value = str(headers.get("Retry-After") or "").strip()
    if value.isdecimal():
        return now + min(timedelta(seconds=int(value[:9])), LONGEST_PAUSE)
    try:
        named = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    named = named if named.tzinfo else named.replace(tzinfo=UTC)
    return min(max(named, now), now + LONGEST_PAUSE)
