"""Run as a program inside an installation: a launch whose milestone reads a list of the sandbox's ClickUp, and whose
connection may leave comments there.

python -m tests.faults.links_scene <sandbox url>     says the connection's id, and how many tasks are to tell
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from integrations.account import AccountInfo, Project  # noqa: E402  settings first
from integrations.actions.connections import connect, offer_projects  # noqa: E402
from integrations.actions.links_back import allow_links_back  # noqa: E402
from integrations.domain.types import SourceKind  # noqa: E402
from integrations.lineage.choosing import not_begun  # noqa: E402
from integrations.models import Connection  # noqa: E402
from luna.lib.redaction import Secret  # noqa: E402
from sandbox.clickup.workspace import LISTS  # noqa: E402
from tests.factories import make_launch, make_milestone  # noqa: E402
from tests.integrations.world import link, sync  # noqa: E402
from tests.people import person  # noqa: E402


def main(url: str) -> None:
    """Connect, link, read, allow; nothing else is due, so that the next worker's work is a turn at leaving links."""
    ada, carriers = person("ada"), LISTS[1].id
    connection = connect(
        provider="clickup", name="ClickUp", base_url=f"{url}/clickup/api/v2", account="",
        secret=Secret("pk_sandbox"), info=AccountInfo("luna", "Fernhill"), actor=ada,
    )  # fmt: skip
    offered = [Project(carriers, "", "List")]
    offer_projects(connection=connection, version=connection.version, projects=offered, actor=ada)
    link(make_milestone(make_launch(person("ana"))), connection, carriers, SourceKind.LIST)
    sync(connection)
    Connection.objects.filter(pk=connection.pk).update(due_at=None)
    allow_links_back(connection=connection, actor=ada)
    told = {"connection": connection.pk, "tasks": len(not_begun(connection.pk))}
    print(json.dumps(told))  # noqa: T201  the answer


if __name__ == "__main__":
    main(sys.argv[1])
