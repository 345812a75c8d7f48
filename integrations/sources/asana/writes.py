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
from integrations.errors import CannotLookUpError
from integrations.sources.asana import refusals
from integrations.sources.asana.client import MAX_LIST_PAGES, PAGE_SIZE, AsanaClient, Json, next_offset
from integrations.sources.asana.refusals import token_refused
from integrations.sources.webhooks import part_of
from integrations.sources.writing import CommentWriter, is_own
from integrations.unreachable import maybe_done, unclear, vendor_unreachable


class _StoriesClient(AsanaClient):
    """The calls about comments."""

    def comment(self, task_id: str, text: str) -> str:
        """The collaborators of the task hear of it as of any other, which Asana's API can't switch off."""
        body = {"data": {"text": text}}
        call = partial(asana.StoriesApi(self._sdk).create_story_for_task, body, task_id, {"opt_fields": "gid"})
        gid = part_of(self._made(call), "data").get("gid")
        if not isinstance(gid, str) or not gid:
            raise maybe_done("Asana")
        return gid

    def stories(self, task: str, offset: str | None) -> Json:
        """One page of what happened to the task, oldest first."""
        asked: Json = {"limit": PAGE_SIZE, "opt_fields": "text,resource_subtype"}
        return self._page(partial(asana.StoriesApi(self._sdk).get_stories_for_task, task), asked, offset)

    def delete(self, comment_id: str) -> None:
        """Only the account's own can be deleted. Raises NotFoundError where it is gone."""
        self._call(partial(asana.StoriesApi(self._sdk).delete_story, comment_id))

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


class AsanaWriter(CommentWriter[_StoriesClient]):
    """See integrations.sources.writing.LinkWriter."""

    may_not = "Asana does not let this account comment on the task. Let it comment in the project, or edit it."

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


def open_writer(access: Access) -> AsanaWriter:
    """What the registry calls."""
    return AsanaWriter(_StoriesClient(access))
