"""Run as a program inside an installation: sets the scene for the fault tests, and rings its worker's bell.

python -m tests.faults.scene digest <sandbox url>     a launch, Slack, and a digest on its way
python -m tests.faults.scene document <sandbox url>   the same into Google Drive; also running_doc and deck
python -m tests.faults.scene ring <delivery>          a message about it, as a late or doubled one
python -m tests.faults.scene launch <key>             an empty launch of Ana's
"""

from __future__ import annotations

import json
import sys
from functools import partial

import django

django.setup()

from integrations.domain.types import PlaceKind  # noqa: E402  settings first
from luna.celery import app  # noqa: E402
from tests.factories import make_launch, make_milestone  # noqa: E402
from tests.google import GoogleSandbox, connect_google, make_folder  # noqa: E402
from tests.people import person  # noqa: E402
from tests.reports.slack import connect_slack, make_channel, queue_digest  # noqa: E402


def set_digest(sandbox_url: str) -> dict[str, object]:
    """A digest to #launches, queued."""
    ana = person("ana")
    launch = make_launch(ana, key=f"K{ana.owned_launches.count() + 1}")
    make_milestone(launch, "Beta", owner=ana)
    connection = connect_slack(sandbox_url, name=f"Slack of {launch.key}")
    delivery = queue_digest(launch, make_channel(connection, "C01LAUNCHES", "launches"), sender=ana)
    return {"delivery": delivery.pk}


def set_file(kind: str, sandbox_url: str) -> dict[str, object]:
    """A digest to a folder, queued."""
    ana = person("ana")
    launch = make_launch(ana, key=f"K{ana.owned_launches.count() + 1}")
    make_milestone(launch, "Beta", owner=ana)
    connection = connect_google(GoogleSandbox(sandbox_url), name=f"Google of {launch.key}")
    delivery = queue_digest(launch, make_folder(connection, PlaceKind(kind)), sender=ana)
    return {"delivery": delivery.pk}


def ring(delivery: str) -> dict[str, object]:
    """One message, as `luna.lib.bell` sends it."""
    app.send_task("luna.run_due", ("deliveries", int(delivery)), expires=60)
    return {}


def set_launch(key: str) -> dict[str, object]:
    """Ana's, without milestones."""
    return {"launch": make_launch(person("ana"), key=key).pk}


def main(what: str, argument: str) -> None:
    """Set the scene, or ring; say what came of it."""
    scenes = {"digest": set_digest, "ring": ring, "launch": set_launch}
    scenes |= {kind.value: partial(set_file, kind.value) for kind in PlaceKind if kind != PlaceKind.CHANNEL}
    sys.stdout.write(json.dumps(scenes[what](argument)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
