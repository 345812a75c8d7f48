"""The one addition to ClickUp: a comment on a task. https://developer.clickup.com/reference/createtaskcomment

It has no key of its own: after an unclear answer Luna looks for it among the task's comments before it writes again.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

import requests
from requests.exceptions import InvalidHeader

from integrations.account import Access
from integrations.errors import CannotLookUpError, ErrorKind, NotFoundError, ProviderError
from integrations.sources.clickup.client import ClickUpClient, Json
from integrations.sources.clickup.limits import limits_told
from integrations.sources.clickup.refusals import no_data, no_token
from integrations.sources.writing import Note, is_own, may_not_write
from integrations.unreachable import maybe_done, unclear, vendor_unreachable

MOST_PAGES = 40
"""Of 25 comments each."""
MAY_NOT = "ClickUp does not let this account comment on the task. Give it the right to comment on the list."


class _CommentsClient(ClickUpClient):
    """The calls about comments."""

    def comment(self, task_id: str, text: str) -> Json:
        """A new one, of which only those hear who follow the task. Raises AmbiguousError when it may have been made."""
        body = {"comment_text": text, "notify_all": False}
        return self._send("POST", f"task/{quote(task_id, safe='')}/comment", about=f"task {task_id}", body=body)

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


class ClickUpWriter:
    """See integrations.sources.writing.LinkWriter."""

    def __init__(self, access: Access) -> None:
        self._client = _CommentsClient(access)

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._client.requests

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def write(self, task_id: str, note: Note, _mark: str) -> str:
        """One comment."""
        try:
            made = self._client.comment(task_id, note.comment).get("id")
        except ProviderError as error:
            raise _right_missing(error) or error from None
        if not isinstance(made, int | str) or not made:
            raise maybe_done("ClickUp")
        return str(made)

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

    def remove(self, _task_id: str, remote_id: str, _mark: str) -> None:
        """Delete it, unless it is gone."""
        try:
            self._client.delete(remote_id)
        except NotFoundError as error:
            if error.kind == ErrorKind.MISSING_SCOPE:  # not gone, but hidden
                raise may_not_write(MAY_NOT, error.detail) from None


def _right_missing(error: ProviderError) -> ProviderError | None:
    return may_not_write(MAY_NOT, error.detail) if error.kind == ErrorKind.MISSING_SCOPE else None


def open_writer(access: Access) -> ClickUpWriter:
    """What the registry calls."""
    return ClickUpWriter(access)
