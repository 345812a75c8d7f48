"""The whole way over real sockets: Luna asks, the tool shakes hands and calls, the worker looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from integrations.actions.webhooks import switch_on_webhooks
from integrations.domain.types import SourceKind, TaskState, WebhookState
from integrations.models import InboundEvent, Task, Webhook
from integrations.webhooks.secrets import secret_of
from luna.lib.work import drain
from tests.integrations.webhooks.tools import ASANA_PROJECT, CLICKUP_LIST, jira_of_an_admin, jira_of_an_app
from tests.integrations.world import link, open_to, sync

if TYPE_CHECKING:
    from django.conf import LazySettings
    from pytest_django.live_server_helper import LiveServer

    from integrations.models import Connection
    from milestones.models import Milestone
    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reachable(live_server: LiveServer, settings: LazySettings) -> None:
    """Luna answers at LUNA_BASE_URL."""
    settings.BASE_URL = live_server.url


@pytest.mark.usefixtures("reachable")
def test_asana_shakes_hands_and_calls(
    asana: Connection,
    milestone: Milestone,
    ada: User,
    sandbox_control: SandboxControl,
    half_a_minute: Callable[[], int],
) -> None:
    link(milestone, asana, ASANA_PROJECT, SourceKind.PROJECT)
    sync(asana)
    switch_on_webhooks(connection=asana, actor=ada)
    drain("webhooks")
    webhook = Webhook.objects.get()
    [there] = sandbox_control.webhooks()
    assert (webhook.state, webhook.error_sentence) == (WebhookState.ON, "")
    assert (webhook.remote_id, secret_of(webhook)) == (there["id"], there["secret"])

    task = Task.objects.filter(state=TaskState.TO_DO).latest("pk")
    sandbox_control.edit_asana_task(task.external_id, completed=True)
    event = {"action": "changed", "resource": {"gid": task.external_id, "resource_type": "task"}, "parent": None}
    assert sandbox_control.send_calls("asana", [[], event, [event, event]], order=[1, 0, 1, 2]) == [200] * 4
    assert InboundEvent.objects.count() == 2
    half_a_minute()
    task.refresh_from_db()
    assert task.state == TaskState.DONE
    assert not InboundEvent.objects.filter(worked_at__isnull=True).exists()


@pytest.mark.usefixtures("reachable")
def test_clickup_calls_lost_doubled_and_out_of_order(
    clickup: Connection,
    milestone: Milestone,
    ada: User,
    sandbox_control: SandboxControl,
    half_a_minute: Callable[[], int],
) -> None:
    link(milestone, clickup, CLICKUP_LIST, SourceKind.LIST)
    sync(clickup)
    switch_on_webhooks(connection=clickup, actor=ada)
    drain("webhooks")
    one, other, gone = Task.objects.order_by("pk")[:3]
    sandbox_control.edit_clickup_task(one.external_id, name="Renamed")
    sandbox_control.edit_clickup_task(other.external_id, name="Renamed, too")
    sandbox_control.delete_clickup_task(gone.external_id)
    events = [
        {"event": "taskUpdated", "task_id": one.external_id, "history_items": [{"id": "1"}]},
        {"event": "taskUpdated", "task_id": one.external_id, "history_items": [{"id": "2"}]},
        {"event": "taskUpdated", "task_id": other.external_id, "history_items": [{"id": "3"}]},
        {"event": "taskDeleted", "task_id": gone.external_id, "history_items": []},
    ]
    assert sandbox_control.send_calls("clickup", events, order=[3, 2, 1, 1, 3]) == [200] * 5
    half_a_minute()
    titles = dict(Task.objects.values_list("external_id", "title"))
    assert (titles[one.external_id], titles[other.external_id]) == ("Renamed", "Renamed, too")
    gone.refresh_from_db()
    assert gone.removed_at is not None
    assert InboundEvent.objects.count() == 3


@pytest.mark.usefixtures("reachable")
@pytest.mark.parametrize("provider", ["jira_cloud", "jira_data_center"])
def test_jira_is_asked_and_calls(
    provider: str,
    sandbox: SandboxServer,
    settings: LazySettings,
    milestone: Milestone,
    ada: User,
    sandbox_control: SandboxControl,
    half_a_minute: Callable[[], int],
) -> None:
    """An app's calls bring a token; those of a Data Center nothing but the address."""
    open_to(sandbox, settings)
    make, key = {"jira_cloud": (jira_of_an_app, "CAL"), "jira_data_center": (jira_of_an_admin, "HOST")}[provider]
    connection = make(sandbox, ada)
    link(milestone, connection, f"project = {key}", SourceKind.JQL)
    sync(connection)
    switch_on_webhooks(connection=connection, actor=ada)
    drain("webhooks")
    webhook = Webhook.objects.get()
    assert (webhook.state, webhook.error_sentence) == (WebhookState.ON, "")
    task = Task.objects.exclude(state=TaskState.DONE).latest("pk")
    sandbox_control.edit_issue(task.key, status="Done", resolution="Done")
    event = {"webhookEvent": "jira:issue_updated", "issue": {"id": task.external_id, "key": task.key}}
    face = {"jira_cloud": "jira", "jira_data_center": "jira-dc"}[provider]
    assert sandbox_control.send_calls(face, [event, event], order=[0, 1, 0]) == [200] * 3
    half_a_minute()
    task.refresh_from_db()
    assert task.state == TaskState.DONE
    webhook.refresh_from_db()
    assert (webhook.refused, InboundEvent.objects.filter(worked_at__isnull=True).count()) == (0, 0)
