"""The one addition to ClickUp: a comment on a task. https://developer.clickup.com/reference/createtaskcomment

It has no key of its own: after an unclear answer Luna looks for it among the task's comments before it writes again.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

import requests
from requests.exceptions import InvalidHeader

from integrations.account import Access
from integrations.errors import CannotLookUpError
from integrations.sources.clickup.client import ClickUpClient, Json
from integrations.sources.clickup.limits import limits_told
from integrations.sources.clickup.refusals import no_data, no_token
from integrations.sources.writing import CommentWriter, is_own
from integrations.unreachable import maybe_done, unclear, vendor_unreachable

MOST_PAGES = 40
"""Of 25 comments each."""


class _CommentsClient(ClickUpClient):
    """The calls about comments."""

    def comment(self, task_id: str, text: str) -> str:
        """Only those hear of it who follow the task."""
        body = {"comment_text": text, "notify_all": False}
        path = f"task/{quote(task_id, safe='')}/comment"
        made = self._send("POST", path, about=f"task {task_id}", body=body).get("id")
        if not isinstance(made, int | str) or not made:
            raise maybe_done("ClickUp")
        return str(made)

    def comments(self, task_id: str, **before: str) -> list[Json]:
        """25 of a task's, the newest first, older than the one that `start` and `start_id` name."""
        path = f"task/{quote(task_id, safe='')}/comment"
        found = self._send("GET", path, about=f"task {task_id}", params=before).get("comments")
        if not isinstance(found, list):
            raise no_data()
        return [one for one in found if isinstance(one, dict)]

    def delete(self, comment_id: str) -> None:
        """Raises NotFoundError where it is gone."""
        self._send("DELETE", f"comment/{quote(comment_id, safe='')}", about=f"comment {comment_id}")

    def _send(
        self, method: str, path: str, *, about: str, body: Json | None = None, params: Json | None = None
    ) -> Json:
        makes = method == "POST"
        try:
            answer = self._session.request(method, f"{self._root}/{path}", json=body, params=params)
        except (InvalidHeader, UnicodeError):
            raise no_token() from None
        except requests.RequestException as error:
            lost = unclear(error, "ClickUp") if makes else None
            raise (lost or vendor_unreachable(error, "ClickUp")) from None
        self.rate_limits = limits_told(answer.headers) or self.rate_limits
        try:
            found = answer.json()
        except (ValueError, RecursionError):
            found = None
        if makes and (answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or (answer.ok and found is None)):
            raise maybe_done("ClickUp")
        return self._object(answer, found, about=about)


class ClickUpWriter(CommentWriter[_CommentsClient]):
    """See integrations.sources.writing.LinkWriter."""

    may_not = "ClickUp does not let this account comment on the task. Give it the right to comment on the list."

    def find(self, task_id: str, mark: str) -> str:
        """From the newest comment to the oldest. Raises CannotLookUpError where there are too many."""
        before: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            page = self._client.comments(task_id, **before)
            for comment in page:
                if is_own(comment.get("comment_text"), mark):
                    return str(comment.get("id") or "")
            if not page:
                return ""
            oldest = {"start": str(page[-1].get("date") or ""), "start_id": str(page[-1].get("id") or "")}
            if oldest == before:
                break
            before = oldest
        raise CannotLookUpError("The task has too many comments to look for Luna’s. Look yourself.")


def open_writer(access: Access) -> ClickUpWriter:
    """What the registry calls."""
    return ClickUpWriter(_CommentsClient(access))
