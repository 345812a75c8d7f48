"""Run as a program inside an installation: a launch whose milestone reads four projects of the sandbox's Jira.

python -m tests.faults.sync_scene <sandbox url>     says the source's id, and how many tasks there are to read
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from types import SimpleNamespace
from typing import cast

import django

django.setup()

from integrations.domain.types import SourceKind  # noqa: E402  settings first
from integrations.registry import open_source  # noqa: E402
from integrations.sources.base import SourceQuery  # noqa: E402
from sandbox.server import SandboxServer  # noqa: E402
from tests.factories import make_launch, make_milestone  # noqa: E402
from tests.integrations.world import connect_jira, link  # noqa: E402
from tests.people import person  # noqa: E402

QUERY = "project in (CAL, PAY, EUD, CLI)"


def main(url: str) -> None:
    """Connect, link, say so."""
    connection = connect_jira(cast("SandboxServer", SimpleNamespace(url=url)), person("ada"))
    milestone = make_milestone(make_launch(person("ana")))
    source = link(milestone, connection, QUERY, SourceKind.JQL)
    with closing(open_source(connection)) as client:
        count = client.count(SourceQuery("jql", QUERY))
    print(json.dumps({"source": source.pk, "tasks": count}))  # noqa: T201  the answer


if __name__ == "__main__":
    main(sys.argv[1])
