"""The sandbox as one Flask app: a face for each service, people's pages at /, its controls at /_sandbox."""

from __future__ import annotations

import threading
from copy import copy
from functools import cache
from pathlib import Path

from flask import Flask

from sandbox import control_api, pages, webhooks
from sandbox.clock import Clock
from sandbox.faces import FACES
from sandbox.faults import FaultGate, Faults
from sandbox.limits import Limits
from sandbox.state import EXTENSION, State
from sandbox.store import Store

DATABASE = "sandbox.sqlite3"


def create_app(*, data_dir: Path, clock_file: Path | None) -> Flask:
    """The app over the state in `data_dir`, which is filled with the sample company where it is empty."""
    clock = Clock(clock_file)
    store = Store(data_dir / DATABASE, [*(face.schema for face in FACES), webhooks.SCHEMA])
    rates = {name: rate for face in FACES for name, rate in face.rates.items()}
    state = State(store, clock, Faults(), Limits(clock.now, rates), threading.Event(), FACES)
    state.begin()
    app = copy(_addresses())
    app.extensions = {EXTENSION: state}
    app.wsgi_app = FaultGate(app.wsgi_app, state.faults, state.stopping)  # type: ignore[method-assign]
    return app


@cache
def _addresses() -> Flask:
    """Every face's views, without a state. Compiling their addresses takes longest: tests begin hundreds of apps."""
    app = Flask("sandbox")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for face in FACES:
        face.install(app)
    control_api.add_controls(app)
    webhooks.add_webhooks(app)
    app.register_blueprint(pages.blueprint)
    return app
