"""The address that tools call: forged calls (0 accepted), copies, sizes, the handshake."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.actions.connections import disconnect
from integrations.domain.types import WebhookState
from integrations.models import Connection, InboundEvent, Webhook
from integrations.webhooks.receiving import MOST_BYTES, end_of_batch
from integrations.webhooks.secrets import secret_of
from luna import clock
from people.models import User
from tests.factories import make_connection
from tests.integrations.webhooks.signed import SECRET, Call, deliver, hex_of, jira_call, listen
from tests.moving_clock import MovingClock

NAME = "X-Hub-Signature"
pytestmark = pytest.mark.django_db


@pytest.fixture
def door() -> Client:
    """A caller without a session, whom nothing excuses from the check of forms."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def cloud() -> Connection:
    return make_connection("Jira")


def _forged(call: Call) -> dict[str, Call]:
    good = hex_of(call.body)
    sha1 = hmac.new(SECRET.encode(), call.body, hashlib.sha1).hexdigest()
    respaced = json.dumps(json.loads(call.body), indent=2).encode()
    return {
        "none": Call(call.body),
        "empty": Call(call.body, {NAME: ""}),
        "empty after its scheme": Call(call.body, {NAME: "sha256="}),
        "wrong": Call(call.body, {NAME: f"sha256={'0' * 64}"}),
        "cut short": Call(call.body, {NAME: f"sha256={good[:32]}"}),
        "without its scheme": Call(call.body, {NAME: good}),
        "SHA-1": Call(call.body, {NAME: f"sha1={sha1}"}),
        "SHA-1 said to be SHA-256": Call(call.body, {NAME: f"sha256={sha1}"}),
        "of another connection": jira_call("1", secret="another secret"),
        "of an empty secret": Call(call.body, {NAME: f"sha256={hex_of(call.body, '')}"}),
        "of the same data written otherwise": Call(respaced, call.headers),
        "of another body": Call(jira_call("2").body, call.headers),
        "under another tool's header": Call(call.body, {"X-Hook-Signature": good, "X-Signature": good}),
        "a handshake": Call(call.body, {"X-Hook-Secret": SECRET}),
    }


def test_no_forged_call_is_accepted(door: Client, cloud: Connection) -> None:
    webhook = listen(cloud)
    cases = _forged(jira_call("1"))
    answers = {case: deliver(door, webhook, call) for case, call in cases.items()}
    assert answers == dict.fromkeys(cases, 404)
    webhook.refresh_from_db()
    assert (InboundEvent.objects.count(), webhook.refused, webhook.last_event_at) == (0, len(cases), None)
    assert secret_of(webhook) == SECRET


def test_a_call_while_luna_does_not_listen_is_no_forged_one(door: Client, cloud: Connection) -> None:
    webhook = listen(cloud)
    Webhook.objects.filter(pk=webhook.pk).update(state=WebhookState.OFF)
    assert deliver(door, webhook, jira_call("1")) == 404
    webhook.refresh_from_db()
    assert (InboundEvent.objects.count(), webhook.refused) == (0, 0)


def test_a_true_call_is_accepted_however_it_is_spaced(door: Client, cloud: Connection) -> None:
    body = b'  {"webhookEvent" :"jira:issue_updated",\n\n"issue":{"id":\t"10001"} } '
    webhook = listen(cloud)
    assert deliver(door, webhook, Call(body, {NAME: f"sha256={hex_of(body)}"})) == 200
    event = InboundEvent.objects.get()
    webhook.refresh_from_db()
    assert (event.task_ids, event.about["kinds"]) == (["10001"], ["jira:issue_updated"])
    assert webhook.last_event_at == event.received_at
    assert event.due_at == end_of_batch(event.received_at)


def test_an_empty_stored_secret_accepts_nothing(door: Client, cloud: Connection) -> None:
    webhook = listen(cloud, secret="")
    call = jira_call("1", secret="")
    assert [deliver(door, webhook, one) for one in (call, Call(call.body), Call(call.body, {NAME: "sha256="}))] == [
        404,
        404,
        404,
    ]
    assert not InboundEvent.objects.exists()


def test_a_secret_moved_from_another_row_verifies_nothing(door: Client, cloud: Connection) -> None:
    mine, other = listen(cloud), listen(make_connection("Another"))
    Webhook.objects.filter(pk=mine.pk).update(secret=other.secret)
    assert deliver(door, mine, jira_call("1")) == 404


def test_an_unknown_address_is_answered_as_a_wrong_signature(door: Client, cloud: Connection) -> None:
    webhook = listen(cloud)
    wrong = door.post(reverse("integrations:hook", args=[webhook.path_key]), b"{}", content_type="application/json")
    unknown = door.post(reverse("integrations:hook", args=["x" * 43]), b"{}", content_type="application/json")
    assert (wrong.status_code, wrong.content, wrong.headers.items()) == (
        unknown.status_code,
        unknown.content,
        unknown.headers.items(),
    )


@pytest.mark.parametrize("key", ["x", "x" * 44, "x" * 42 + "%00", "%E2%98%BE" * 43, "x" * 42 + "%20"])
def test_what_can_be_no_address_is_unknown(door: Client, cloud: Connection, key: str) -> None:
    url = reverse("integrations:hook", args=["x"]).replace("/x/", f"/{key}/")
    assert door.post(url, b"{}", content_type="application/json").status_code == 404


@pytest.mark.parametrize("state", [WebhookState.OFF, WebhookState.ASKED])
def test_one_that_is_not_in_force_listens_to_nobody(door: Client, cloud: Connection, state: WebhookState) -> None:
    assert deliver(door, listen(cloud, state=state), jira_call("1")) == 404


