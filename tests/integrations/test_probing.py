"""Reading to the end without saving: each task once, patient, and never in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from integrations.domain.types import TaskState
from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError, RefusedError, RetryLaterError
from integrations.probing import WAITS_SECONDS, read_all
from integrations.sources.base import BadPayload, Page, SourceQuery, TaskRecord, TaskSourceClient
from luna import clock

QUERY = SourceQuery("list", "7")


def task(number: int, title: str = "A task") -> TaskRecord:
    return TaskRecord(str(number), f"T-{number}", title, "", TaskState.TO_DO, datetime(2026, 11, 2, tzinfo=UTC))


@dataclass
class Scripted:
    """Answers its script's pages in turn; an error is raised once."""

    script: Iterator[Page | ProviderError]
    asked: list[str | None] = field(default_factory=list)
    closed: bool = False

    def page(self, query: SourceQuery, *, updated_since_ms: int | None, token: str | None) -> Page:
        assert (query, updated_since_ms) == (QUERY, None)
        self.asked.append(token)
        step = next(self.script)
        if isinstance(step, ProviderError):
            raise step
        return step

    def close(self) -> None:
        self.closed = True


def probe(*script: Page | ProviderError, waits: list[float] | None = None) -> tuple[list[str], Scripted]:
    """What came out, by id, and the client."""
    client = Scripted(iter(script))
    note: Callable[[float], None] = (waits if waits is not None else []).append
    found = read_all(lambda: cast("TaskSourceClient", client), QUERY, wait=note)
    return [one.external_id for one in found], client


def test_every_task_comes_once_though_the_pages_drift() -> None:
    found, client = probe(
        Page((task(1), task(2)), next_token="a"),
        Page((), next_token="b"),
        Page((task(2, "Changed meanwhile"), task(3)), (BadPayload("9", "no status", "{}"),), "c"),
        Page((task(1), task(4)), (BadPayload("9", "no status", "{}"),)),
    )
    assert found == ["1", "2", "3", "9", "4"]
    assert client.asked == [None, "a", "b", "c"]
    assert client.closed


def test_what_passes_by_itself_is_tried_again_from_the_same_page() -> None:
    waits: list[float] = []
    trouble = RetryLaterError("Trouble.")
    found, client = probe(Page((task(1),), next_token="a"), trouble, trouble, Page((task(2),)), waits=waits)
    assert found == ["1", "2"]
    assert client.asked == [None, "a", "a", "a"]
    assert waits == list(WAITS_SECONDS[:2])


@pytest.mark.parametrize(("seconds", "waited"), [(30, 30), (299, 299), (0, 0), (-20, 0)])
def test_it_waits_as_long_as_it_is_asked_to(seconds: int, waited: int) -> None:
    waits: list[float] = []
    asked = RetryLaterError("Slow down.", until=clock.now() + timedelta(seconds=seconds))
    probe(asked, Page((task(1),)), waits=waits)
    assert waits == [pytest.approx(waited, abs=2)]


def test_it_does_not_wait_for_an_hour() -> None:
    until = clock.now() + timedelta(hours=1)
    with pytest.raises(RefusedError, match=f"wait until {until:%H:%M} UTC"):
        probe(RetryLaterError("Slow down.", until=until))


def test_it_gives_up_after_some_tries_with_the_services_sentence() -> None:
    waits: list[float] = []
    with pytest.raises(RetryLaterError, match="Trouble"):
        probe(*[RetryLaterError("Trouble.")] * 20, waits=waits)
    assert waits == list(WAITS_SECONDS)


def test_what_a_person_has_to_mend_is_not_tried_again() -> None:
    refused = NeedsAttentionError("Wrong token.", kind=ErrorKind.SIGN_IN_REFUSED)
    with pytest.raises(NeedsAttentionError, match="Wrong token"):
        probe(refused, Page((task(1),)))


def test_the_first_call_may_already_be_part_of_opening() -> None:
    tries = iter([RetryLaterError("Trouble."), None])

    def open_client() -> TaskSourceClient:
        trouble = next(tries)
        if trouble:
            raise trouble
        return cast("TaskSourceClient", Scripted(iter([Page((task(1),))])))

    assert len(list(read_all(open_client, QUERY, wait=lambda _: None))) == 1


def test_the_same_token_again_ends_it() -> None:
    with pytest.raises(RefusedError, match="no end"):
        probe(Page((task(1),), next_token="a"), Page((task(2),), next_token="a"))


def test_pages_that_go_in_a_circle_end_it() -> None:
    def circle() -> Iterator[Page]:
        for number in range(10_000):
            yield Page((task(number % 3),), next_token=str(number))

    client = Scripted(circle())
    with pytest.raises(RefusedError, match="no end"):
        list(read_all(lambda: cast("TaskSourceClient", client), QUERY, wait=lambda _: None))
    assert len(client.asked) < 1000
