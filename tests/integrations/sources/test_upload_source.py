"""The kept list as a source: the same questions as of any tool, and nothing is left out while it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.actions.own_list import take_list
from integrations.domain.types import RemovedWhy, SourceKind
from integrations.errors import RefusedError
from integrations.models import Connection, ListedTask
from integrations.registry import open_source
from integrations.sources.base import Page, SourceQuery, TaskSourceClient
from integrations.sources.upload.listing import Listing
from people.models import User
from tests.factories import make_connection
from tests.moving_clock import MovingClock

pytestmark = pytest.mark.django_db
ALL = SourceQuery(SourceKind.LIST, "all")


@pytest.fixture
def mine() -> Connection:
    return make_connection("Ours", "upload", base_url="")


def give(connection: Connection, actor: User, *ids: int, title: str = "Task", replaces: bool = False) -> None:
    listing = Listing()
    for pk in ids:
        listing.take(f"row {pk}", {"external_id": str(pk), "title": f"{title} {pk}"})
    take_list(connection=connection, listing=listing, replaces=replaces, actor=actor)


def pages(client: TaskSourceClient, since_ms: int | None = None) -> list[Page]:
    found, token = [], None
    while True:
        found.append(client.page(ALL, updated_since_ms=since_ms, token=token))
        token = found[-1].next_token
        if token is None:
            return found


def test_pages_bring_every_task_once_in_the_order_of_change(mine: Connection, ada: User, clock: MovingClock) -> None:
    give(mine, ada, *range(700))
    clock.move(timedelta(hours=1))
    give(mine, ada, *range(690, 1100))
    client = open_source(mine)
    read = [one for page in pages(client) for one in page.records]
    assert len(read) == len({one.external_id for one in read}) == client.count(ALL) == client.expected(ALL) == 1100
    assert [one.updated_at for one in read] == sorted(one.updated_at for one in read)
    since = int(read[-1].updated_at.timestamp() * 1000)
    assert sum(len(page.records) for page in pages(client, since)) == 400
    assert len(client.sample(ALL, 3)) == 3
    assert len(client.ids(ALL, token=None).ids) == 1100


def test_what_is_given_anew_while_it_is_read_comes_again(mine: Connection, ada: User, clock: MovingClock) -> None:
    give(mine, ada, *range(600))
    client = open_source(mine)
    first = client.page(ALL, updated_since_ms=None, token=None)
    clock.move(timedelta(seconds=5))
    give(mine, ada, 3, 599, title="Anew")
    rest = client.page(ALL, updated_since_ms=None, token=first.next_token)
    seen = {one.external_id for one in (*first.records, *rest.records)}
    assert seen == {str(pk) for pk in range(600)}
    assert [one.title for one in rest.records[-2:]] == ["Anew 3", "Anew 599"]


def test_what_left_the_list_was_deleted(mine: Connection, ada: User) -> None:
    give(mine, ada, 1, 2, 3)
    give(mine, ada, 1, 3, replaces=True)
    told = open_source(mine).fetch(["1", "2", "3"])
    assert {one.external_id for one in told.records} == {"1", "3"}
    assert told.gone == {"2": RemovedWhy.DELETED}


def test_a_faulty_row_is_told_and_what_was_known_of_it_stays(mine: Connection, ada: User) -> None:
    give(mine, ada, 1)
    listing = Listing()
    listing.take("row 2", {"external_id": "1", "title": "One", "points": "many"})
    listing.take("row 3", {"title": "No id"})
    take_list(connection=mine, listing=listing, replaces=True, actor=ada)
    page = open_source(mine).page(ALL, updated_since_ms=None, token=None)
    assert not page.records
    assert {(bad.external_id, bad.reason) for bad in page.quarantined} == {
        ("1", "points has to be a number."),
        ("row 3", "external_id has no value."),
    }
    assert ListedTask.objects.get(external_id="1").fields["title"] == "Task 1"
    give(mine, ada, 1)
    (good,) = open_source(mine).page(ALL, updated_since_ms=None, token=None).records
    assert good.title == "Task 1"
    assert ListedTask.objects.count() == 1


def test_all_but_the_whole_list_is_refused(mine: Connection) -> None:
    client = open_source(mine)
    assert client.choices()[0].query == ALL
    assert client.check().error is None
    nonsense = SourceQuery(SourceKind.LIST, "half")
    for ask in (client.verify, client.count):
        with pytest.raises(RefusedError, match="whole"):
            ask(nonsense)
    with pytest.raises(RefusedError):
        client.page(nonsense, updated_since_ms=None, token=None)
