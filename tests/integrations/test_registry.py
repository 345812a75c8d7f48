"""A tracker is one folder and one line: a toy is added, connected through the page, linked and read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from io import StringIO

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from integrations.models import Connection
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User


def test_a_new_tracker_needs_a_folder_and_a_line(
    toy: str, signed_in: Callable[[User], Client], ada: User, ben: User, milestone: Milestone
) -> None:
    admin, pm = signed_in(ada), signed_in(ben)
    assert "Toy tracker" in admin.get(reverse("integrations:choose_provider")).content.decode()
    connect = reverse("integrations:connect", args=[toy])
    assert "The toy refuses this token" in admin.post(connect, {"name": "Toys", "token": "wrong"}).content.decode()
    offer = admin.post(connect, {"name": "Toys", "token": "toy-token"}).headers["Location"]
    connection = Connection.objects.get()
    admin.post(offer, {"chosen": ["1"], "version": connection.version})
    panel = reverse("integrations:milestone_sources", args=[milestone.launch.key, milestone.pk])
    assert "Toys / BOX" in pm.get(panel, {"connection": connection.pk}).content.decode()
    link = reverse("integrations:link_source", args=[milestone.launch.key, milestone.pk])
    pm.post(link, {"connection": connection.pk, "pick": "box:BOX"})
    drain("sync")
    milestone.refresh_from_db()
    assert (milestone.tasks_total, milestone.tasks_done, milestone.tasks_in_progress) == (3, 2, 1)
    out = StringIO()
    call_command("sync", "--full", stdout=out)
    assert out.getvalue() == "Toys: 4 read, 0 changed in 4 calls.\n"


def test_no_sdk_is_loaded_before_its_service_is_used() -> None:
    code = (
        "import sys, django; django.setup(); "
        "import integrations.urls, integrations.tasks, milestones.tasks, reports.tasks, luna.urls; "
        "sdks = ('jira', 'asana', 'slack_sdk', 'googleapiclient', 'google.auth', 'pptx', 'openpyxl', 'numpy'); "
        "sys.exit(' '.join(name for name in sdks if name in sys.modules) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
