"""Jira of either kind, whichever answers: for reading once without a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any, TypeVar

from integrations.account import Access, CheckReport, Project
from integrations.errors import ErrorKind, NotFoundError, ProviderError, RetryLaterError
from integrations.sources.base import (
    Choice,
    Fetched,
    IdPage,
    Page,
    RateLimits,
    SourceQuery,
    TaskRecord,
    TaskSourceClient,
)
from integrations.sources.jira.cloud.source import CloudSource
from integrations.sources.jira.data_center.client import DataCenterClient
from integrations.sources.jira.data_center.source import DataCenterSource
from integrations.sources.jira.source import JiraSource
from luna.lib.redaction import Secret

Answer = TypeVar("Answer")


class EitherJira:
    """A TaskSourceClient that finds out with its first question which product it talks to."""

    def __init__(self, access: Access, *, is_bearer: bool) -> None:
        self._access = access
        self._is_bearer = is_bearer
        self._cloud = CloudSource(access, None, is_bearer=is_bearer)
        self._data_center = DataCenterSource(access, None, is_bearer=is_bearer)
        self._likely: list[JiraSource] = []
        """Which to try, the likelier one first; one alone once it has answered."""
        self._requests_before = 0
        self._is_without_info = False

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._requests_before + self._cloud.requests + self._data_center.requests

    def check(self) -> CheckReport:
        """Of the likelier one."""
        return self._order()[0].check()

    def projects(self) -> list[Project]:
        """All that the account may browse."""
        return self._ask(lambda source: source.projects())

    def choices(self) -> list[Choice]:
        """None: a query is typed."""
        return []

    def verify(self, query: SourceQuery) -> str:
        """As the source does."""
        return self._ask(lambda source: source.verify(query))

    def count(self, query: SourceQuery) -> int:
        """As the source does."""
        return self._ask(lambda source: source.count(query))

    def expected(self, query: SourceQuery) -> int | None:
        """As the source does."""
        return self._ask(lambda source: source.expected(query))

    def sample(self, query: SourceQuery, size: int) -> list[TaskRecord]:
        """As the source does."""
        return self._ask(lambda source: source.sample(query, size))

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        """As the source does."""
        return self._ask(lambda source: source.page(query, updated_since_ms=updated_since_ms, token=token))

    def ids(self, query: SourceQuery, *, token: str | None) -> IdPage:
        """As the source does."""
        return self._ask(lambda source: source.ids(query, token=token))

    def fetch(self, external_ids: Sequence[str]) -> Fetched:
        """As the source does."""
        return self._ask(lambda source: source.fetch(external_ids))

    @property
    def rate_limits(self) -> RateLimits:
        """Of the likelier one."""
        return self._order()[0].rate_limits

    def close(self) -> None:
        """Let the kept connections go."""
        self._cloud.close()
        self._data_center.close()

    def _ask(self, ask: Callable[[JiraSource], Answer]) -> Answer:
        """Of the likelier product, and of the other where this one's pages are missing or gone."""
        missing: NotFoundError | None = None
        for source in self._order():
            try:
                answer = ask(source)
            except NotFoundError as error:
                missing = missing or error
                continue
            self._likely = [source]
            return answer
        raise missing or AssertionError("there is always one to ask")

    def _order(self) -> list[JiraSource]:
        if not self._likely:
            info = self._server_info()
            is_either = [source for source in self._both() if source.is_this_product(info)]
            self._likely = sorted(self._both(), key=lambda source: source not in is_either)
        return self._likely

    def _both(self) -> list[JiraSource]:
        """Where nothing else is known: a token alone is Data Center's way."""
        pair: list[JiraSource] = [self._cloud, self._data_center]
        return pair[::-1] if self._is_bearer else pair

    def _server_info(self) -> Mapping[str, Any]:
        """Empty where nobody tells. What passes by itself is raised once, and given up when it comes again."""
        with closing(DataCenterClient(self._access, is_bearer=self._is_bearer)) as client:
            try:
                return client.server_info()
            except RetryLaterError:
                if self._is_without_info:
                    return {}
                self._is_without_info = True
                raise
            except ProviderError as error:
                if error.kind == ErrorKind.ADDRESS_REFUSED:
                    raise
                return {}
            finally:
                self._requests_before += client.requests


def open_for_probe(url: str, user: str, token: str) -> TaskSourceClient:
    """A client of the Jira at `url` without any limit to projects; signed in as `user`, or by the token alone."""
    return EitherJira(Access(url.rstrip("/"), user, Secret(token)), is_bearer=not user)
