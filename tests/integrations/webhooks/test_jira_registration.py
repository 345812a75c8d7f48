"""Luna asks Jira to call: by an OAuth app in Cloud, as an administrator in Data Center; against the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import LazySettings

from integrations.account import AccountInfo
from integrations.actions.connections import disconnect, edit_connection
from integrations.actions.webhooks import switch_off_webhooks, switch_on_webhooks
from integrations.credentials import access_of
from integrations.domain.types import SourceKind, WebhookState
from integrations.models import Connection, Webhook
from integrations.registry import open_registrar
from integrations.sources.jira.cloud.oauth import Grant, grant_in
from integrations.webhooks.secrets import secret_of
from integrations.webhooks.ways import Ways, ways_of
from luna.clock import now
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from sandbox.jira.sign_in import CLIENT_SECRET
from sandbox.server import SandboxServer
from tests.integrations.webhooks.tools import granted, jira_of_an_admin, jira_of_an_app, offering
from tests.integrations.world import EMAIL, link, open_to
from tests.moving_clock import MovingClock

Later = Callable[..., Webhook]


@pytest.fixture(autouse=True)
def world(sandbox: SandboxServer, settings: LazySettings, clock: MovingClock) -> None:
    open_to(sandbox, settings)
    settings.BASE_URL = "http://127.0.0.1:9"


@pytest.fixture
def later(clock: MovingClock) -> Later:
    """Lets time pass and looks after the webhooks; the only one."""

    def look(**time: float) -> Webhook:
        clock.move(timedelta(**time))
        drain("webhooks")
        return Webhook.objects.get()

    return look


@pytest.mark.django_db(transaction=True)
class TestCloud:
    @pytest.fixture
    def app(self, sandbox: SandboxServer, ada: User) -> Connection:
        return jira_of_an_app(sandbox, ada)

    @pytest.fixture
    def on(self, app: Connection, milestone: Milestone, ada: User) -> Connection:
        link(milestone, app)
        assert switch_on_webhooks(connection=app, actor=ada) is None
        drain("webhooks")
        return app

    @pytest.mark.usefixtures("on")
    def test_an_app_registers_one_for_the_offered_projects(self, sandbox_control: SandboxControl, later: Later) -> None:
        webhook = later()
        [there] = sandbox_control.webhooks()
        assert (webhook.state, webhook.error_sentence, webhook.remote_id) == (WebhookState.ON, "", there["id"])
        assert there["target"].endswith(f"/hooks/{webhook.path_key}/")
        assert secret_of(webhook) == f"app:{CLIENT_SECRET}"
        assert webhook.expires_at is not None
        assert timedelta(days=29, hours=23) < webhook.expires_at - now() <= timedelta(days=30)

    @pytest.mark.usefixtures("on")
    def test_it_is_renewed_before_it_ends_and_only_then(self, sandbox_control: SandboxControl, later: Later) -> None:
        first = later()
        after = later(days=14)
        assert first.expires_at is not None
        assert after.expires_at is not None
        assert abs(after.expires_at - first.expires_at) < timedelta(seconds=1)
        for _ in range(3):
            after = later(days=14)
            assert after.expires_at is not None
            assert after.expires_at - now() > timedelta(days=15)
        assert (after.remote_id, after.path_key) == (first.remote_id, first.path_key)
        assert len(sandbox_control.webhooks()) == 1

    @pytest.mark.usefixtures("on")
    def test_one_that_expired_while_luna_was_away_is_asked_for_again(self, later: Later) -> None:
        first = later()
        after = later(days=31)
        assert (after.state, after.error_sentence) == (WebhookState.ON, "")
        assert after.remote_id != first.remote_id

    def test_another_offer_is_watched_at_once_in_its_place(
        self, on: Connection, sandbox_control: SandboxControl, later: Later, ada: User
    ) -> None:
        first = later()
        offering(on, ada, "CAL")
        after = later()
        [there] = sandbox_control.webhooks()
        assert after.remote_id == there["id"] != first.remote_id

    @pytest.mark.usefixtures("on")
    def test_what_a_broken_try_left_behind_does_not_stand_in_the_way(
        self, sandbox_control: SandboxControl, later: Later
    ) -> None:
        first = later()
        Webhook.objects.update(remote_id="")
        after = later(hours=2)
        [there] = sandbox_control.webhooks()
        assert (after.state, after.remote_id) == (WebhookState.ON, there["id"])
        assert there["id"] != first.remote_id

    def test_of_two_connections_by_one_app_the_first_keeps_its_calls_and_the_other_is_told(
        self, on: Connection, sandbox: SandboxServer, sandbox_control: SandboxControl, milestone: Milestone, ada: User,
        clock: MovingClock,
    ) -> None:  # fmt: skip
        [first] = sandbox_control.webhooks()
        second = jira_of_an_app(sandbox, ada, name="The same Jira")
        link(milestone, second)
        switch_on_webhooks(connection=second, actor=ada)
        for _ in range(3):
            clock.move(timedelta(hours=1, seconds=1))
            drain("webhooks")
        [there] = sandbox_control.webhooks()
        assert there["id"] == first["id"]
        assert (on.webhooks.get().state, second.webhooks.get().state) == (WebhookState.ON, WebhookState.FAILING)
        assert "an app of its own" in second.webhooks.get().error_sentence

    def test_what_a_connection_that_ended_left_behind_goes_and_the_other_takes_its_place(
        self, on: Connection, sandbox: SandboxServer, sandbox_control: SandboxControl, milestone: Milestone, ada: User,
        clock: MovingClock,
    ) -> None:  # fmt: skip
        second = jira_of_an_app(sandbox, ada, name="The same Jira")
        link(milestone, second)
        switch_on_webhooks(connection=second, actor=ada)
        drain("webhooks")
        disconnect(connection=on, actor=ada)
        clock.move(timedelta(hours=1, seconds=1))
        drain("webhooks")
        webhook = second.webhooks.get()
        [there] = sandbox_control.webhooks()
        assert (webhook.state, webhook.error_sentence, webhook.remote_id) == (WebhookState.ON, "", there["id"])

    def test_what_another_product_registered_through_the_app_is_left_alone(
        self, app: Connection, sandbox_control: SandboxControl, milestone: Milestone, ada: User, later: Later
    ) -> None:
        with closing(open_registrar(app)) as registrar:
            registrar.register("", "https://other.example/hooks/abc/")
        link(milestone, app)
        switch_on_webhooks(connection=app, actor=ada)
        assert "an app of its own" in later().error_sentence
        [there] = sandbox_control.webhooks()
        assert there["target"] == "https://other.example/hooks/abc/"

    def test_a_new_client_secret_is_believed_from_then_on(self, on: Connection, later: Later, ada: User) -> None:
        kept = grant_in(access_of(on).secret)
        assert kept is not None
        other = Grant(**{**kept.__dict__, "client_secret": "rotated"})
        on.refresh_from_db()
        edit_connection(
            connection=on, version=on.version, name=on.name, base_url=on.base_url, account="",
            secret=other.sealed_form, info=AccountInfo(EMAIL, "Jira"), actor=ada,
        )  # fmt: skip
        assert secret_of(later()) == "app:rotated"

    def test_a_consent_without_the_scope_is_told_with_both_ways_out(
        self, sandbox: SandboxServer, milestone: Milestone, ada: User, later: Later
    ) -> None:
        app = jira_of_an_app(sandbox, ada, granted(without="manage%3Ajira-webhook+"))
        link(milestone, app)
        switch_on_webhooks(connection=app, actor=ada)
        webhook = later()
        assert webhook.state == WebhookState.FAILING
        assert "manage:jira-webhook" in webhook.error_sentence
        assert "by hand" in webhook.error_sentence
        told = switch_on_webhooks(connection=app, by_hand=True, actor=ada)
        assert told is not None
        assert Webhook.objects.get().state == WebhookState.BY_HAND

    def test_what_jira_has_against_it_is_told_in_its_words(
        self, app: Connection, milestone: Milestone, ada: User, sandbox_control: SandboxControl, later: Later
    ) -> None:
        refusal = {"webhookRegistrationResult": [{"errors": ["The clause watchCount is unsupported"]}]}
        sandbox_control.add_fault("jira", "status", match="POST .*/webhook$", status=200, body=refusal)
        link(milestone, app)
        switch_on_webhooks(connection=app, actor=ada)
        assert "“The clause watchCount is unsupported”" in later().error_sentence

    def test_switching_off_takes_it_back_even_if_jira_is_away_for_a_while(
        self, on: Connection, sandbox_control: SandboxControl, later: Later, ada: User, clock: MovingClock
    ) -> None:
        switch_off_webhooks(connection=on, actor=ada)
        sandbox_control.add_fault("jira", "status", match="webhook", status=403, body={"errorMessages": ["no"]})
        assert later().state == WebhookState.OFF
        clock.move(timedelta(hours=2))
        drain("webhooks")
        assert sandbox_control.webhooks() == []
        assert not Webhook.objects.exists()

    def test_entering_by_hand_instead_takes_it_back(
        self, on: Connection, sandbox_control: SandboxControl, later: Later, ada: User
    ) -> None:
        assert ways_of(on) == Ways(by_luna=True, by_hand=True)
        assert switch_on_webhooks(connection=on, by_hand=True, actor=ada) is not None
        assert later().state == WebhookState.BY_HAND
        assert sandbox_control.webhooks() == []
        assert switch_on_webhooks(connection=on, actor=ada) is None
        assert later().state == WebhookState.ON

    def test_with_a_token_there_is_only_the_way_by_hand(self, jira: Connection, ada: User) -> None:
        assert ways_of(jira) == Ways(by_hand=True)
        assert switch_on_webhooks(connection=jira, actor=ada) is not None
        assert Webhook.objects.get().state == WebhookState.BY_HAND


@pytest.mark.django_db
class TestDataCenter:
    @pytest.fixture
    def own(self, sandbox: SandboxServer, milestone: Milestone, ada: User) -> Connection:
        connection = jira_of_an_admin(sandbox, ada)
        link(milestone, connection, "project = HOST", SourceKind.JQL)
        return connection

    @pytest.mark.parametrize("version", [10, 9])
    def test_an_administrators_token_registers_one(
        self, own: Connection, sandbox_control: SandboxControl, later: Later, ada: User, version: int
    ) -> None:
        """Its address moved with version 10."""
        if version == 9:
            info = {"version": "9.12.1", "versionNumbers": [9, 12, 1], "deploymentType": "Server"}
            sandbox_control.add_fault("jira-dc", "status", match="serverInfo", status=200, body=info, times=9)
        switch_on_webhooks(connection=own, actor=ada)
        webhook = later()
        [there] = sandbox_control.webhooks()
        assert (webhook.state, webhook.error_sentence, webhook.remote_id) == (WebhookState.ON, "", there["id"])
        assert (webhook.secret, webhook.expires_at) == ("", None)
        again = later(hours=2)
        assert (again.state, again.remote_id) == (WebhookState.ON, there["id"])

    def test_who_is_no_administrator_is_told_to_enter_it_by_hand(
        self, own: Connection, sandbox_control: SandboxControl, later: Later, ada: User
    ) -> None:
        refusal = {"errorMessages": ["You do not have the permission to administer webhooks."]}
        sandbox_control.add_fault("jira-dc", "status", match="webhook", status=403, body=refusal)
        switch_on_webhooks(connection=own, actor=ada)
        webhook = later()
        own.refresh_from_db()
        assert webhook.state == WebhookState.FAILING
        assert "no administrator" in webhook.error_sentence
        assert (own.state, own.error_sentence) == ("ok", ""), "reading goes on"
        told = switch_on_webhooks(connection=own, by_hand=True, actor=ada)
        assert told is not None
        assert told.secret == ""

    def test_one_that_an_admin_deleted_comes_back_and_one_switched_off_is_told(
        self, own: Connection, sandbox_control: SandboxControl, later: Later, ada: User
    ) -> None:
        switch_on_webhooks(connection=own, actor=ada)
        first = later()
        sandbox_control.set_webhook(first.remote_id, "gone")
        second = later(hours=2)
        assert second.state == WebhookState.ON
        assert second.remote_id != first.remote_id
        sandbox_control.set_webhook(second.remote_id, "suspended")
        assert "admin switched" in later(hours=2).error_sentence

    def test_it_watches_what_is_offered(
        self, own: Connection, sandbox_control: SandboxControl, later: Later, ada: User
    ) -> None:
        switch_on_webhooks(connection=own, actor=ada)
        first = later()
        offering(own, ada, "HOST", "PAR")
        assert later().remote_id != first.remote_id
        assert len(sandbox_control.webhooks()) == 1
        switch_off_webhooks(connection=own, actor=ada)
        drain("webhooks")
        assert sandbox_control.webhooks() == []
        assert not Webhook.objects.exists()
