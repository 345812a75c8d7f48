"""The sandbox as one Flask app: Jira at /jira, Slack at /slack/api, people's pages at /, its controls at /_sandbox."""

from __future__ import annotations

import threading
from pathlib import Path

from flask import Flask, Response, jsonify

from sandbox import control_api, pages
from sandbox.clock import Clock
from sandbox.faults import FaultGate, Faults
from sandbox.jira.issue_views import add_issue_views
from sandbox.jira.views import add_views
from sandbox.limits import Limits
from sandbox.slack import chat, conversations
from sandbox.slack.face import add_methods
from sandbox.state import EXTENSION, RATES, State
from sandbox.store import Store

DATABASE = "sandbox.sqlite3"
SLACK_METHOD_MODULES = (chat, conversations)  # importing them is what registers their methods


def create_app(*, data_dir: Path, clock_file: Path | None) -> Flask:
    """The app over the state in `data_dir`, which is filled with the sample company where it is empty."""
    app = Flask("sandbox")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    clock = Clock(clock_file)
    state = State(Store(data_dir / DATABASE), clock, Faults(), Limits(clock.now, RATES), threading.Event())
    state.begin()
    app.extensions[EXTENSION] = state
    add_views(app)
    add_issue_views(app)
    add_methods(app)
    control_api.add_controls(app)
    app.register_blueprint(pages.blueprint)

    @app.route("/jira/rest/<path:_path>", methods=["GET", "POST", "PUT", "DELETE"])
    def no_such_endpoint(_path: str) -> tuple[Response, int]:
        return jsonify(errorMessages=["No endpoint here."], errors={}), 404

    app.wsgi_app = FaultGate(app.wsgi_app, state.faults, state.stopping)  # type: ignore[method-assign]
    return app
