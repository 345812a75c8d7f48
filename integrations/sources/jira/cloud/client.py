"""The calls that only Jira Cloud knows."""

from __future__ import annotations

from functools import partial
from typing import Any

from integrations.account import Access
from integrations.sources.jira.client import JiraClient, issue_list
from integrations.sources.jira.cloud.addresses import gateway
from integrations.sources.jira.cloud.oauth import FreshToken, grant_in
from integrations.sources.jira.refusals import Product, not_json
from luna.lib.http import Limits

PROJECTS_PAGE = 50
MAX_PROJECT_PAGES = 40


class CloudClient(JiraClient):
    """https://developer.atlassian.com/cloud/jira/platform/rest/v3/"""

    product = Product(
        "a Jira Cloud site",
        "Jira did not accept this e-mail and token together. Most often the token was made by another person, or "
        "has expired: Atlassian ends tokens after a year at most. Make a new one as the same account and enter it.",
    )
    api_version = "3"
    deployment_type = "Cloud"

    def __init__(self, access: Access, limits: Limits | None = None, *, is_bearer: bool = False) -> None:
        grant = grant_in(access.secret)
        auth = FreshToken(access, grant) if grant else None
        super().__init__(access, limits, is_bearer=is_bearer, root=gateway(access), auth=auth)
        self.has_more_projects = False

    def projects(self) -> list[dict[str, Any]]:
        """Page after page. `has_more_projects` says whether these are not all."""
        return self._projects(MAX_PROJECT_PAGES, {})

    def projects_with(self, words: str) -> list[dict[str, Any]]:
        """The first of those that have the words in their name or key.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-search-get
        """
        return self._projects(1, {"query": words})

    def _projects(self, most_pages: int, wanted: dict[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        self.has_more_projects = False
        for _ in range(most_pages):
            asked = {"startAt": len(found), "maxResults": PROJECTS_PAGE, "orderBy": "key", "action": "browse"}
            page = self._get("project/search", **asked, **wanted)
            # The SDK makes {} of an empty body, which a connection leaves that closes too early.
            if not isinstance(page, dict) or not isinstance(page.get("values"), list):
                raise not_json()
            values = [value for value in page["values"] if isinstance(value, dict)]
            found += values
            if page.get("isLast", True) or not values:
                return found
        self.has_more_projects = True
        return found

    def count(self, jql: str) -> int:
        """As the search index has it, which lags a little."""
        found = self._call(lambda: self._sdk.approximate_issue_count(jql))
        return found if isinstance(found, int) else 0

    def search(self, jql: str, *, fields: list[str], size: int, token: str | None = None) -> dict[str, Any]:
        """One page of /search/jql as it came."""
        following = {"nextPageToken": token} if token else {}
        return self._search("search/jql", jql, fields, maxResults=size, **following)

    def issues(self, ids: list[str], fields: list[str]) -> list[Any]:
        """Out of the database, past the search index: at most 100, whatever their keys are by now.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post
        """
        asked = {"issueIdsOrKeys": ids, "fields": fields}
        answer = self._call(partial(self._sdk._get_json, "issue/bulkfetch", params=asked, use_post=True))
        return issue_list(answer)
