"""Asking for the next page while the one before it is written: a sync waits for its tool, or for the database."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from integrations.sources.base import Page, ReadsAhead, SourceQuery

if TYPE_CHECKING:
    from integrations.sources.base import TaskSourceClient

_Asked = tuple[SourceQuery, int | None, str | None]


class PagesAhead:
    """A client's pages, one of them asked for ahead at most. The client is never used by two threads at once."""

    def __init__(self, client: TaskSourceClient) -> None:
        self._client = client
        self._thread: ThreadPoolExecutor | None = None
        self._ahead: tuple[_Asked, Future[Page]] | None = None

    @property
    def is_asked(self) -> bool:
        """Whether a page was asked for and not yet taken."""
        return self._ahead is not None

    def ask(self, query: SourceQuery, since_ms: int | None, token: str) -> None:
        """Begin to read a page, where the client can do that beside other work."""
        if not isinstance(self._client, ReadsAhead) or not self._client.may_read_ahead:
            return
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="page-ahead")
        future = self._thread.submit(self._client.page, query, updated_since_ms=since_ms, token=token)
        self._ahead = (query, since_ms, token), future

    def page(self, query: SourceQuery, since_ms: int | None, token: str | None) -> Page:
        """As the client's; what was asked for ahead is waited for, and what went wrong with it raised here."""
        asked, future = self._ahead or (None, None)
        self._ahead = None
        if future is not None and asked == (query, since_ms, token):
            return future.result()
        if future is not None:
            future.exception()
        return self._client.page(query, updated_since_ms=since_ms, token=token)

    def close(self) -> None:
        """Wait for what was asked for; the client may be closed then."""
        if self._thread is not None:
            self._thread.shutdown()
