"""Jira's faces: Cloud, and a Data Center."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from sandbox.company.days import live_a_day
from sandbox.company.history import write_company
from sandbox.face import Face
from sandbox.jira import remote_links
from sandbox.jira.data_center import add_data_center_views
from sandbox.jira.face import CLOUD, DATA_CENTER, Site
from sandbox.jira.issue_views import add_issue_views
from sandbox.jira.pages import blueprint
from sandbox.jira.sign_in import add_sign_in
from sandbox.jira.tables import SCHEMA
from sandbox.jira.views import add_views
from sandbox.limits import Rate


def _install_cloud(app: Flask) -> None:
    app.register_blueprint(blueprint)
    add_views(app)
    add_issue_views(app)
    remote_links.add_remote_links(app, CLOUD)
    add_sign_in(app)
    _refuse_the_rest(app, CLOUD)


def _install_data_center(app: Flask) -> None:
    add_data_center_views(app)
    remote_links.add_remote_links(app, DATA_CENTER)
    _refuse_the_rest(app, DATA_CENTER)


def _refuse_the_rest(app: Flask, site: Site) -> None:
    def no_such_endpoint(_path: str) -> tuple[Response, int]:
        return jsonify(errorMessages=["No endpoint here."], errors={}), 404

    methods = ["GET", "POST", "PUT", "DELETE"]
    app.add_url_rule(f"/{site.name}/rest/<path:_path>", f"{site.name} rest", no_such_endpoint, methods=methods)


# Generous, as the vendor is to one small app; per method and endpoint.
JIRA = Face(
    name="jira",
    title="Jira",
    page="jira_pages.cloud_projects",
    install=_install_cloud,
    schema=SCHEMA + remote_links.SCHEMA,
    rates={"jira": Rate(100, 200)},
    fill=write_company,
    live=live_a_day,
)

# Its tables, its history and its days are those of the company's other Jira: the same people work in both.
JIRA_DC = Face(
    name="jira-dc",
    title="Jira DC",
    page="jira_pages.data_center_projects",
    install=_install_data_center,
    rates={"jira-dc": Rate(100, 200)},
)
