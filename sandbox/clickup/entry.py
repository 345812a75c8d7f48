"""ClickUp's face."""

from __future__ import annotations

from flask import Flask, Response

from sandbox.clickup import comments, control_api, grants, pages
from sandbox.clickup.face import RATE, ROOT, ClickUpError
from sandbox.clickup.history import live_a_day, write_lists
from sandbox.clickup.sign_in import add_sign_in
from sandbox.clickup.tasks import SCHEMA
from sandbox.clickup.views import add_views
from sandbox.face import Face
from sandbox.limits import Rate


def _install(app: Flask) -> None:
    add_sign_in(app)
    add_views(app)
    comments.add_comments(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(control_api.blueprint)

    @app.route(f"{ROOT}<path:_path>", methods=["GET", "POST", "PUT", "DELETE"])
    def no_such_clickup_endpoint(_path: str) -> Response:
        return ClickUpError(404, "Route not found", "APP_001").response()


# A thousand calls a minute, as on the vendor's plan Business Plus; its smaller plans allow a hundred.
CLICKUP = Face(
    name="clickup",
    title="ClickUp",
    page="clickup.lists",
    install=_install,
    schema=SCHEMA + grants.SCHEMA + comments.SCHEMA,
    rates={RATE: Rate(1000 / 60, 1000)},
    fill=write_lists,
    live=live_a_day,
)
