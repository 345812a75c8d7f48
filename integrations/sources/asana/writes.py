"""The one addition to Asana: a comment on a task. https://developers.asana.com/reference/createstoryfortask

It has no key of its own: after an unclear answer Luna looks for it among the task's stories before it writes again.
A narrow token needs `stories:read`, `stories:write` and `stories:delete`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import asana
import requests
from asana.rest import ApiException

from integrations.account import Access
from integrations.errors import CannotLookUpError, ErrorKind, NotFoundError, ProviderError
from integrations.sources.asana import refusals
from integrations.sources.asana.client import MAX_LIST_PAGES, PAGE_SIZE, AsanaClient, Json, next_offset
from integrations.sources.asana.refusals import token_refused
from integrations.sources.webhooks import part_of
from integrations.sources.writing import Note, is_own, may_not_write
from integrations.unreachable import maybe_done, unclear, vendor_unreachable

MAY_NOT = "Asana does not let this account comment on the task. Let it comment in the project, or edit it."


class _StoriesClient(AsanaClient):
    """The calls about comments."""

    def comment(self, task: str, text: str) -> Json:
        """A new one. Raises AmbiguousError when it may have been made."""
        body = {"data": {"text": text}}
        call = partial(asana.StoriesApi(self._sdk).create_story_for_task, body, task, {"opt_fields": "gid"})
        answer = self._made(call)
        return dict(part_of(answer, "data"))

    def stories(self, task: str, offset: str | None) -> Json:
        """One page of what happened to the task, oldest first."""
        asked: Json = {"limit": PAGE_SIZE, "opt_fields": "text,resource_subtype"}
        return self._page(partial(asana.StoriesApi(self._sdk).get_stories_for_task, task), asked, offset)

    def delete(self, story: str) -> None:
        """Only the account's own can be deleted."""
        self._call(partial(asana.StoriesApi(self._sdk).delete_story, story))

    def _made(self, call: Callable[[], Any]) -> Json:
        self._sign_in()
        try:
            answer = call()
        except ApiException as error:
            if not error.status or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise maybe_done("Asana") from None
            raise self._noted(refusals.named(error.status, error.body, error.headers or {})) from None
        except requests.RequestException as error:
            raise (unclear(error, "Asana") or vendor_unreachable(error, "Asana")) from None
        except UnicodeError:
            raise token_refused("not sent") from None
        except (ValueError, RecursionError):
            raise maybe_done("Asana") from None
        if not isinstance(answer, dict):
            raise maybe_done("Asana")
        return answer


class AsanaWriter:
    """See integrations.sources.writing.LinkWriter."""

    def __init__(self, access: Access) -> None:
        self._client = _StoriesClient(access)

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._client.requests

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def write(self, task_id: str, note: Note, _mark: str) -> str:
        """One comment; the task's collaborators hear of it as of any other, which Asana's API can't switch off."""
        try:
            gid = self._client.comment(task_id, note.comment).get("gid")
        except ProviderError as error:
            raise _right_missing(error) or error from None
        if not isinstance(gid, str) or not gid:
            raise maybe_done("Asana")
        return gid

    def find(self, task_id: str, mark: str) -> str:
        """Among all stories of the task. Raises CannotLookUpError where there are too many."""
        offset: str | None = None
        for _ in range(MAX_LIST_PAGES):
            page = self._client.stories(task_id, offset)
            for story in page["data"]:
                if isinstance(story, dict) and is_own(story.get("text"), mark):
                    return str(story.get("gid") or "")
            offset = next_offset(page)
            if offset is None:
                return ""
        raise CannotLookUpError("The task has too many comments to look for Luna’s. Look yourself.")

    def remove(self, _task_id: str, remote_id: str, _mark: str) -> None:
        """Delete it, unless it is gone."""
        try:
            self._client.delete(remote_id)
        except NotFoundError:
            return


def _right_missing(error: ProviderError) -> ProviderError | None:
    return may_not_write(MAY_NOT, error.detail) if error.kind == ErrorKind.MISSING_SCOPE else None


def open_writer(access: Access) -> AsanaWriter:
    """What the registry calls."""
    return AsanaWriter(access)
