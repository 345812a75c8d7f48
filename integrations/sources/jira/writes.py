"""The one addition to Jira: a web link on an issue, known by Luna's own global id, so that writing it again updates it.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/
Needs the project permission “Link issues”, and of a token with scopes `write:jira-work`. Jira tells nobody of it.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests
from jira.exceptions import JIRAError

from integrations.errors import ErrorKind, NotFoundError, RefusedError
from integrations.sources.jira.client import JiraClient
from integrations.sources.jira.refusals import not_json
from integrations.sources.writing import Note, Writer
from integrations.unreachable import maybe_done, unclear
from luna.lib.text import clean_line

LONGEST = 255
"""Of a title, a summary and a global id."""
MAY_NOT = (
    "Jira does not let this account link issues. Give it the permission “Link issues” in the project; a token with "
    "scopes needs write:jira-work, too."
)
NOT_SHOWN = "Jira no longer shows this issue to the account, so Luna can’t take its link back. Look there yourself."


class RemoteLinksClient(JiraClient):
    """The calls about web links."""

    def keep(self, issue_id: str, link: dict[str, Any]) -> None:
        """Create the link, or update the one with its global id. Raises AmbiguousError when it may have been done."""
        self._call(partial(self._kept, issue_id, link))

    def _kept(self, issue_id: str, link: dict[str, Any]) -> None:
        try:
            answer = self._sdk._session.post(self._links_of(issue_id), json=link)
            found = answer.json()
            if not isinstance(found, dict) or "id" not in found:
                raise maybe_done("Jira")
        except JIRAError as error:
            if (error.status_code or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise maybe_done("Jira") from None
            raise
        except requests.exceptions.JSONDecodeError:
            raise maybe_done("Jira") from None
        except requests.RequestException as error:
            lost = unclear(error, "Jira")
            if lost is not None:
                raise lost from None
            raise

    def has(self, issue_id: str, global_id: str) -> bool:
        """Whether the issue has a link with this id. Raises NotFoundError where the account does not see the issue.

        Jira's 404 does not tell a link that is gone from an issue that is hidden.
        """
        try:
            found = self._get(f"issue/{quote(issue_id, safe='')}/remotelink", globalId=global_id)
        except NotFoundError:
            self.issue(issue_id, ["id"])
            return False
        if not isinstance(found, dict):
            raise not_json()
        return found.get("globalId") == global_id

    def drop(self, issue_id: str, global_id: str) -> None:
        """Delete it. Raises NotFoundError where there is no such link, or no such issue."""
        asked = {"globalId": global_id}
        self._call(lambda: self._sdk._session.delete(self._links_of(issue_id), params=asked))

    def _links_of(self, issue_id: str) -> str:
        return str(self._sdk._get_url(f"issue/{quote(issue_id, safe='')}/remotelink"))


class JiraWriter(Writer[RemoteLinksClient]):
    """See integrations.sources.writing.LinkWriter."""

    may_not = MAY_NOT

    def write(self, task_id: str, note: Note, mark: str) -> str:
        """One link on the issue; its id is the global one."""
        shown = {"url": note.url, "title": clean_line(note.title, limit=LONGEST)}
        if note.outcome:
            shown["summary"] = clean_line(note.outcome, limit=LONGEST)
        link = {
            "globalId": _global_id(mark),
            "application": {"type": "luna", "name": "Luna"},
            "relationship": "serves",
            "object": shown,
        }
        with self._right_to_write():
            self._client.keep(task_id, link)
        return _global_id(mark)

    def find(self, task_id: str, mark: str) -> str:
        """By its global id."""
        with self._right_to_write():
            return _global_id(mark) if self._client.has(task_id, _global_id(mark)) else ""

    def remove(self, task_id: str, remote_id: str, _mark: str) -> None:
        """Delete it by its global id; an issue that is hidden is not taken for a link that is gone."""
        try:
            with self._right_to_write():
                self._client.drop(task_id, remote_id)
        except NotFoundError:
            self._must_be_shown(task_id)

    def _must_be_shown(self, task_id: str) -> None:
        try:
            self._client.issue(task_id, ["id"])
        except NotFoundError as error:
            raise RefusedError(NOT_SHOWN, kind=ErrorKind.NO_RIGHTS, detail=error.detail) from None


def _global_id(mark: str) -> str:
    """What tells Luna's link from every other one on the issue."""
    return f"appId=luna&url={mark}"[:LONGEST]
