"""What one sandbox is made of, hung on its Flask app: store, clock, faults and limits."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import cast

from flask import current_app

from sandbox import store as stores
from sandbox.clock import Clock
from sandbox.company.history import write_company
from sandbox.company.people import CHANNELS
from sandbox.faults import Faults
from sandbox.limits import Limits, Rate
from sandbox.store import Store

EXTENSION = "sandbox"
# Generous, as the vendors are to one small app: Jira per method and endpoint, Slack one message a second per channel.
RATES = {"jira": Rate(100, 200), "slack": Rate(50, 100), "slack post": Rate(1, 5)}


@dataclass(frozen=True)
class State:
    store: Store
    clock: Clock
    faults: Faults
    limits: Limits
    stopping: threading.Event

    def begin(self, *, anew: bool = False) -> None:
        """Fill an empty store with the sample company; `anew` empties it first."""
        with self.store.writing() as connection:
            if anew:
                stores.clear(connection)
            if stores.get_meta(connection, "seeded_on") is None:
                write_company(connection, self.clock.today())
                joined = [(channel.id,) for channel in CHANNELS if channel.has_bot]
                connection.executemany("INSERT INTO membership (channel) VALUES (?)", joined)


def the_state() -> State:
    return cast("State", current_app.extensions[EXTENSION])
