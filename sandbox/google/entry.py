"""Google's face."""

from __future__ import annotations

from flask import Flask, Response

from sandbox.face import Face
from sandbox.google import pages
from sandbox.google.answers import GoogleError
from sandbox.google.company import write_drive
from sandbox.google.control_api import add_controls
from sandbox.google.door import DRIVE_RATE, READ_RATE, WRITE_RATE
from sandbox.google.drive import add_drive
from sandbox.google.editors import add_editors
from sandbox.google.sign_in import add_sign_in
from sandbox.google.tables import SCHEMA
from sandbox.limits import Rate


def _install(app: Flask) -> None:
    add_sign_in(app)
    add_drive(app)
    add_editors(app)
    add_controls(app)
    app.register_blueprint(pages.blueprint)

    for root in ("drive/v3", "v1"):
        app.add_url_rule(
            f"/google/{root}/<path:_path>",
            f"google_nothing_{root}",
            _no_such_endpoint,
            methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        )


def _no_such_endpoint(_path: str) -> Response:
    return GoogleError(404, "The requested URL was not found on this server.").response()


# Per user: 60 writes and 300 reads a minute in each of Docs and Slides, 12,000 queries a minute in Drive
# (developers.google.com/workspace/docs/api/limits, /slides/api/limits, /drive/api/guides/limits).
GOOGLE = Face(
    name="google",
    title="Google",
    page="google_pages.home",
    install=_install,
    schema=SCHEMA,
    rates={WRITE_RATE: Rate(1, 60), READ_RATE: Rate(5, 300), DRIVE_RATE: Rate(200, 400)},
    fill=write_drive,
)
