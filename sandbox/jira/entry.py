"""Jira's face."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from sandbox.company.days import live_a_day
from sandbox.company.history import write_company
from sandbox.face import Face
from sandbox.jira.issue_views import add_issue_views
from sandbox.jira.tables import SCHEMA
from sandbox.jira.views import add_views
from sandbox.limits import Rate


def _install(app: Flask) -> None:
    add_views(app)
    add_issue_views(app)

    @app.route("/jira/rest/<path:_path>", methods=["GET", "POST", "PUT", "DELETE"])
    def no_such_endpoint(_path: str) -> tuple[Response, int]:
        return jsonify(errorMessages=["No endpoint here."], errors={}), 404


# Generous, as the vendor is to one small app; per method and endpoint.
JIRA = Face(
    name="jira",
    title="Jira",
    page="pages.jira_projects",
    install=_install,
    schema=SCHEMA,
    rates={"jira": Rate(100, 200)},
    fill=write_company,
    live=live_a_day,
)