def test_a_connection_that_was_disconnected_listens_to_nobody(door: Client, cloud: Connection, ada: User) -> None:
    webhook = listen(cloud)
    disconnect(connection=cloud, actor=ada)
    assert deliver(door, webhook, jira_call("1")) == 404


def test_data_center_signs_nothing_so_the_address_alone_speaks(door: Client) -> None:
    webhook = listen(make_connection("Own Jira", provider="jira_data_center"), secret="")
    assert deliver(door, webhook, Call(jira_call("1").body)) == 200
    assert InboundEvent.objects.count() == 1


def test_a_call_is_kept_once(door: Client, cloud: Connection, clock: MovingClock) -> None:
    webhook = listen(cloud)
    first = jira_call("1", key="abc")
    for _ in range(3):
        assert deliver(door, webhook, first) == 200
        clock.move(timedelta(hours=7))
    assert deliver(door, webhook, jira_call("1", key="def")) == 200
    assert sorted(InboundEvent.objects.values_list("delivery_key", flat=True)) == ["abc", "def"]


def test_what_names_no_task_is_only_a_sign_of_life(door: Client, cloud: Connection) -> None:
    webhook = listen(cloud)
    body = b'{"webhookEvent": "sprint_closed"}'
    assert deliver(door, webhook, Call(body, {NAME: f"sha256={hex_of(body)}"})) == 200
    webhook.refresh_from_db()
    assert webhook.last_event_at is not None
    assert not InboundEvent.objects.exists()


def test_a_body_that_is_too_large_is_not_read(door: Client, cloud: Connection) -> None:
    webhook = listen(cloud)
    body = jira_call("1").body + b" " * MOST_BYTES
    signed = {NAME: f"sha256={hex_of(body)}"}
    assert deliver(door, webhook, Call(body, signed)) == 413
    url = reverse("integrations:hook", args=[webhook.path_key])
    nonsense = door.generic("POST", url, b"{}", content_type="application/json", CONTENT_LENGTH="many")
    assert nonsense.status_code == 413
    assert not InboundEvent.objects.exists()


def test_a_call_in_chunks_is_verified_over_all_of_them(door: Client, cloud: Connection) -> None:
    """Its length is told by nobody; granian ends the stream."""
    url = reverse("integrations:hook", args=[listen(cloud).path_key])
    call = jira_call("1")
    stream = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    for body, status in ((call.body, 200), (call.body[:-1], 404), (call.body + b" " * MOST_BYTES, 413)):
        answer = door.generic("POST", url, headers=call.headers, **stream, **{"wsgi.input": BytesIO(body)})  # type: ignore[arg-type]
        assert answer.status_code == status
    assert InboundEvent.objects.get().task_ids == ["1"]


def test_only_posts_are_taken(door: Client, cloud: Connection) -> None:
    assert door.get(reverse("integrations:hook", args=[listen(cloud).path_key])).status_code == 405


def test_a_call_costs_few_statements_and_sets_no_cookie(door: Client, cloud: Connection) -> None:
    webhook = listen(cloud)
    deliver(door, webhook, jira_call("1", key="1"))
    with CaptureQueriesContext(database) as queries:
        deliver(door, webhook, jira_call("1", key="2"))
    statements = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert len(statements) == 2, statements
    assert not door.cookies


class TestHandshake:
    """Asana hands over its secret while Luna asks it to call, and at no other time."""

    @pytest.fixture
    def asana(self) -> Connection:
        return make_connection("Asana", provider="asana")

    def _shake(self, door: Client, webhook: Webhook, secret: str) -> tuple[int, str | None]:
        url = reverse("integrations:hook", args=[webhook.path_key])
        answer = door.post(url, b"{}", content_type="application/json", headers={"X-Hook-Secret": secret})
        return answer.status_code, answer.headers.get("X-Hook-Secret")

    def test_the_secret_comes_back_and_is_kept(self, door: Client, asana: Connection) -> None:
        webhook = listen(asana, secret="", state=WebhookState.ASKED)
        assert self._shake(door, webhook, "b537207f") == (200, "b537207f")
        webhook.refresh_from_db()
        assert secret_of(webhook) == "b537207f"
        assert "b537207f" not in webhook.secret

    def test_a_second_one_changes_nothing(self, door: Client, asana: Connection) -> None:
        webhook = listen(asana, secret="", state=WebhookState.ASKED)
        self._shake(door, webhook, "first")
        assert self._shake(door, webhook, "second") == (404, None)
        webhook.refresh_from_db()
        assert secret_of(webhook) == "first"

    @pytest.mark.parametrize("secret", ["", "x" * 201, "\x7f"])
    def test_what_can_be_no_secret_is_refused(self, door: Client, asana: Connection, secret: str) -> None:
        assert self._shake(door, listen(asana, secret="", state=WebhookState.ASKED), secret) == (404, None)

    @pytest.mark.parametrize("state", [WebhookState.ON, WebhookState.FAILING, WebhookState.OFF, WebhookState.BY_HAND])
    def test_no_other_state_takes_one(self, door: Client, asana: Connection, state: WebhookState) -> None:
        webhook = listen(asana, secret="", state=state)
        assert self._shake(door, webhook, "planted") == (404, None)
        webhook.refresh_from_db()
        assert webhook.secret == ""

    def test_a_tool_without_a_handshake_takes_none(self, door: Client) -> None:
        webhook = listen(make_connection("Up", provider="clickup"), secret="", state=WebhookState.ASKED)
        assert self._shake(door, webhook, "planted") == (404, None)


def test_calls_of_the_same_half_minute_become_due_together() -> None:
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    assert {end_of_batch(start + timedelta(seconds=s)) for s in range(30)} == {start + timedelta(seconds=30)}
    assert end_of_batch(start + timedelta(seconds=30)) == start + timedelta(seconds=60)
