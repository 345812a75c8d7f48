"""The next page is asked for while the one before it is written; nothing is asked twice, and nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from integrations.errors import ErrorKind, RefusedError
from integrations.sources.base import Page, SourceQuery
from integrations.sync.ahead import PagesAhead

QUERY = SourceQuery("jql", "labels = launch")


class Client:
    """Answers pages by their tokens, and notes which thread asked."""

    def __init__(self, *, may_read_ahead: bool = True) -> None:
        self.may_read_ahead = may_read_ahead
        self.asked: list[tuple[str | None, bool]] = []

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        self.asked.append((token, threading.current_thread() is threading.main_thread()))
        if token == "refused":
            raise RefusedError("No.", kind=ErrorKind.BAD_QUERY)
        return Page((), next_token=f"behind {query.text} {updated_since_ms} {token}")


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def pages(client: Client) -> Iterator[PagesAhead]:
    with closing(PagesAhead(client)) as made:  # type: ignore[arg-type]  # all that is called of a client
        yield made


def test_what_was_asked_for_ahead_is_not_asked_again(pages: PagesAhead, client: Client) -> None:
    pages.ask(QUERY, 7, "2")
    was_asked = pages.is_asked
    assert pages.page(QUERY, 7, "2").next_token == "behind labels = launch 7 2"
    assert (was_asked, pages.is_asked) == (True, False)
    assert client.asked == [("2", False)]


@pytest.mark.parametrize(
    ("query", "since_ms", "token"),
    [(QUERY, 7, "3"), (QUERY, 8, "2"), (QUERY, None, "2"), (SourceQuery("jql", "project = CAL"), 7, "2")],
)
def test_another_page_is_never_taken_for_it(
    pages: PagesAhead, client: Client, query: SourceQuery, since_ms: int | None, token: str
) -> None:
    pages.ask(QUERY, 7, "2")
    assert pages.page(query, since_ms, token).next_token == f"behind {query.text} {since_ms} {token}"
    assert client.asked == [("2", False), (token, True)]


def test_what_goes_wrong_is_raised_where_the_page_is_taken(pages: PagesAhead, client: Client) -> None:
    pages.ask(QUERY, None, "refused")
    with pytest.raises(RefusedError, match="No"):
        pages.page(QUERY, None, "refused")
    pages.ask(QUERY, None, "refused")
    assert pages.page(QUERY, None, "2").next_token, "the error of a page that nobody takes is nobody's"
    assert not pages.is_asked


def test_a_client_that_may_not_is_asked_in_its_turn() -> None:
    client = Client(may_read_ahead=False)
    with closing(PagesAhead(client)) as pages:  # type: ignore[arg-type]  # all that is called of a client
        pages.ask(QUERY, None, "2")
        assert (client.asked, pages.is_asked) == ([], False)
        pages.page(QUERY, None, "2")
    assert client.asked == [("2", True)]


def test_closing_waits_for_the_page() -> None:
    began, may_end = threading.Event(), threading.Event()

    class Slow(Client):
        def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
            began.set()
            assert may_end.wait(30)
            return super().page(query, updated_since_ms=updated_since_ms, token=token)

    client = Slow()
    pages = PagesAhead(client)  # type: ignore[arg-type]  # all that is called of a client
    pages.ask(QUERY, None, "2")
    assert began.wait(30)
    closing_thread = threading.Thread(target=pages.close)
    closing_thread.start()
    assert client.asked == []
    may_end.set()
    closing_thread.join(30)
    assert client.asked == [("2", False)]
