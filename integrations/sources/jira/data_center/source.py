"""Jira Data Center as a source of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from integrations.account import Access
from integrations.errors import RefusedError
from integrations.sources.base import FETCH_SIZE, IdPage, Page
from integrations.sources.jira import jql
from integrations.sources.jira.client import issue_list
from integrations.sources.jira.data_center.client import DataCenterClient
from integrations.sources.jira.data_center.paging import START, Place
from integrations.sources.jira.mapping import Reading, epic_key, read_created_ms, read_versions
from integrations.sources.jira.refusals import endless, not_json
from integrations.sources.jira.source import JiraSource
from luna.lib.http import Limits

IDS_PAGE = 1000
"""What a site gives at most, as it is delivered (jira.search.views.default.max)."""


class DataCenterSource(JiraSource):
    """Pages go on by number; `paging.py` says how nothing is lost when issues move meanwhile."""

    product_name = "Jira Data Center"
    _client: DataCenterClient

    def __init__(
        self,
        access: Access,
        offered: Iterable[Mapping[str, str]] | None,
        limits: Limits | None = None,
        *,
        is_bearer: bool = True,
    ) -> None:
        super().__init__(access, offered, DataCenterClient(access, limits, is_bearer=is_bearer))
        self._epic_ids: dict[str, str] = {}

    def is_this_product(self, info: Mapping[str, Any]) -> bool:
        """`Server`, also of a Data Center; old ones name no deployment type, but a version."""
        return info.get("deploymentType") in {"Server", "Data Center", None} and bool(info.get("version"))

    def _search(self, text: str, size: int) -> dict[str, Any]:
        return self._client.search(text, fields=self._asked_fields(), size=size)

    def _read_page(self, limited: str, since_ms: int | None, token: str | None, size: int) -> Page:
        place = Place.loaded(token) if token else START
        since = max((ms for ms in (since_ms, place.since_ms) if ms is not None), default=None)
        text = jql.changed_since(limited, since)
        answer = self._client.search(text, fields=self._asked_fields(), size=size, start=place.at)
        issues = answer.get("issues")
        if not isinstance(issues, list):
            raise not_json()
        marks = tuple(_mark(issue) for issue in issues)
        if place.is_repeated(marks):
            raise endless()
        if place.has_lost_its_place(marks):
            return Page((), next_token=place.back().dumped())
        page = self._page_of({"issues": _unread(issues, marks, place.tail)})
        newest = max((int(record.updated_at.timestamp()) * 1000 for record in page.records), default=None)
        following = place.after(marks, total=answer.get("total"), newest_ms=newest)
        return replace(page, next_token=following.dumped() if following else None)

    def _read_ids(self, limited: str, token: str | None) -> IdPage:
        """By number as well, and in windows of creation: what goes meanwhile moves the rest up, as in `page`."""
        place = Place.loaded(token) if token else START
        text = jql.in_order_of_creation(limited, place.since_ms)
        answer = self._client.search(text, fields=["created", "updated"], size=IDS_PAGE, start=place.at)
        issues = issue_list(answer)
        marks = tuple(str(issue.get("id")) if isinstance(issue, Mapping) else "" for issue in issues)
        if place.is_repeated(marks):
            raise endless()
        if place.has_lost_its_place(marks):
            return IdPage((), place.back().dumped())
        newest = max((ms for ms in map(read_created_ms, issues) if ms is not None), default=None)
        following = place.after(marks, total=answer.get("total"), newest_ms=newest)
        ids = tuple(mark for mark in marks if mark not in {*place.tail, ""})
        return IdPage(ids, following.dumped() if following else None, read_versions(issues))

    def _asked_fields(self) -> list[str]:
        return [*super()._asked_fields(), *([self._fields.epic_link] if self._fields.epic_link else [])]

    def _reading(self, issues: list[Any]) -> Reading:
        """With the ids of the epics above them: an Epic Link tells a key, which may change."""
        keys = {epic_key(issue, self._fields.epic_link) for issue in issues} - set(self._epic_ids)
        asked = sorted(key for key in keys if jql.is_key(key))
        for start in range(0, len(asked), FETCH_SIZE):
            some = asked[start : start + FETCH_SIZE]
            try:
                self._epic_ids |= dict.fromkeys(some, "") | self._client.ids_of(some)
            except RefusedError:
                # A parent that nobody can name costs no task.
                self._epic_ids |= dict.fromkeys(some, "")
        return replace(super()._reading(issues), epic_ids=self._epic_ids)

    def _epic_condition(self, key: str) -> str:
        return jql.epic_link_condition(key, self._fields.epic_link)


def _mark(issue: Any) -> str:
    """What tells an issue from another, and from itself before it changed."""
    fields = issue.get("fields") if isinstance(issue, Mapping) else None
    updated = fields.get("updated") if isinstance(fields, Mapping) else None
    return f"{issue.get('id') if isinstance(issue, Mapping) else issue} {updated}"[:120]


def _unread(issues: list[Any], marks: tuple[str, ...], tail: tuple[str, ...]) -> list[Any]:
    known = set(tail)
    return [issue for issue, mark in zip(issues, marks, strict=True) if mark not in known]


def open_source(access: Access, offered: Iterable[Mapping[str, str]] | None) -> DataCenterSource:
    """What the registry calls."""
    return DataCenterSource(access, offered)
