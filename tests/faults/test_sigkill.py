"""The worker is killed at every point around publishing, and started again: exactly one message, one file, filled once.

By the sandbox's ledger, on SQLite without Redis and on PostgreSQL with it (LUNA_TEST_DB).
"""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING

import pytest

from integrations.destinations.google.destination import GoogleDestination
from integrations.destinations.slack.destination import SlackDestination
from tests.faults.killing import STATE, Killing, killing_in
from tests.google import GoogleSandbox, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

POSTED_BEFORE_THE_KILL = {
    "before_claim_save": 0,
    "before_call": 0,
    "after_call": 1,
    "before_save": 1,
    "after_save": 1,
}
DONE_BEFORE_THE_KILL = {
    "before_claim_save": (0, 0),
    "before_call": (0, 0),
    "after_call": (1, 0),
    "before_fill": (1, 0),
    "before_save": (1, 1),
    "after_save": (1, 1),
}
"""How many were made and filled when the worker died there. Nothing happens between the saved creation and the filling,
nor between the filling and its save."""
# Documents on one database and decks on the other: what differs between the databases is walked for Slack on both. A
# running document is made and filled by the same code as a new one: here where its own look-ups count.
KIND, RUNNING_AT = (
    ("deck", "after_call") if os.environ.get("LUNA_TEST_DB") == "postgres" else ("document", "before_save")
)
CASES = [*product([KIND], DONE_BEFORE_THE_KILL), ("running_doc", RUNNING_AT)]

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killing]:
    with killing_in(tmp_path_factory.mktemp("killed")) as world:
        yield world


@pytest.mark.parametrize("point", POSTED_BEFORE_THE_KILL)
def test_a_killed_worker_leaves_exactly_one_message(killing: Killing, point: str) -> None:
    delivery = killing.queue("digest")
    killing.kill_at(f"delivery.{point}", ring=delivery)
    assert killing.control.post_count("launches") == POSTED_BEFORE_THE_KILL[point]
    killing.go_on(STATE, delivery, until="done", after=SlackDestination.look_up_grace, ring=True)
    assert killing.control.post_count("launches") == 1


@pytest.mark.parametrize(("kind", "point"), CASES)
def test_a_killed_worker_leaves_exactly_one_file_filled_once(killing: Killing, kind: str, point: str) -> None:
    delivery = killing.queue(kind)
    killing.kill_at(f"delivery.{point}", ring=delivery)
    assert tuple(counted(killing.control).values()) == DONE_BEFORE_THE_KILL[point]
    killing.go_on(STATE, delivery, until="done", after=GoogleDestination.look_up_grace, ring=True)
    assert counted(killing.control) == {"create": 1, "batchUpdate": 1}
    [file] = GoogleSandbox(killing.sandbox.url).files()
    assert "Beta" in file["text"]
