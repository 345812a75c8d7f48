"""The calls that only Jira Data Center knows."""

from __future__ import annotations

from typing import Any

from integrations.account import Access
from integrations.sources.jira.client import JiraClient
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
