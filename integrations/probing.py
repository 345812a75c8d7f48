"""Reading a source to its end without saving anything, patient with what passes by itself: for `manage.py probe`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import TypeVar

from django.utils.module_loading import import_string

from integrations.account import Access
from integrations.errors import RefusedError, RetryLaterError
from integrations.registry import part
from integrations.sources.base import BadPayload, SourceQuery, TaskRecord, TaskSourceClient
from luna import clock
from luna.lib.redaction import Secret

Wait = Callable[[float], None]
Answer = TypeVar("Answer")

WAITS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Between tries of one call, where the service names no time."""
LONGEST_WAIT_SECONDS = 300.0
"""What a service may ask for; beyond it the probe gives up and says until when."""
MOST_BARREN_PAGES = 500
"""So many pages in a row without a task that was not seen before: the paging goes in a circle."""


def open_jira(url: str, user: str, token: str) -> TaskSourceClient:
    """Jira Cloud or Data Center, whichever answers at `url`; without `user` the token is a bearer's."""
    # Not part of the registry's folders: which of the two products it is, is found out here.
    client: TaskSourceClient = import_string("integrations.sources.jira.probing.open_for_probe")(url, user, token)
    return client


def open_tool(provider: str, token: str) -> TaskSourceClient:
    """A client of `provider` that may read all that the token may."""
    client: TaskSourceClient = part(provider, "source.open_source")(Access("", "", Secret(token)), None)
    return client


def read_all(
    open_client: Callable[[], TaskSourceClient], query: SourceQuery, *, wait: Wait = time.sleep
) -> Iterator[TaskRecord | BadPayload]:
    """Each task of the query once, and what could not be read, page by page as they come.

    A task that moves between pages while they are read counts as it was first seen.
    Raises ProviderError when it can't be read to the end.
    """
    with closing(_patiently(open_client, wait)) as client:
        seen: set[tuple[str, str]] = set()
        token: str | None = None
        barren = 0
        while True:
            page = _patiently(partial(client.page, query, updated_since_ms=None, token=token), wait)
            before = len(seen)
            everything: list[TaskRecord | BadPayload] = [*page.records, *page.quarantined]
            for found in everything:
                identity = (type(found).__name__, found.external_id)
                if identity not in seen:
                    seen.add(identity)
                    yield found
            barren = 0 if len(seen) > before else barren + 1
            if page.next_token is None:
                return
            if page.next_token == token or barren > MOST_BARREN_PAGES:
                raise RefusedError("Its pages have no end: the same ones come again. Choose a narrower query.")
            token = page.next_token


def _patiently(call: Callable[[], Answer], wait: Wait) -> Answer:
    """What `call` answers, after as many tries as `WAITS_SECONDS` allows."""
    for seconds in WAITS_SECONDS:
        try:
            return call()
        except RetryLaterError as error:
            wait(_asked_for(error, seconds))
    return call()


def _asked_for(error: RetryLaterError, default: float) -> float:
    """How long to wait, in seconds. Raises RefusedError where that is too long to wait for."""
    if error.until is None:
        return default
    asked = (error.until - clock.now()).total_seconds()
    if asked > LONGEST_WAIT_SECONDS:
        raise RefusedError(
            f"The service asks to wait until {error.until:%H:%M} UTC, longer than this command does: try again then."
        ) from None
    return max(asked, 0.0)
