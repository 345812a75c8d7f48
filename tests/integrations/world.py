"""Making connections and sources that lead to the sandbox, through the same actions as people use."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import LazySettings

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.actions.sources import link_source
from integrations.domain.types import SourceKind
from integrations.models import Connection, SyncRun, TaskSource
from luna.env import PrivateTarget
from luna.lib.redaction import Secret
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.server import SandboxServer

EMAIL = "ines@fernhill.example"
TOKEN = "sandbox-jira-token"
BOT_TOKEN = "xoxb-sandbox"
OFFERED = {"CAL": "10000", "PAY": "10001", "EUD": "10002", "CLI": "10003"}


def open_to(sandbox: SandboxServer, settings: LazySettings) -> None:
    """Let Luna call the sandbox."""
    port = urlsplit(sandbox.url).port or 0
    settings.PRIVATE_HOSTS = (PrivateTarget("127.0.0.1", port),)
    settings.SLACK_URL = f"{sandbox.url}/slack/api/"
    settings.ATLASSIAN_URL = f"{sandbox.url}/atlassian"


def connect_jira(sandbox: SandboxServer, admin: User, *, token: str = TOKEN, name: str = "Jira") -> Connection:
    """Connected, offering four projects."""
    connection = connect(
        provider="jira_cloud",
        name=name,
        base_url=f"{sandbox.url}/jira",
        account=EMAIL,
        secret=Secret(token),
        info=AccountInfo(EMAIL, "Fernhill", "Europe/Lisbon"),
        actor=admin,
    )
    projects = [Project(pk, key, key) for key, pk in OFFERED.items()]
    offer_projects(connection=connection, version=connection.version, projects=projects, actor=admin)
    return connection


def connect_slack(admin: User, *, token: str = BOT_TOKEN) -> Connection:
    """Connected, without channels."""
    info = AccountInfo("luna", "Fernhill")
    return connect(
        provider="slack", name="Slack", base_url="", account="", secret=Secret(token), info=info, actor=admin
    )


def link(
    milestone: Milestone, connection: Connection, query: str = "CAL-2", kind: SourceKind = SourceKind.EPIC
) -> TaskSource:
    """A source, with its first run waiting."""
    return link_source(
        milestone=milestone, connection=connection, kind=kind, query=query, title="", actor=milestone.launch.owner
    )


def sync(connection: Connection) -> SyncRun:
    """Work what waits; the newest run."""
    drain("sync")
    return SyncRun.objects.filter(connection=connection).latest("pk")
