"""The calls that only Jira Data Center knows."""

from __future__ import annotations

from typing import Any

from integrations.account import Access
from integrations.sources.jira.client import JiraClient, issue_list
from integrations.sources.jira.refusals import Product, not_json
from luna.lib.http import Limits


class DataCenterClient(JiraClient):
    """https://developer.atlassian.com/server/jira/platform/rest/v10002/"""

    product = Product(
        "a Jira Data Center",
        "Jira did not accept this token. Most often it has expired or was revoked, or the account was closed. Make a "
        "new personal access token as the same account (profile, Personal Access Tokens) and enter it.",
    )
    api_version = "2"
    deployment_type = "Server"

    def __init__(self, access: Access, limits: Limits | None = None, *, is_bearer: bool = True) -> None:
        super().__init__(access, limits, is_bearer=is_bearer)

    def projects(self) -> list[dict[str, Any]]:
        """All of them in one answer."""
        found = self._get("project")
        if not isinstance(found, list):
            raise not_json()
        return [one for one in found if isinstance(one, dict)]

    def count(self, jql: str) -> int:
        """Exactly: the total of a page without issues."""
        total = self._search("search", jql, ["key"], startAt=0, maxResults=0).get("total")
        return total if isinstance(total, int) else 0

    def search(self, jql: str, *, fields: list[str], size: int, start: int = 0) -> dict[str, Any]:
        """One page of /search as it came: often shorter than `size`, which the site bounds."""
        return self._search("search", jql, fields, startAt=start, maxResults=size)

    def issues(self, ids: list[str], fields: list[str]) -> list[Any]:
        """Out of the search index. An id that isn't there is no error, but the site may answer fewer than it has."""
        return issue_list(self._lenient(f"id in ({', '.join(ids)})", fields, len(ids)))

    def ids_of(self, keys: list[str]) -> dict[str, str]:
        """The ids of issues by their keys, as far as the account may see them."""
        found = issue_list(self._lenient(f"key in ({', '.join(keys)})", ["key"], len(keys)))
        return {
            str(one.get("key")): str(one["id"]) for one in found if isinstance(one, dict) and one.get("id") is not None
        }

    def _lenient(self, jql: str, fields: list[str], size: int) -> dict[str, Any]:
        """What is there of what is named; a strict search would refuse all of it for one that is gone."""
        return self._search("search", jql, fields, startAt=0, maxResults=size, validateQuery="false")
