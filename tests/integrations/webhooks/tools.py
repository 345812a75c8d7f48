"""Connections to the sandbox's tools for these tests, and what they offer."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.models import Connection
from integrations.sources.jira.cloud.consent import consent_url, exchange
from integrations.sources.jira.cloud.oauth import Grant
from luna.lib.redaction import Secret
from people.models import User
from sandbox.asana.plan import PROJECTS
from sandbox.clickup.workspace import LISTS
from sandbox.company.people import JIRA_DC_TOKEN
from sandbox.company.plan import BY_KEY
from sandbox.company.plan import PROJECTS as JIRA_PROJECTS
from sandbox.jira.face import CLOUD_ID
from sandbox.jira.sign_in import CLIENT_ID, CLIENT_SECRET
from sandbox.server import SandboxServer

ASANA_PROJECT = PROJECTS[0].gid
OTHER_PROJECT = PROJECTS[1].gid
BACK = "http://127.0.0.1:8000/settings/integrations/consent/"
CLICKUP_LIST = LISTS[0].id


def connected(provider: str, token: str, offered: Project, admin: User) -> Connection:
    """A connection that offers one project or list."""
    connection = connect(
        provider=provider, name=provider, base_url="", account="", secret=Secret(token),
        info=AccountInfo("luna", "Fernhill"), actor=admin,
    )  # fmt: skip
    offer_projects(connection=connection, version=connection.version, projects=[offered], actor=admin)
    return connection


def granted(*, without: str = "") -> Secret:
    """What a person's consent gives an OAuth app, with the scopes that Luna asks for."""
    pending = Grant(CLIENT_ID, CLIENT_SECRET, CLOUD_ID).sealed_form
    url = consent_url(pending, redirect_uri=BACK, state="s", verifier="")
    url = url.replace(without, "") if without else url
    answer = requests.post(url, data={"decision": "accept"}, allow_redirects=False, timeout=30)
    code = dict(part.split("=") for part in urlsplit(answer.headers["Location"]).query.split("&"))["code"]
    return exchange(pending, code=code, verifier="", redirect_uri=BACK)


def jira_of_an_app(
    sandbox: SandboxServer, admin: User, secret: Secret | None = None, *, name: str = "Jira"
) -> Connection:
    """Jira Cloud by an OAuth app, offering two projects."""
    connection = connect(
        provider="jira_cloud", name=name, base_url=f"{sandbox.url}/jira", account="", secret=secret or granted(),
        info=AccountInfo("luna", "Jira"), options={"cloud_id": CLOUD_ID}, actor=admin,
    )  # fmt: skip
    return offering(connection, admin, "CAL", "PAY")


def jira_of_an_admin(sandbox: SandboxServer, admin: User) -> Connection:
    """Jira Data Center, offering one project."""
    connection = connect(
        provider="jira_data_center", name="Own", base_url=f"{sandbox.url}/jira-dc", account="",
        secret=Secret(JIRA_DC_TOKEN), info=AccountInfo("luna", "Jira"), actor=admin,
    )  # fmt: skip
    return offering(connection, admin, "HOST")


def offering(connection: Connection, admin: User, *keys: str) -> Connection:
    """With these projects of a Jira offered."""
    projects = [Project(str(10_000 + JIRA_PROJECTS.index(BY_KEY[key])), key, key) for key in keys]
    connection.refresh_from_db()
    offer_projects(connection=connection, version=connection.version, projects=projects, actor=admin)
    return connection
