"""What the sandbox's Asana and ClickUp offer to these tests."""

from __future__ import annotations

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.models import Connection
from luna.lib.redaction import Secret
from people.models import User
from sandbox.asana.plan import PROJECTS
from sandbox.clickup.workspace import LISTS

ASANA_PROJECT = PROJECTS[0].gid
CLICKUP_LIST = LISTS[0].id


def connected(provider: str, token: str, offered: Project, admin: User) -> Connection:
    """A connection that offers one project or list."""
    connection = connect(
        provider=provider, name=provider, base_url="", account="", secret=Secret(token),
        info=AccountInfo("luna", "Fernhill"), actor=admin,
    )  # fmt: skip
    offer_projects(connection=connection, version=connection.version, projects=[offered], actor=admin)
    return connection
