"""Calls to Asana through its SDK, each with a total deadline, and its errors in Luna's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any

import asana
import requests
from asana.rest import ApiException
from django.conf import settings
from urllib3 import HTTPResponse

from integrations.account import Access
from integrations.errors import ErrorKind, ProviderError, RefusedError, RetryLaterError
from integrations.sources.asana import refusals
from integrations.sources.asana.grants import access_token, grant_of
from integrations.sources.asana.refusals import not_json, token_refused
from integrations.sources.base import RateLimits
from integrations.unreachable import vendor_unreachable
from luna.lib.http import Limits, guarded_session

PAGE_SIZE = 100
"""The most that Asana gives at once: https://developers.asana.com/docs/pagination"""
MAX_LIST_PAGES = 40
BATCH_SIZE = 10
"""How many reads go into one call: https://developers.asana.com/docs/batch-requests"""

Json = dict[str, Any]


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
        # Given as a file: of empty bytes urllib3 makes None, which the SDK would decode. It was unpacked by the door.
        return HTTPResponse(
            BytesIO(answer.content),
            answer.headers,
            answer.status_code,
            reason=answer.reason,
            decode_content=False,
            enforce_content_length=False,
        )


class AsanaClient:
    """The few calls that Luna makes. One client per piece of work."""

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        self.requests = 0
        self.was_cut_off = False
        """Whether a list had more pages than Luna reads."""
        self.rate_limits = RateLimits()
        """Asana tells of its limits only in refusing: https://developers.asana.com/docs/rate-limits"""
        self._session = guarded_session(limits, self._counted)
        self._sdk = _sdk(access, self._session)
        self._grant = grant_of(access.secret)
        """What an access token is still to be asked for with."""

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
        """One project's name, and its workspace's."""
        asked = {"opt_fields": "name,workspace.name"}
        return _record(self._call(partial(asana.ProjectsApi(self._sdk).get_project, gid, asked)))

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

    def several(
        self, paths: Sequence[str], *, fields: Iterable[str], offsets: Sequence[str | None] = ()
    ) -> list[Json | RefusedError]:
        """What each of at most BATCH_SIZE paths answers, in their order, by one call. With `offsets` they are lists.

        Each counts against the limit. What is no matter of a single one is raised.
        """
        options: list[Json] = [{"fields": list(fields)} for _ in paths]
        for place, offset in enumerate(offsets):
            options[place] |= {"limit": PAGE_SIZE} | ({"offset": offset} if offset else {})
        actions = [
            {"relative_path": path, "method": "get", "options": asked}
            for path, asked in zip(paths, options, strict=True)
        ]
        body = {"data": {"actions": actions}}
        found = self._call(partial(asana.BatchAPIApi(self._sdk).create_batch_request, body, {})).get("data")
        if not isinstance(found, list) or len(found) != len(actions):
            raise not_json()
        return [self._one_of_several(answer) for answer in found]

    def _one_of_several(self, answer: Any) -> Json | RefusedError:
        status = answer.get("status_code") if isinstance(answer, dict) else None
        if not isinstance(status, int):
            raise not_json()
        body, headers = answer.get("body"), answer.get("headers")
        if status < HTTPStatus.MULTIPLE_CHOICES and isinstance(body, dict):
            return body
        error = self._noted(refusals.named(status, body, headers if isinstance(headers, dict) else {}))
        if isinstance(error, RefusedError):
            return error
        raise error

    def events(self, resource: str, sync: str) -> Json:
        """What happened to a project since the token, at most 100 at once. Raises SyncTokenExpiredError too.

        https://developers.asana.com/reference/getevents. The SDK's own iterator repeats the first page for ever:
        https://github.com/Asana/python-asana/issues/200
        """
        answer = self._call(partial(asana.EventsApi(self._sdk).get_events, resource, {"sync": sync} if sync else {}))
        if not isinstance(answer.get("data"), list) or not isinstance(answer.get("sync"), str):
            raise not_json()
        return answer

    def _all(self, call: Callable[..., Any], asked: Json) -> list[Json]:
        """Page after page of a short list."""
        found: list[Json] = []
        offset: str | None = None
        for _ in range(MAX_LIST_PAGES):
            page = self._page(call, asked | {"limit": PAGE_SIZE}, offset)
            found += [one for one in page["data"] if isinstance(one, dict) and isinstance(one.get("gid"), str)]
            offset = next_offset(page)
            if offset is None:
                return found
        self.was_cut_off = True
        return found

    def _page(self, call: Callable[..., Any], asked: Json, offset: str | None) -> Json:
        page = self._call(partial(call, asked | ({"offset": offset} if offset else {})))
        if not isinstance(page.get("data"), list):
            raise not_json()
        return page

    def _call(self, call: Callable[[], Any]) -> Json:
        try:
            self._sign_in()
            answer = call()
        except ApiException as error:
            # The SDK's text is never shown whole: it holds headers and bodies.
            raise self._noted(refusals.named(error.status or 0, error.body, error.headers or {})) from None
        except requests.RequestException as error:
            raise vendor_unreachable(error, "Asana") from None
        except UnicodeError:
            raise token_refused("not sent") from None
        except (ValueError, RecursionError):
            raise not_json() from None
        if not isinstance(answer, dict):
            raise not_json()
        self.rate_limits = RateLimits()
        return answer

    def _sign_in(self) -> None:
        """Asana's access tokens last longer than any client."""
        if self._grant is not None:
            self._sdk.configuration.access_token = access_token(self._session, self._grant)
            self._grant = None

    def _noted(self, error: ProviderError) -> ProviderError:
        self.rate_limits = RateLimits()
        if isinstance(error, RetryLaterError) and error.kind == ErrorKind.RATE_LIMITED:
            self.rate_limits = RateLimits(remaining=0, resets_at=error.until)
        return error


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


def _record(answer: Json) -> Json:
    data = answer.get("data")
    if not isinstance(data, dict):
        raise not_json()
    return data
