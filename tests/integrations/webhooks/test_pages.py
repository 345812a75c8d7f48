"""The switch on the connection's page, and what an admin enters in Jira."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from integrations.credentials import seal
from integrations.domain.types import WebhookState
from integrations.models import Connection, Webhook
from integrations.webhooks.secrets import secret_of
from luna.events.models import Event
from luna.lib.redaction import Secret
from people.models import User
from tests.factories import make_connection
from tests.integrations.webhooks.signed import listen

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def _page(client: Client, connection: Connection) -> str:
    return client.get(reverse("integrations:connection", args=[connection.pk])).content.decode()


def _post(client: Client, name: str, connection: Connection) -> tuple[int, str]:
    answer = client.post(reverse(f"integrations:{name}", args=[connection.pk]))
    return answer.status_code, answer.content.decode()


def test_jiras_address_and_secret_are_shown_this_once(admin: Client) -> None:
    jira = make_connection("Jira")
    status, page = _post(admin, "webhooks_on", jira)
    webhook = Webhook.objects.get()
    assert status == 200
    assert f"/hooks/{webhook.path_key}/" in page
    assert secret_of(webhook) in page
    later = _page(admin, jira)
    assert "Entered in the tool by an admin; last call" in later
    assert webhook.path_key not in later
    assert secret_of(webhook) not in later
    told = str(list(Event.objects.values_list("verb", "before", "after")))
    assert "connection.webhooks_on" in told
    assert webhook.path_key not in told


def test_where_luna_may_ask_both_ways_are_offered(admin: Client) -> None:
    own = make_connection("Own", provider="jira_data_center")
    assert "Ask the tool to call" not in _page(admin, own), "without a token it can't"
    own.credentials = seal(Secret("a token"), pk=own.pk, base_url=own.base_url)
    own.save(update_fields=["credentials"])
    page = _page(admin, own)
    assert "Ask the tool to call" in page
    assert "Enter by hand" in page
    assert _post(admin, "webhooks_on", own)[0] == 303
    answer = admin.post(reverse("integrations:webhooks_on", args=[own.pk]), {"by_hand": "1"})
    assert "the address is the secret" in answer.content.decode()
    page = _page(admin, own)
    assert "Make a new address" in page
    assert "Ask the tool to call" not in page


def test_data_centers_page_says_that_the_address_is_the_secret(admin: Client) -> None:
    _, page = _post(admin, "webhooks_on", make_connection("Own", provider="jira_data_center"))
    assert "the address is the secret" in page
    assert "hook-secret" not in page


def test_a_tool_that_luna_asks_is_asked_in_the_background(admin: Client) -> None:
    asana = make_connection("Asana", provider="asana")
    assert _post(admin, "webhooks_on", asana)[0] == 303
    assert Webhook.objects.get().due_at is not None
    assert _post(admin, "webhooks_off", asana)[0] == 303
    assert not Webhook.objects.exists()


def test_what_fails_and_what_was_refused_stands_on_the_page(admin: Client) -> None:
    asana = make_connection("Asana", provider="asana")
    webhook = listen(asana, state=WebhookState.FAILING)
    Webhook.objects.filter(pk=webhook.pk).update(error_sentence="Nobody answers <there>.", refused=3)
    text = re.sub(r"\s+", " ", _page(admin, asana))
    assert "Calls do not get through; last call" in text
    assert "Nobody answers &lt;there&gt;." in text
    assert "3 calls refused" in text


def test_a_place_has_no_such_switch(admin: Client) -> None:
    slack = make_connection("Slack", provider="slack")
    assert "Calls from the tool" not in _page(admin, slack)
    assert _post(admin, "webhooks_on", slack)[0] == 404
