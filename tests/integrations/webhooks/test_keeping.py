"""Luna asks Asana and ClickUp to call, looks at how that stands, and asks again; against the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from integrations.actions.connections import disconnect
from integrations.actions.webhooks import reseal_webhooks, switch_off_webhooks, switch_on_webhooks
from integrations.domain.types import ConnectionState, SourceKind, WebhookState
from integrations.models import Connection, InboundEvent, Webhook
from integrations.webhooks import keeping
from integrations.webhooks.lines import webhook_lines
from integrations.webhooks.secrets import secret_of
from luna.clock import now
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.clickup.workspace import TEAM_ID
from sandbox.control import SandboxControl
from tests.factories import make_connection
from tests.integrations.webhooks.signed import deliver, jira_call, listen
from tests.integrations.webhooks.tools import ASANA_PROJECT, CLICKUP_LIST, OTHER_PROJECT
from tests.integrations.world import link
from tests.moving_clock import MovingClock


@pytest.fixture
def an_hour_later(clock: MovingClock) -> Callable[[], None]:
    def later() -> None:
        clock.move(timedelta(minutes=61))
        drain("webhooks")

    return later


def _only(connection: Connection) -> Webhook:
    return Webhook.objects.get(connection=connection)


class TestClickUp:
    @pytest.fixture
    def on(self, clickup: Connection, milestone: Milestone, ada: User) -> Connection:
        link(milestone, clickup, CLICKUP_LIST, SourceKind.LIST)
        switch_on_webhooks(connection=clickup, actor=ada)
        drain("webhooks")
        return clickup

    def test_it_is_registered_for_the_workspace(self, on: Connection, sandbox_control: SandboxControl) -> None:
        webhook = _only(on)
        [there] = sandbox_control.webhooks()
        assert (webhook.state, webhook.scope, webhook.remote_id) == (WebhookState.ON, TEAM_ID, there["id"])
        assert secret_of(webhook) == there["secret"]
        assert there["target"].endswith(f"/hooks/{webhook.path_key}/")

    def test_looking_again_changes_nothing_while_it_is_well(
        self, on: Connection, sandbox_control: SandboxControl, an_hour_later: Callable[[], None]
    ) -> None:
        before = _only(on).path_key
        an_hour_later()
        assert (_only(on).path_key, len(sandbox_control.webhooks())) == (before, 1)

    @pytest.mark.parametrize("standing", ["suspended", "gone"])
    def test_one_that_the_tool_dropped_is_asked_for_again(
        self, on: Connection, sandbox_control: SandboxControl, an_hour_later: Callable[[], None], standing: str
    ) -> None:
        before = _only(on)
        sandbox_control.set_webhook(before.remote_id, standing)
        an_hour_later()
        after = _only(on)
        [there] = sandbox_control.webhooks()
        assert after.state == WebhookState.ON
        assert after.remote_id == there["id"] != before.remote_id
        assert there["standing"] == "active"
        assert after.path_key != before.path_key

    @pytest.mark.parametrize(
        "troubled",
        [
            {"state": ConnectionState.NEEDS_ATTENTION},
            {"state": ConnectionState.PAUSED, "paused_until": timedelta(days=1)},
        ],
    )
    def test_a_tool_that_refuses_or_rests_is_not_asked_how_it_stands(
        self,
        on: Connection,
        sandbox_control: SandboxControl,
        an_hour_later: Callable[[], None],
        troubled: dict[str, Any],
    ) -> None:
        before = _only(on)
        sandbox_control.set_webhook(before.remote_id, "gone")
        until = {"paused_until": now() + troubled["paused_until"]} if "paused_until" in troubled else {}
        Connection.objects.filter(pk=on.pk).update(**troubled | until)
        an_hour_later()
        assert _only(on).path_key == before.path_key
        Connection.objects.filter(pk=on.pk).update(state=ConnectionState.OK, paused_until=None)
        Webhook.objects.update(due_at=now())
        drain("webhooks")
        assert _only(on).path_key != before.path_key

    def test_a_tool_that_asks_to_wait_a_day_is_not_asked_before(
        self, on: Connection, sandbox_control: SandboxControl, an_hour_later: Callable[[], None], clock: MovingClock
    ) -> None:
        gone = _only(on).remote_id
        sandbox_control.set_webhook(gone, "gone")
        sandbox_control.add_fault("clickup", "status", match="webhook", status=429, headers={"Retry-After": "86400"})
        for _ in range(3):
            an_hour_later()
            assert _only(on).remote_id == gone
        clock.move(timedelta(days=1))
        drain("webhooks")
        assert _only(on).remote_id != gone

    def test_one_whose_calls_fail_says_so_until_they_do_not(
        self, on: Connection, sandbox_control: SandboxControl, an_hour_later: Callable[[], None]
    ) -> None:
        sandbox_control.set_webhook(_only(on).remote_id, "failing")
        an_hour_later()
        [line] = webhook_lines(on).lines
        assert line.state == WebhookState.FAILING
        assert "LUNA_BASE_URL" in line.sentence
        sandbox_control.set_webhook(_only(on).remote_id, "active")
        an_hour_later()
        assert (_only(on).state, _only(on).error_sentence) == (WebhookState.ON, "")

    def test_switching_off_takes_it_back(self, on: Connection, sandbox_control: SandboxControl, ada: User) -> None:
        switch_off_webhooks(connection=on, actor=ada)
        assert webhook_lines(on).lines == ()
        drain("webhooks")
        assert sandbox_control.webhooks() == []
        assert not Webhook.objects.exists()

    def test_switching_on_twice_registers_once(
        self, on: Connection, sandbox_control: SandboxControl, ada: User
    ) -> None:
        switch_on_webhooks(connection=on, actor=ada)
        drain("webhooks")
        assert len(sandbox_control.webhooks()) == 1

    def test_one_that_watches_what_nobody_reads_any_more_is_taken_back(
        self, on: Connection, sandbox_control: SandboxControl, milestone: Milestone, an_hour_later: Callable[[], None]
    ) -> None:
        milestone.sources.all().delete()
        an_hour_later()
        assert sandbox_control.webhooks() == []
        assert (_only(on).state, _only(on).scope) == (WebhookState.OFF, "")
        assert "Nothing is read" in _only(on).error_sentence

    def test_a_revoked_token_is_told(
        self, on: Connection, sandbox_control: SandboxControl, an_hour_later: Callable[[], None]
    ) -> None:
        sandbox_control.add_fault("clickup", "status", match=".", status=401, body={"err": "no", "ECODE": "OAUTH_019"})
        an_hour_later()
        assert _only(on).state == WebhookState.FAILING
        assert "token" in _only(on).error_sentence.lower()

    def test_old_calls_are_deleted_after_a_week(
        self, on: Connection, clock: MovingClock, an_hour_later: Callable[[], None]
    ) -> None:
        InboundEvent.objects.create(connection=on, delivery_key="a", received_at=clock.now())
        clock.move(timedelta(days=6))
        an_hour_later()
        assert InboundEvent.objects.count() == 1
        clock.move(timedelta(days=1))
        an_hour_later()
        assert InboundEvent.objects.count() == 0


def test_nothing_is_asked_for_before_anything_is_read(
    clickup: Connection, sandbox_control: SandboxControl, milestone: Milestone, ada: User,
    an_hour_later: Callable[[], None],
) -> None:  # fmt: skip
    switch_on_webhooks(connection=clickup, actor=ada)
    drain("webhooks")
    assert (_only(clickup).state, sandbox_control.webhooks()) == (WebhookState.OFF, [])
    link(milestone, clickup, CLICKUP_LIST, SourceKind.LIST)
    an_hour_later()
    assert (_only(clickup).state, len(sandbox_control.webhooks())) == (WebhookState.ON, 1)


def test_an_address_that_only_this_machine_reaches_is_said_instead_of_tried(
    clickup: Connection, sandbox_control: SandboxControl, milestone: Milestone, ada: User, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.BASE_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr(keeping, "_tool_address", lambda _connection: "https://api.clickup.com/api/v2")
    link(milestone, clickup, CLICKUP_LIST, SourceKind.LIST)
    switch_on_webhooks(connection=clickup, actor=ada)
    drain("webhooks")
    assert sandbox_control.webhooks() == []
    [line] = webhook_lines(clickup).lines
    assert line.state == WebhookState.FAILING
    assert "LUNA_BASE_URL is http://127.0.0.1:8000" in line.sentence


@pytest.mark.parametrize(
    ("base_url", "tool", "reaches"),
    [
        ("https://luna.example", "https://app.asana.com/api/1.0", True),
        ("https://203.0.114.7", "https://app.asana.com/api/1.0", True),
        ("http://localhost:8000", "https://app.asana.com/api/1.0", False),
        ("http://127.0.0.1:8000", "https://app.asana.com/api/1.0", False),
        ("http://[::1]:8000", "https://app.asana.com/api/1.0", False),
        ("http://192.168.1.4", "https://app.asana.com/api/1.0", False),
        ("https://luna", "https://app.asana.com/api/1.0", False),
        ("https://luna.local", "https://app.asana.com/api/1.0", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8100/asana", True),
    ],
)
@pytest.mark.django_db
def test_who_reaches_whom(base_url: str, tool: str, reaches: bool, settings: LazySettings) -> None:
    settings.BASE_URL = base_url
    assert keeping.is_within_reach(make_connection("A", provider="asana", base_url=tool)) is reaches


class TestAsana:
    def test_without_an_answer_to_its_handshake_it_fails_in_words(
        self, asana: Connection, milestone: Milestone, sandbox_control: SandboxControl, ada: User
    ) -> None:
        link(milestone, asana, ASANA_PROJECT, SourceKind.PROJECT)
        switch_on_webhooks(connection=asana, actor=ada)
        drain("webhooks")
        webhook = _only(asana)
        assert (webhook.state, webhook.scope) == (WebhookState.FAILING, ASANA_PROJECT)
        assert "handshake" in webhook.error_sentence
        assert sandbox_control.webhooks() == []

    def test_a_project_that_is_linked_later_is_asked_for_at_once(
        self, asana: Connection, milestone: Milestone, ada: User
    ) -> None:
        link(milestone, asana, ASANA_PROJECT, SourceKind.PROJECT)
        switch_on_webhooks(connection=asana, actor=ada)
        drain("webhooks")
        link(milestone, asana, OTHER_PROJECT, SourceKind.PROJECT)
        drain("webhooks")
        assert set(Webhook.objects.values_list("scope", flat=True)) == {ASANA_PROJECT, OTHER_PROJECT}


@pytest.mark.django_db
class TestByHand:
    def test_the_secret_and_the_address_are_told_once(self, ada: User) -> None:
        jira = make_connection("Jira")
        told = switch_on_webhooks(connection=jira, actor=ada)
        assert told is not None
        webhook = _only(jira)
        assert told.address.endswith(f"/hooks/{webhook.path_key}/")
        assert secret_of(webhook) == told.secret
        assert len(told.secret) >= 43
        assert told.secret not in webhook.secret
        [line] = webhook_lines(jira).lines
        assert told.secret not in str(line)
        assert webhook.path_key not in str(line)

    def test_switching_on_again_makes_the_old_address_worthless(self, ada: User) -> None:
        jira = make_connection("Jira")
        switch_on_webhooks(connection=jira, actor=ada)
        before = _only(jira)
        switch_on_webhooks(connection=jira, actor=ada)
        assert deliver(Client(), before, jira_call("1", secret=secret_of(before))) == 404

    def test_data_center_gets_no_secret(self, ada: User) -> None:
        told = switch_on_webhooks(connection=make_connection("J", provider="jira_data_center"), actor=ada)
        assert told is not None
        assert told.secret == ""

    def test_switching_off_forgets_it_at_once(self, ada: User) -> None:
        jira = make_connection("Jira")
        switch_on_webhooks(connection=jira, actor=ada)
        switch_off_webhooks(connection=jira, actor=ada)
        assert not Webhook.objects.exists()

    def test_the_worker_leaves_it_as_it_is(self, ada: User, clock: MovingClock) -> None:
        jira = make_connection("Jira")
        switch_on_webhooks(connection=jira, actor=ada)
        clock.move(timedelta(hours=2))
        assert drain("webhooks") == 1
        assert _only(jira).state == WebhookState.BY_HAND

    def test_it_outlives_a_connection_that_was_disconnected(self, ada: User, clock: MovingClock) -> None:
        jira = make_connection("Jira")
        switch_on_webhooks(connection=jira, actor=ada)
        disconnect(connection=jira, actor=ada)
        clock.move(timedelta(hours=2))
        drain("webhooks")
        assert _only(jira).due_at is not None

    def test_secrets_are_sealed_anew_under_the_first_key(self, settings: LazySettings) -> None:
        webhook = listen(make_connection("Jira"))
        settings.ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.ENCRYPTION_KEYS}
        assert (reseal_webhooks(), reseal_webhooks()) == (1, 0)
        webhook.refresh_from_db()
        assert webhook.secret.startswith("v1:new:")
        assert secret_of(webhook)


@pytest.fixture(autouse=True)
def _nobody_answers(settings: LazySettings) -> None:
    """What is registered for it gets no calls."""
    settings.BASE_URL = "http://127.0.0.1:9"
