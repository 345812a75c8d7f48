"""Run as a program inside an installation: a launch whose milestone reads an epic of the sandbox's Jira, that calls.

python -m benchmarks.faults.flood_scene <sandbox url> <epic>     says where calls and pages go, and with what
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import cast

import django

django.setup()

from django.conf import settings  # noqa: E402  settings first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.urls import reverse  # noqa: E402

from people.sessions import SessionStore  # noqa: E402
from sandbox.server import SandboxServer  # noqa: E402
from tests.factories import make_launch, make_milestone  # noqa: E402
from tests.integrations.webhooks.signed import SECRET, listen  # noqa: E402
from tests.integrations.world import connect_jira, link  # noqa: E402
from tests.people import person  # noqa: E402


def main(url: str, epic: str) -> None:
    """Connect, link, listen, sign in, say so."""
    ada, ana = person("ada"), person("ana")
    connection = connect_jira(cast("SandboxServer", SimpleNamespace(url=url)), ada)
    launch = make_launch(ana, key="FLOOD")
    link(make_milestone(launch), connection, epic)
    webhook = listen(connection)
    session = SessionStore()
    session[SESSION_KEY] = str(ada.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = ada.get_session_auth_hash()
    session.create()
    told = {
        "connection": connection.pk,
        "hook": reverse("integrations:hook", args=[webhook.path_key]),
        "secret": SECRET,
        "cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
        "pages": [
            reverse("reports:portfolio"),
            reverse("reports:launch", args=[launch.key]),
            reverse("integrations:connection", args=[connection.pk]),
        ],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
