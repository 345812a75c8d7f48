"""Asking for the next pages while those before are written: a sync waits for its tool, or for the database."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from integrations.sources.base import Page, ReadsAhead, SourceQuery
from integrations.sync.rules import used_up_until
from luna import clock

if TYPE_CHECKING:
    from integrations.sources.base import TaskSourceClient

MOST_AHEAD = 8
"""Pages. What is read faster than it is written is written together, which costs less than page by page."""
GATHERING = 0.1
"""Seconds for which a page waits at most for those behind it. Many small commits would keep the reading thread from the
interpreter, and cost more than what they gain."""

_Asked = tuple[SourceQuery, int | None, str | None]


@dataclass(frozen=True)
class _Ahead:
    """A page that was asked for; with it comes the one that was asked for behind it."""

    asked: _Asked
    read: Future[tuple[Page, _Ahead | None]]


class PagesAhead:
    """A client's pages, a few of them asked for ahead. The client is never used by two threads at once.

    After the instant `until` (of the monotonic clock) no page is asked for ahead any more.
    """

    def __init__(self, client: TaskSourceClient, *, until: float) -> None:
        self._client = client
        self._until = until
        self._thread: ThreadPoolExecutor | None = None
        self._ahead: _Ahead | None = None
        self._more = 0
        """How many pages may still follow the one that is being read."""

    @property
    def is_asked(self) -> bool:
        """Whether a page was asked for and not yet taken."""
        return self._ahead is not None

    def ask(self, query: SourceQuery, since_ms: int | None, token: str) -> None:
        """Begin to read a page and those behind it, where the client can do that beside other work."""
        if self._ahead is not None or not self._may_ask:
            return
        if isinstance(self._client, ReadsAhead) and self._client.may_read_ahead:
            self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="pages-ahead")
            self._more = MOST_AHEAD - 1
            self._ahead = self._begin(self._thread, (query, since_ms, token))

    def pages(self, query: SourceQuery, since_ms: int | None, token: str | None) -> list[Page]:
        """The client's page and what comes of those behind it within `GATHERING`, in their order.

        What went wrong with a page is raised when it is the first.
        """
        if self._ahead is None or self._ahead.asked != (query, since_ms, token):
            self.forget()
            return [_page(self._client, query, since_ms, token)]
        taken: list[Page] = []
        gathered_by = 0.0
        while self._ahead is not None and (not taken or _is_there(self._ahead, gathered_by)):
            read, self._ahead = self._ahead.read, None
            page, self._ahead = read.result()
            taken.append(page)
            gathered_by = gathered_by or monotonic() + GATHERING
        return taken

    @property
    def _may_ask(self) -> bool:
        """Not where the tool said that no call is left: what rests then is the run."""
        return monotonic() <= self._until and used_up_until(self._client.rate_limits, clock.now()) is None

    def forget(self) -> None:
        """Wait for what was asked for, and for what goes wrong with it; the client is free then."""
        self._more = 0
        while self._ahead is not None:
            read, self._ahead = self._ahead.read, None
            if read.exception() is None:
                _, self._ahead = read.result()

    def close(self) -> None:
        """As `forget`; the client may be closed then."""
        self.forget()
        if self._thread is not None:
            self._thread.shutdown()

    def _begin(self, thread: ThreadPoolExecutor, asked: _Asked) -> _Ahead:
        return _Ahead(asked, thread.submit(self._read, thread, asked))

    def _read(self, thread: ThreadPoolExecutor, asked: _Asked) -> tuple[Page, _Ahead | None]:
        query, since_ms, token = asked
        page = _page(self._client, query, since_ms, token)
        if page.next_token is None or not self._more or not self._may_ask:
            return page, None
        self._more -= 1
        return page, self._begin(thread, (query, since_ms, page.next_token))


def _page(client: TaskSourceClient, query: SourceQuery, since_ms: int | None, token: str | None) -> Page:
    asked_at = clock.now()
    return replace(client.page(query, updated_since_ms=since_ms, token=token), asked_at=asked_at)


def _is_there(ahead: _Ahead, by: float) -> bool:
    """Whether it was read, and well, by that instant of the monotonic clock."""
    wait([ahead.read], timeout=max(by - monotonic(), 0))
    return ahead.read.done() and ahead.read.exception() is None
