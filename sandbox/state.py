"""What one sandbox is made of, hung on its Flask app: store, clock, faults and limits."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from flask import current_app

from sandbox import store as stores
from sandbox.clock import Clock
from sandbox.face import Face
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.store import Store

EXTENSION = "sandbox"
# A company is written in a quarter of a second and copied in a thousandth: tests begin hundreds of sandboxes.
_FILLED: dict[date, sqlite3.Connection] = {}
_filling = threading.Lock()


@dataclass(frozen=True)
class State:
    store: Store
    clock: Clock
    faults: Faults
    limits: Limits
    stopping: threading.Event
    faces: tuple[Face, ...]
    days_kept: set[date] = field(default_factory=set)
    """The days whose kept copy is this store's own: another's has another key in it."""
    names: dict[str, str] = field(default_factory=dict)
    """What was renamed, as the store keeps it: see sandbox.names."""

    def begin(self, *, anew: bool = False) -> None:
        """Fill an empty store with the sample company; `anew` empties it first."""
        with self.store.reading() as connection:
            is_filled = stores.get_meta(connection, "seeded_on") is not None and not anew
            if is_filled:
                self.names.update(stores.names(connection))
                return
        self.names.clear()
        today = self.clock.today()
        with _filling:
            kept = _FILLED.get(today)
            if kept is not None and (not anew or today in self.days_kept):
                self.store.restore(kept)
            else:
                self._fill(today)
                _FILLED[today] = self.store.copy()
            self.days_kept.add(today)

    def _fill(self, today: date) -> None:
        with self.store.writing() as connection:
            stores.clear(connection)
            for face in self.faces:
                face.fill(connection, today)
            stores.set_meta(connection, "seeded_on", today.isoformat())


def the_state() -> State:
    return cast("State", current_app.extensions[EXTENSION])
