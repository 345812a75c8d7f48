"""Jira Cloud as a source of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from integrations.account import Access, Project
from integrations.sources.base import IdPage, Page
from integrations.sources.jira import jql
from integrations.sources.jira.client import issue_list
from integrations.sources.jira.cloud.client import CloudClient
from integrations.sources.jira.mapping import read_versions
from integrations.sources.jira.refusals import endless
from integrations.sources.jira.source import JiraSource, projects_in
from luna.lib.http import Limits

IDS_PAGE = 5000
"""The most that Jira gives of anything; with any field it gives fewer, and never says how many."""


class CloudSource(JiraSource):
    """Pages go on by a token that stands for a place in the order, so nothing is lost when issues move meanwhile."""

    product_name = "Jira Cloud"
    _client: CloudClient

    def __init__(
        self,
        access: Access,
        offered: Iterable[Mapping[str, str]] | None,
        limits: Limits | None = None,
        *,
        is_bearer: bool = False,
    ) -> None:
        super().__init__(access, offered, CloudClient(access, limits, is_bearer=is_bearer))

    def is_this_product(self, info: Mapping[str, Any]) -> bool:
        """By `deploymentType`, which Cloud always names."""
        return info.get("deploymentType") == "Cloud"

    @property
    def has_more_projects(self) -> bool:
        """Whether the account may browse more of them than Luna lists."""
        return self._client.has_more_projects

    def projects_with(self, words: str) -> list[Project]:
        """Those that Jira finds by them."""
        return projects_in(self._client.projects_with(words))

    def _search(self, text: str, size: int) -> dict[str, Any]:
        return self._client.search(text, fields=self._asked_fields(), size=size)

    def _read_page(self, limited: str, since_ms: int | None, token: str | None, size: int) -> Page:
        """A page may be short, and `isLast` wrong: only a missing token ends it (JRACLOUD-95477)."""
        text = jql.changed_since(limited, since_ms)
        answer = self._client.search(text, fields=self._asked_fields(), size=size, token=token)
        return self._page_of(answer, _following(answer, token))

    def _read_ids(self, limited: str, token: str | None) -> IdPage:
        text = jql.in_order_of_creation(limited)
        answer = self._client.search(text, fields=["updated"], size=IDS_PAGE, token=token)
        issues = issue_list(answer)
        ids = tuple(str(one["id"]) for one in issues if isinstance(one, Mapping) and one.get("id"))
        return IdPage(ids, _following(answer, token), read_versions(issues))

    def _epic_condition(self, key: str) -> str:
        return jql.parent_condition(key)


def _following(answer: Mapping[str, Any], token: str | None) -> str | None:
    """Where the next page begins; None behind the last. Raises RefusedError where the same page would come again."""
    following = answer.get("nextPageToken")
    if not isinstance(following, str) or not following:
        return None
    if following == token and answer.get("isLast") is not True:
        raise endless()
    return None if following == token else following


def open_source(access: Access, offered: Iterable[Mapping[str, str]] | None) -> CloudSource:
    """What the registry calls."""
    return CloudSource(access, offered)
