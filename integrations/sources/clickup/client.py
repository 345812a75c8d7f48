"""Calls to ClickUp's API v2, each with a total deadline, and its errors in Luna's words."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings
from requests.exceptions import InvalidHeader

from integrations.account import Access
from integrations.domain.types import RemovedWhy
from integrations.sources.base import RateLimits
from integrations.sources.clickup.grants import authorization
from integrations.sources.clickup.limits import limits_told
from integrations.sources.clickup.refusals import consent_refused, gone_why, named, no_data, no_token
from integrations.unreachable import vendor_unreachable
from luna.lib.http import Limits, guarded_session

Json = dict[str, Any]


class ClickUpClient:
    """The few calls that Luna makes; paths as in https://developer.clickup.com/reference."""

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        self.requests = 0
        self.rate_limits = RateLimits()
        self._root = (access.base_url or settings.CLICKUP_URL).rstrip("/")
        self._session = guarded_session(limits, self._counted)
        self._session.headers["Authorization"] = authorization(access.secret)

    def _counted(self) -> None:
        self.requests += 1

    def close(self) -> None:
        """Let the kept connections go."""
        self._session.close()

    def user(self) -> Json:
        """The account that the token belongs to."""
        found = self._get("user").get("user")
        if not isinstance(found, dict):
            raise no_data()
        return found

    def workspaces(self) -> list[Json]:
        """What the API calls teams."""
        return _rows(self._get("team"), "teams")

    def spaces(self, workspace_id: str) -> list[Json]:
        """The spaces of a workspace that are in use."""
        return _rows(
            self._get(f"team/{workspace_id}/space", about=f"workspace {workspace_id}", archived="false"), "spaces"
        )

    def folders(self, space_id: str) -> list[Json]:
        """The folders of a space that are in use."""
        return _rows(self._get(f"space/{space_id}/folder", about=f"space {space_id}", archived="false"), "folders")

    def folderless_lists(self, space_id: str) -> list[Json]:
        """The lists that stand in a space by themselves."""
        return _rows(self._get(f"space/{space_id}/list", about=f"space {space_id}", archived="false"), "lists")

    def lists(self, folder_id: str) -> list[Json]:
        """The lists of a folder."""
        return _rows(self._get(f"folder/{folder_id}/list", about=f"folder {folder_id}", archived="false"), "lists")

    def types(self, workspace_id: str) -> list[Json]:
        """The types of tasks that the teams of a workspace made."""
        about = f"workspace {workspace_id}"
        return _rows(self._get(f"team/{workspace_id}/custom_item", about=about), "custom_items")

    def list(self, list_id: str) -> Json:
        """One list: its name, and about how many tasks it holds."""
        return self._get(f"list/{list_id}", about=f"list {list_id}")

    def tasks(self, list_id: str, **asked: str) -> Json:
        """One page of a list's tasks as it came; `tasks` in it is a list."""
        answer = self._get(f"list/{list_id}/task", about=f"list {list_id}", **asked)
        if not isinstance(answer.get("tasks"), list):
            raise no_data()
        return answer

    def task(self, task_id: str) -> Json | RemovedWhy:
        """One task, or why ClickUp does not show it any more."""
        answer, found = self._answer(f"task/{quote(task_id, safe='')}")
        why = gone_why(answer.status_code, found)
        return self._object(answer, found, about="") if why is None else why

    def token(self, client_id: str, client_secret: str, code: str) -> str:
        """What the consent page's code is good for, once: https://developer.clickup.com/reference/getaccesstoken"""
        asked = {"client_id": client_id, "client_secret": client_secret, "code": code}
        try:
            answer = self._session.post(f"{self._root}/oauth/token", json=asked)
        except requests.RequestException as error:
            raise vendor_unreachable(error, "ClickUp") from None
        found = _json(answer)
        token = found.get("access_token") if isinstance(found, dict) else None
        if not answer.ok or not isinstance(token, str) or not token:
            raise consent_refused(answer.status_code, answer.headers, found)
        return token

    def _get(self, path: str, *, about: str = "", **asked: str) -> Json:
        answer, found = self._answer(path, **asked)
        return self._object(answer, found, about=about)

    def _answer(self, path: str, **asked: str) -> tuple[requests.Response, Any]:
        try:
            answer = self._session.get(f"{self._root}/{path}", params=asked)
        except (InvalidHeader, UnicodeError):
            raise no_token() from None
        except requests.RequestException as error:
            raise vendor_unreachable(error, "ClickUp") from None
        self.rate_limits = limits_told(answer.headers) or self.rate_limits
        return answer, _json(answer)

    def _object(self, answer: requests.Response, found: Any, *, about: str) -> Json:
        """The answer's object, unless it is a refusal; `about` as in `refusals.named`."""
        if not answer.ok or (isinstance(found, dict) and "err" in found and "ECODE" in found):
            raise named(answer.status_code, answer.headers, found, about=about)
        if not isinstance(found, dict):
            raise no_data()
        return found


def _json(answer: requests.Response) -> Any:
    """The answer's JSON, None where it is none."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _rows(answer: Json, name: str) -> list[Json]:
    """The objects with an id in the list called `name`."""
    rows = answer.get(name)
    if not isinstance(rows, list):
        raise no_data()
    return [row for row in rows if isinstance(row, dict) and str(row.get("id") or "").isalnum()]
