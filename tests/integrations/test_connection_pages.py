"""Connecting, mending and disconnecting through the pages, as an admin does."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from integrations.credentials import access_of
from integrations.domain.types import ConnectionState
from integrations.errors import NeedsAttentionError
from integrations.models import Connection, Destination, SyncRun, Task
from integrations.selectors import connection_lines
from luna import clock
from luna.events.models import Event
from luna.lib.redaction import Secret
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.world import BOT_TOKEN, EMAIL, TOKEN, link, open_to, sync
from tests.moving_clock import MovingClock
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]


@pytest.fixture
def admin(signed_in: SignedIn, ada: User) -> Client:
    return signed_in(ada)


def typed(sandbox: SandboxServer, **changes: str) -> dict[str, str]:
    return {"name": "Jira", "base_url": f"{sandbox.url}/jira", "account": EMAIL, "token": TOKEN} | changes


def test_connecting_jira_tries_it_and_goes_on_to_its_projects(
    admin: Client, sandbox: SandboxServer, settings: LazySettings
) -> None:
    open_to(sandbox, settings)
    answer = admin.post(reverse("integrations:connect", args=["jira_cloud"]), typed(sandbox))
    connection = Connection.objects.get()
    assert answer.headers["Location"] == reverse("integrations:offer", args=[connection.pk])
    assert (connection.account, connection.account_zone) == (EMAIL, "Europe/Lisbon")
    assert TOKEN not in connection.credentials
    assert access_of(connection).secret == Secret(TOKEN)
    page = admin.get(answer.headers["Location"])
    assert "CAL · Calendar" in page.content.decode()
    admin.post(answer.headers["Location"], {"chosen": ["10000"], "version": connection.version})
    connection.refresh_from_db()
    assert [one["key"] for one in connection.offered] == ["CAL"]


@pytest.mark.parametrize(
    ("changes", "sentence", "steps"),
    [
        ({"token": "wrong"}, "did not accept this e-mail and token", ["ok", "ok", "bad", "not_tried"]),
        ({"token": "sandbox-expired-token"}, "has expired", ["ok", "ok", "bad", "not_tried"]),
        ({"base_url": "https://10.0.0.1"}, "private network", []),
        ({"base_url": "http://jira.example"}, "port 443 only", []),
        ({"base_url": "not an address"}, "spaces", []),
        ({"account": "no-mail"}, "valid email", []),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    changes: dict[str, str],
    sentence: str,
    steps: list[str],
    admin: Client,
    sandbox: SandboxServer,
    settings: LazySettings,
) -> None:
    open_to(sandbox, settings)
    answer = admin.post(reverse("integrations:connect", args=["jira_cloud"]), typed(sandbox, **changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    report = answer.context["form"].report
    assert [step.outcome for step in report.steps] == steps if report else not steps
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("html", "web page"),
        ("status", "trouble of its own"),
        ("reset_before", "can’t be reached"),
        ("bad_json", "web page"),
    ],
)
def test_an_address_that_is_no_jira_is_named_as_such(
    kind: str,
    sentence: str,
    admin: Client,
    sandbox: SandboxServer,
    settings: LazySettings,
    sandbox_control: SandboxControl,
) -> None:
    open_to(sandbox, settings)
    sandbox_control.add_fault("jira", kind)
    answer = admin.post(reverse("integrations:connect", args=["jira_cloud"]), typed(sandbox))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_name_is_given_once(admin: Client, jira: Connection, sandbox: SandboxServer) -> None:
    answer = admin.post(reverse("integrations:connect", args=["jira_cloud"]), typed(sandbox))
    assert "Another connection has this name" in answer.content.decode()


def test_connecting_slack_and_choosing_channels(admin: Client, sandbox: SandboxServer, settings: LazySettings) -> None:
    open_to(sandbox, settings)
    url = reverse("integrations:connect", args=["slack"])
    refused = admin.post(url, {"name": "Slack", "token": "xoxb-revoked"})
    assert "was revoked" in refused.content.decode()
    offer = admin.post(url, {"name": "Slack", "token": BOT_TOKEN}).headers["Location"]
    page = admin.get(offer).content.decode()
    assert "#launch-eudata (private)" in page
    assert "#random" not in page, "the bot is not in it"
    admin.post(offer, {"chosen": ["C02BOOK", "C05EUDATA"]})
    assert list(Destination.objects.values_list("name", "is_private")) == [
        ("launch-book", False),
        ("launch-eudata", True),
    ]
    admin.post(offer, {"chosen": ["C02BOOK"]})
    assert Destination.objects.get(name="launch-eudata").removed_at is not None


def test_another_address_deletes_the_token_and_asks_for_one(
    admin: Client, jira: Connection, sandbox: SandboxServer
) -> None:
    url = reverse("integrations:edit_connection", args=[jira.pk])
    other = {
        "name": "Jira",
        "account": EMAIL,
        "token": "",
        "base_url": "https://elsewhere.example",
        "version": jira.version,
    }
    answer = admin.post(url, other)
    jira.refresh_from_db()
    assert answer.headers["Location"] == url
    assert (jira.credentials, jira.offered) == ("", [])
    assert jira.state == ConnectionState.NEEDS_ATTENTION
    assert "Enter a token" in admin.get(url).content.decode()
    with pytest.raises(NeedsAttentionError):
        access_of(jira)
    back = typed(sandbox) | {"version": jira.version}
    admin.post(url, back)
    jira.refresh_from_db()
    assert jira.state == ConnectionState.OK


def test_a_new_token_mends_a_broken_connection(
    admin: Client, jira: Connection, milestone: Milestone, sandbox: SandboxServer, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira)
    sandbox_control.add_fault("jira", "status", match="search/jql", status=401)
    sync(jira)
    jira.refresh_from_db()
    admin.post(reverse("integrations:edit_connection", args=[jira.pk]), typed(sandbox) | {"version": jira.version})
    drain("poll", "sync")
    jira.refresh_from_db()
    assert (jira.state, jira.error_sentence) == (ConnectionState.OK, "")
    assert Task.objects.count() == 21


def test_a_stale_edit_is_refused(admin: Client, jira: Connection, sandbox: SandboxServer) -> None:
    url = reverse("integrations:edit_connection", args=[jira.pk])
    answer = admin.post(url, typed(sandbox) | {"version": jira.version - 1, "name": "Mine"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'value="Mine"' in page
    assert "Ada Admin saved this" in page
    assert TOKEN not in page
    again = typed(sandbox) | {"version": answer.context["version"], "name": "Mine"}
    assert admin.post(url, again).status_code == 303


def test_disconnecting_keeps_tasks_and_forgets_the_token(
    admin: Client, jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    link(milestone, jira)
    sync(jira)
    admin.post(reverse("integrations:disconnect", args=[jira.pk]))
    clock.move(timedelta(hours=30))
    drain("poll", "sync")
    jira.refresh_from_db()
    assert (jira.state, jira.credentials) == (ConnectionState.DISCONNECTED, "")
    assert Task.objects.filter(removed_at__isnull=True).count() == 21
    assert SyncRun.objects.count() == 1


def test_sync_now_shows_a_bar_and_the_page_anew_when_it_is_over(
    admin: Client, jira: Connection, milestone: Milestone
) -> None:
    link(milestone, jira)
    htmx = {"HX-Request": "true", "HX-Target": "run-progress"}
    bar = admin.post(reverse("integrations:sync_connection", args=[jira.pk]), headers=htmx).content.decode()
    polled = re.search(r'hx-get="([^"]+)" hx-trigger="every 1s" hx-target="#run-progress"', bar)
    assert polled
    again = admin.get(polled[1], headers=htmx)
    assert bar.count("<progress") == again.content.decode().count("<progress") == 1
    drain("sync")
    page = reverse("integrations:connection", args=[jira.pk])
    assert admin.get(polled[1], headers=htmx).headers["HX-Redirect"] == page, "its state may have changed, too"
    assert "21 read" in admin.get(page).content.decode()


def test_secrets_are_nowhere_to_be_read(
    admin: Client,
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    link(milestone, jira)
    sandbox_control.add_fault("jira", "status", match="search/jql", status=401, body="token=" + TOKEN)
    sync(jira)
    for name in ("connection", "edit_connection", "offer"):
        assert TOKEN not in admin.get(reverse(f"integrations:{name}", args=[jira.pk])).content.decode()
    assert TOKEN not in admin.get(reverse("integrations:connections")).content.decode()
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(access_of(jira))
    assert not [event for event in Event.objects.all() if TOKEN in f"{event.before}{event.after}{event.why}"]


def test_keys_are_rotated_by_a_command(
    jira: Connection, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = {"new": b"n" * 32} | settings.ENCRYPTION_KEYS
    call_command("rotate_keys")
    settings.ENCRYPTION_KEYS = {"new": b"n" * 32}
    jira.refresh_from_db()
    assert access_of(jira).secret == Secret(TOKEN)
    assert capsys.readouterr().out.startswith("1 encrypted again")


def test_a_secret_moved_to_another_row_cannot_be_opened(jira: Connection, slack: Connection) -> None:
    slack.credentials = jira.credentials
    with pytest.raises(NeedsAttentionError):
        access_of(slack)


def test_the_list_needs_few_statements(
    admin: Client, jira: Connection, slack: Connection, milestone: Milestone
) -> None:
    link(milestone, jira)
    sync(jira)
    with frozen_queries("connections"):
        assert admin.get(reverse("integrations:connections")).status_code == 200
    with frozen_queries("connection"):
        assert admin.get(reverse("integrations:connection", args=[jira.pk])).status_code == 200
    for name in ("runs", "quarantine"):
        with frozen_queries(name):
            assert admin.get(reverse(f"integrations:{name}", args=[jira.pk])).status_code == 200


def test_a_connection_that_nothing_reads_from_says_what_comes_next(
    admin: Client, jira: Connection, milestone: Milestone
) -> None:
    url = reverse("integrations:connection", args=[jira.pk])
    following = "No milestone reads from it yet: open a milestone, Progress"
    assert following in admin.get(url).content.decode()
    assert "No milestone reads from it." in admin.get(url).content.decode(), "what is lost by disconnecting"
    link(milestone, jira)
    assert following not in admin.get(url).content.decode()


def test_calls_that_were_left_before_the_last_reset_are_not_promised_for_later(
    admin: Client, jira: Connection, clock: MovingClock
) -> None:
    resets_at = (clock.now() + timedelta(minutes=5)).isoformat()
    Connection.objects.update(limits={"remaining": 7, "limit": 200, "resets_at": resets_at})
    url = reverse("integrations:connection", args=[jira.pk])
    assert "7 of 200, anew" in admin.get(url).content.decode()
    clock.move(timedelta(minutes=6))
    page = admin.get(url).content.decode()
    assert "7 of 200 at the last call" in page
    assert "200, anew" not in page


@pytest.mark.parametrize(
    ("provider", "kinds", "words"),
    [
        ("slack", [("C1", "channel"), ("C2", "channel")], "2 channels"),
        ("google", [("F1", "document"), ("F1", "deck"), ("F2", "running_doc")], "2 folders"),
        ("google", [("F1", "document")], "1 folder"),
        ("clickup", [], "nothing linked yet; 3 lists offered"),
        ("asana", [], "nothing linked yet; 3 projects offered"),
    ],
)
def test_what_goes_through_a_connection_is_named_as_its_service_names_it(
    provider: str, kinds: list[tuple[str, str]], words: str, ada: User
) -> None:
    offered = [{"id": str(n), "key": "", "name": "One"} for n in range(3)]
    row = Connection.objects.create(provider=provider, name="One", offered=offered, created_at=clock.now())
    for external_id, kind in kinds:
        Destination.objects.create(connection=row, external_id=external_id, kind=kind, name="Here")
    [line] = connection_lines([row])
    assert line.reads == words
