"""What an admin learns of a connection from its pages, and does about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.domain.types import ConnectionState, RunState, RunTrigger
from integrations.models import Connection, QuarantinedPayload, SyncRun, Task
from integrations.selectors import connection_lines
from integrations.selectors_connection import budget_of, condition_of, run_lines, span_words
from luna import clock
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.factories import make_payload
from tests.integrations.world import EMAIL, TOKEN, link, sync
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]


@pytest.fixture
def admin(signed_in: SignedIn, ada: User) -> Client:
    return signed_in(ada)


def page_of(admin: Client, name: str, connection: Connection) -> str:
    return admin.get(reverse(f"integrations:{name}", args=[connection.pk])).content.decode()


@pytest.mark.parametrize(
    ("fields", "look", "words"),
    [
        ({}, "connected", ""),
        ({"state": ConnectionState.DISCONNECTED}, "disconnected", ""),
        (
            {"state": ConnectionState.NEEDS_ATTENTION, "error_kind": "sign_in_refused", "error_sentence": "Enter one."},
            "revoked",
            "no longer lets Luna in",
        ),
        (
            {"state": ConnectionState.NEEDS_ATTENTION, "error_kind": "missing_scope", "error_sentence": "Add it."},
            "needs_attention",
            "needs someone",
        ),
        (
            {"state": ConnectionState.PAUSED, "error_kind": "rate_limited", "error_sentence": "Nothing to do."},
            "waiting",
            "slow down",
        ),
        (
            {"state": ConnectionState.PAUSED, "error_kind": "unreachable", "error_sentence": "It timed out."},
            "waiting",
            "does not answer",
        ),
    ],
)
def test_the_state_is_said_in_words(fields: dict[str, Any], look: str, words: str, ada: User) -> None:
    row = Connection.objects.create(provider="jira_cloud", name="One", created_at=clock.now(), **fields)
    [line] = connection_lines([row])
    found = condition_of(line, clock.now())
    assert found.look == look
    assert words in found.title
    assert found.sentence == fields.get("error_sentence", "")


def test_a_connection_behind_its_plan_is_slow(jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    sync(jira)
    jira.refresh_from_db()
    [line] = connection_lines([jira])
    read_at = jira.last_synced_at or clock.now()
    assert condition_of(line, read_at + timedelta(minutes=30)).look == "connected"
    late = condition_of(line, read_at + timedelta(minutes=31))
    assert late.look == "slow"
    assert "31 min ago; the plan is every 10 min" in late.sentence


def test_a_connection_that_reads_nothing_is_never_slow(jira: Connection) -> None:
    jira.last_synced_at = clock.now()
    [line] = connection_lines([jira])
    assert condition_of(line, clock.now() + timedelta(days=9)).look == "connected"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, None),
        ({"limit": 100}, None),
        ({"remaining": "many"}, None),
        ({"remaining": 7, "limit": 100, "kind": "burst"}, (7, 100, "burst")),
        ({"remaining": 0, "resets_at": "no time"}, (0, None, "")),
    ],
)
def test_what_is_left_of_the_limits(said: dict[str, Any], shown: tuple[int, int | None, str] | None) -> None:
    found = budget_of(Connection(limits=said), clock.now())
    assert (found and (found.remaining, found.limit, found.kind)) == shown


def test_calls_that_are_left_stand_on_the_page(admin: Client, jira: Connection) -> None:
    assert "Jira Cloud has not said" in page_of(admin, "connection", jira)
    at = (clock.now() + timedelta(minutes=5)).isoformat()
    Connection.objects.filter(pk=jira.pk).update(limits={"remaining": 812, "limit": 1000, "resets_at": at})
    assert "812 of 1000, anew" in page_of(admin, "connection", jira)


@pytest.mark.parametrize(("days", "is_said"), [(15, False), (13, True), (-1, True)])
def test_a_token_that_ends_is_said_two_weeks_ahead(days: int, is_said: bool, admin: Client, jira: Connection) -> None:
    Connection.objects.filter(pk=jira.pk).update(access_expires_at=clock.now() + timedelta(days=days))
    assert ("Its token end" in page_of(admin, "connection", jira)) is is_said


@pytest.mark.parametrize("provider", ["jira_cloud", "jira_data_center"])
def test_a_tokens_last_day_is_asked_for_where_one_is_pasted(provider: str, admin: Client) -> None:
    page = admin.get(reverse("integrations:connect", args=[provider])).content.decode()
    assert "The token ends on" in page
    assert 'type="date"' in page


def test_a_tokens_last_day_is_kept_with_it_and_goes_with_it(
    admin: Client, jira: Connection, sandbox: SandboxServer, clock: MovingClock
) -> None:
    edit = reverse("integrations:edit_connection", args=[jira.pk])
    day = timezone.localtime(clock.now() + timedelta(days=10)).date()
    typed = {"name": "Jira", "base_url": f"{sandbox.url}/jira", "account": EMAIL, "token": TOKEN}
    late = admin.post(edit, typed | {"token_ends_on": "2020-01-01", "version": jira.version})
    assert (late.status_code, "ends on a later day" in late.content.decode()) == (422, True)
    admin.post(edit, typed | {"token_ends_on": day.isoformat(), "version": jira.version})
    page = page_of(admin, "connection", jira)
    assert "valid until" in page
    assert "Its token ends" in page
    assert f'value="{day.isoformat()}"' in page_of(admin, "edit_connection", jira)
    jira.refresh_from_db()
    admin.post(edit, typed | {"name": "Ours", "token": "", "token_ends_on": day, "version": jira.version})
    jira.refresh_from_db()
    assert jira.access_expires_at is not None, "another name keeps it"
    admin.post(reverse("integrations:disconnect", args=[jira.pk]))
    jira.refresh_from_db()
    assert jira.access_expires_at is None


def test_a_test_shows_its_steps_and_changes_nothing(
    admin: Client, jira: Connection, sandbox_control: SandboxControl
) -> None:
    url = reverse("integrations:test_connection", args=[jira.pk])
    assert "It works" in admin.post(url).content.decode()
    sandbox_control.add_fault("jira", "status", match="myself", status=401)
    before = Connection.objects.values().get(pk=jira.pk)
    part = admin.post(url, headers={"HX-Request": "true", "HX-Target": "div#test-result"}).content.decode()
    assert part.strip().startswith('<div id="test-result"')
    assert "The test failed" in part
    assert "What to do" in part
    assert TOKEN not in part
    assert Connection.objects.values().get(pk=jira.pk) == before
    assert not SyncRun.objects.exists()


def test_a_connection_without_a_token_says_so_when_tried(admin: Client, jira: Connection) -> None:
    Connection.objects.filter(pk=jira.pk).update(credentials="")
    page = admin.post(reverse("integrations:test_connection", args=[jira.pk])).content.decode()
    assert "The stored token can’t be used" in page


def test_a_places_test_asks_the_place(admin: Client, slack: Connection) -> None:
    assert "It works" in admin.post(reverse("integrations:test_connection", args=[slack.pk])).content.decode()


@pytest.mark.parametrize(
    ("fields", "what", "why"),
    [
        ({"trigger": RunTrigger.SCHEDULE}, "changes", "on schedule"),
        ({"trigger": RunTrigger.CENSUS, "is_census": True}, "comparison", "on schedule"),
        ({"trigger": RunTrigger.WEBHOOK}, "changes", "the tool called"),
        ({"trigger": RunTrigger.NEW_SOURCE, "is_full": True}, "everything", "tasks were linked"),
        ({"trigger": RunTrigger.PERSON}, "changes", "asked by someone"),
    ],
)
def test_runs_are_told_in_words(fields: dict[str, Any], what: str, why: str) -> None:
    [line] = run_lines([SyncRun(**fields)])
    assert (line.what, line.why, line.lasted) == (what, why, "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_spans_are_told_by_one_figure(seconds: int, words: str) -> None:
    assert span_words(timedelta(seconds=seconds)) == words


def test_the_history_of_runs_comes_fifty_at_a_time(admin: Client, jira: Connection, ada: User) -> None:
    now = clock.now()
    SyncRun.objects.bulk_create(
        SyncRun(
            connection=jira,
            trigger=RunTrigger.PERSON,
            requested_by=ada,
            state=RunState.DONE,
            created_at=now - timedelta(hours=n),
            started_at=now - timedelta(hours=n),
            finished_at=now - timedelta(hours=n) + timedelta(minutes=4),
        )
        for n in range(51)
    )
    first = page_of(admin, "runs", jira)
    assert first.count("Changes, asked by Ada Admin") == 50
    assert "4 min" in first
    second = admin.get(reverse("integrations:runs", args=[jira.pk]), {"page": "2"}).content.decode()
    assert second.count("Changes, asked by Ada Admin") == 1


def test_what_was_set_aside_is_shown_escaped_and_without_tokens(admin: Client, jira: Connection) -> None:
    now = clock.now()
    assert "Nothing is set aside" in page_of(admin, "quarantine", jira)
    QuarantinedPayload.objects.create(
        connection=jira,
        external_id="10007",
        reason="“updated” is no time",
        payload='{"summary": "<script>alert(1)</script>", "token": "very-secret", "note": "Bearer abcdefghijkl"}',
        first_seen_at=now - timedelta(days=3),
        last_seen_at=now,
    )
    page = page_of(admin, "quarantine", jira)
    assert "“updated” is no time" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "very-secret" not in page
    assert "abcdefghijkl" not in page
    assert "1 task whose data could not be read" in page_of(admin, "connection", jira)


def test_one_payload_is_asked_for_again(
    admin: Client, jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira)
    sync(jira)
    task = Task.objects.order_by("pk")[0]
    bad = make_payload(jira, task.external_id)
    assert f"<b>{task.key} {task.title}</b>" in page_of(admin, "quarantine", jira), "what people call it"
    url = reverse("integrations:retry_payload", args=[bad.pk])
    sandbox_control.add_fault("jira", "status", status=503)
    assert "trouble" in admin.post(url, follow=True).content.decode(), "the tool’s answer is said, nothing is lost"
    assert QuarantinedPayload.objects.filter(pk=bad.pk).exists()
    assert "is settled" in admin.post(url, follow=True).content.decode()
    assert not QuarantinedPayload.objects.exists()


def test_a_payload_that_no_source_holds_is_looked_for_with_everything(
    admin: Client, jira: Connection, milestone: Milestone
) -> None:
    link(milestone, jira)
    sync(jira)
    url = reverse("integrations:retry_payload", args=[make_payload(jira, "no-such").pk])
    assert "everything is being read again" in admin.post(url, follow=True).content.decode()
    assert SyncRun.objects.latest("pk").is_full


def test_comparing_on_demand_is_a_census_asked_by_a_person(
    admin: Client, jira: Connection, milestone: Milestone
) -> None:
    link(milestone, jira)
    sync(jira)
    admin.post(reverse("integrations:sync_connection", args=[jira.pk]), {"census": "1"})
    assert "Changes are read again when it has ended" in page_of(admin, "connection", jira)
    run = sync(jira)
    assert run.is_census
    assert run.state == RunState.DONE
    page = page_of(admin, "connection", jira)
    assert "Comparison, asked by Ada Admin" in page
    assert "21 compared" in page


def test_a_disconnected_connection_offers_no_work(admin: Client, jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    sync(jira)
    page = page_of(admin, "connection", jira)
    assert "21 tasks in 1 source stay as they were last seen" in page, "said before, not after"
    admin.post(reverse("integrations:disconnect", args=[jira.pk]))
    page = page_of(admin, "connection", jira)
    assert "Disconnected" in page
    for word in ("Sync now", "Test now", "Compare with the source"):
        assert word not in page
