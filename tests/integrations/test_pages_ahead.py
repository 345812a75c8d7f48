"""The next pages are asked for while those before are written; nothing is asked twice, and nothing lost."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from integrations.errors import ErrorKind, RefusedError
from integrations.sources.base import Page, RateLimits, SourceQuery
from integrations.sync import ahead
from integrations.sync.ahead import MOST_AHEAD, PagesAhead

QUERY = SourceQuery("jql", "labels = launch")
LAST = 40


class Client:
    """Answers pages by their numbers up to the last, or one that is refused; notes which thread asked."""

    rate_limits = RateLimits()

    def __init__(self, *, may_read_ahead: bool = True, refused: int = 0) -> None:
        self.may_read_ahead = may_read_ahead
        self.refused = refused
        self.asked: list[tuple[str | None, bool]] = []
        self.queries: set[tuple[SourceQuery, int | None]] = set()

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        self.asked.append((token, threading.current_thread() is threading.main_thread()))
        self.queries.add((query, updated_since_ms))
        number = int(token or 1)
        if number == self.refused:
            raise RefusedError("No.", kind=ErrorKind.BAD_QUERY)
        return Page((), next_token=str(number + 1) if number < LAST else None)


def ahead_of(client: Client, *, until: float = math.inf) -> PagesAhead:
    return PagesAhead(client, until=until)  # type: ignore[arg-type]  # all that is called of a client


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def pages(client: Client) -> Iterator[PagesAhead]:
    with closing(ahead_of(client)) as made:
        yield made


def following(pages: PagesAhead, token: str) -> list[str | None]:
    """What is read from there on, batch by batch, until there are as many as are asked for at once."""
    found: list[str | None] = []
    while pages.is_asked:
        found += [page.next_token for page in pages.pages(QUERY, 7, found[-1] if found else token)]
    return found


def test_what_was_asked_for_ahead_is_not_asked_again(pages: PagesAhead, client: Client) -> None:
    pages.ask(QUERY, 7, "2")
    pages.ask(QUERY, 7, "2")
    asked = [str(2 + n) for n in range(MOST_AHEAD)]
    assert following(pages, "2") == [*asked[1:], str(2 + MOST_AHEAD)]
    assert client.asked == [(token, False) for token in asked]
    assert client.queries == {(QUERY, 7)}


def test_behind_the_last_page_nothing_is_asked_for(pages: PagesAhead, client: Client) -> None:
    pages.ask(QUERY, 7, "39")
    assert following(pages, "39") == ["40", None]
    assert client.asked == [("39", False), ("40", False)]


def test_a_page_waits_for_those_behind_it(pages: PagesAhead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "GATHERING", 30)
    pages.ask(QUERY, 7, "2")
    assert len(pages.pages(QUERY, 7, "2")) == MOST_AHEAD


def test_what_has_come_is_taken_together_and_waits_not_long() -> None:
    may_go_on, is_held = threading.Event(), threading.Event()

    class Held(Client):
        def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
            if token == "4":
                is_held.set()
                assert may_go_on.wait(30)
            return super().page(query, updated_since_ms=updated_since_ms, token=token)

    with closing(ahead_of(Held())) as pages:
        pages.ask(QUERY, 7, "2")
        assert is_held.wait(30)
        assert [page.next_token for page in pages.pages(QUERY, 7, "2")] == ["3", "4"]
        may_go_on.set()
        assert following(pages, "4")[:2] == ["5", "6"]


@pytest.mark.parametrize(
    ("query", "since_ms", "token"),
    [(QUERY, 7, "3"), (QUERY, 8, "2"), (QUERY, None, "2"), (SourceQuery("jql", "project = CAL"), 7, "2")],
)
def test_another_page_is_never_taken_for_it(
    pages: PagesAhead, client: Client, query: SourceQuery, since_ms: int | None, token: str
) -> None:
    pages.ask(QUERY, 7, "2")
    assert [page.next_token for page in pages.pages(query, since_ms, token)] == [str(int(token) + 1)]
    assert client.asked[0] == ("2", False)
    assert client.asked[-1] == (token, True)
    assert not pages.is_asked


def test_what_goes_wrong_is_raised_in_its_turn() -> None:
    client = Client(refused=4)
    with closing(ahead_of(client)) as pages:
        pages.ask(QUERY, 7, "2")
        found = pages.pages(QUERY, 7, "2")
        if len(found) == 1:
            found += pages.pages(QUERY, 7, "3")
        assert [page.next_token for page in found] == ["3", "4"], "what came before it is not lost"
        with pytest.raises(RefusedError, match="No"):
            pages.pages(QUERY, 7, "4")
        assert not pages.is_asked
        pages.ask(QUERY, 7, "4")
        assert pages.pages(QUERY, 7, "2"), "the error of a page that nobody takes is nobody's"
        assert not pages.is_asked


def test_after_its_time_nothing_is_asked_for(client: Client) -> None:
    with closing(ahead_of(client, until=-math.inf)) as pages:
        pages.ask(QUERY, 7, "2")
        assert (client.asked, pages.is_asked) == ([], False)


def test_a_client_that_may_not_is_asked_in_its_turn() -> None:
    client = Client(may_read_ahead=False)
    with closing(ahead_of(client)) as pages:
        pages.ask(QUERY, None, "2")
        assert (client.asked, pages.is_asked) == ([], False)
        pages.pages(QUERY, None, "2")
    assert client.asked == [("2", True)]


def test_closing_waits_for_the_page_and_lets_none_follow() -> None:
    began, may_end = threading.Event(), threading.Event()

    class Slow(Client):
        def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
            began.set()
            assert may_end.wait(30)
            return super().page(query, updated_since_ms=updated_since_ms, token=token)

    client = Slow()
    pages = ahead_of(client)
    pages.ask(QUERY, None, "2")
    assert began.wait(30)
    closing_thread = threading.Thread(target=pages.close)
    closing_thread.start()
    assert client.asked == []
    while pages.is_asked:
        pass
    may_end.set()
    closing_thread.join(30)
    assert client.asked == [("2", False)]
