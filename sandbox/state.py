"""What one sandbox is made of, hung on its Flask app: store, clock, faults and limits."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import cast

from flask import current_app

from sandbox import store as stores
from sandbox.clock import Clock
from sandbox.face import Face
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.store import Store

EXTENSION = "sandbox"


@dataclass(frozen=True)
class State:
    store: Store
    clock: Clock
    faults: Faults
    limits: Limits
    stopping: threading.Event
    faces: tuple[Face, ...]

    def begin(self, *, anew: bool = False) -> None:
        """Fill an empty store with the sample company; `anew` empties it first."""
        with self.store.writing() as connection:
            if anew:
                stores.clear(connection)
            if stores.get_meta(connection, "seeded_on") is None:
                today = self.clock.today()
                for face in self.faces:
                    face.fill(connection, today)
                stores.set_meta(connection, "seeded_on", today.isoformat())


def the_state() -> State:
    return cast("State", current_app.extensions[EXTENSION])
