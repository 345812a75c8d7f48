"""Asana's face."""

from __future__ import annotations

from flask import Flask, Response

from sandbox.asana import events, grants, stories
from sandbox.asana.company import live_a_day, write_tasks
from sandbox.asana.controls import add_controls
from sandbox.asana.face import ROOT, AsanaError
from sandbox.asana.pages import blueprint
from sandbox.asana.sign_in import add_sign_in
from sandbox.asana.tasks import SCHEMA
from sandbox.asana.views import add_views
from sandbox.face import Face
from sandbox.limits import Rate


def _install(app: Flask) -> None:
    add_sign_in(app)
    add_views(app)
    stories.add_stories(app)
    add_controls(app)
    app.register_blueprint(blueprint)

    @app.route(f"{ROOT}/<path:_path>", methods=["GET", "POST", "PUT", "DELETE"])
    def no_such_asana_endpoint(_path: str) -> Response:
        return AsanaError(404, "No matching route for request").response()


# A paid plan's 1,500 a minute for each token.
ASANA = Face(
    name="asana",
    title="Asana",
    page="asana_pages.projects",
    install=_install,
    schema=SCHEMA + events.SCHEMA + grants.SCHEMA + stories.SCHEMA,
    rates={"asana": Rate(25, 500)},
    fill=write_tasks,
    live=live_a_day,
)
