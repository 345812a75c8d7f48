"""Calls verified and read: pure tables for each tool."""

from __future__ import annotations

import json
from datetime import timedelta
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sources.asana import webhook as asana
from integrations.sources.clickup import webhook as clickup
from integrations.sources.jira.cloud import webhook as jira
from integrations.sources.webhooks import MOST_IDS, is_signed_with
from tests.integrations.webhooks.signed import (
    SECRET,
    Call,
    asana_call,
    clickup_call,
    encoded,
    hex_of,
    jira_app_call,
    jira_call,
)
from tests.moving_clock import MovingClock

BODY = b'{"webhookEvent": "jira:issue_updated"}'


def test_jiras_own_example() -> None:
    """https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks"""
    signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    assert jira.is_signed(b"Hello World!", {"X-Hub-Signature": signature}, "It's a Secret to Everybody")


@pytest.mark.parametrize(
    ("tool", "call"),
    [(jira, jira_call("1")), (asana, asana_call([])), (clickup, clickup_call("9hz"))],
    ids=["jira", "asana", "clickup"],
)
def test_a_signature_holds_for_these_bytes_and_this_secret_alone(tool: ModuleType, call: Call) -> None:
    [(name, said)] = call.headers.items()
    assert tool.is_signed(call.body, call.headers, SECRET)
    forged = [
        (call.body, {}, SECRET),
        (call.body, {name: ""}, SECRET),
        (call.body, {name: said[:-1]}, SECRET),
        (call.body, {name: said.upper()}, SECRET),
        (call.body, {name: said + "0"}, SECRET),
        (call.body, {name: "ü" * 64}, SECRET),
        (call.body, {name: said.removeprefix("sha256=") if "=" in said else f"sha256={said}"}, SECRET),
        (call.body + b" ", call.headers, SECRET),
        (json.dumps(json.loads(call.body), indent=1).encode(), call.headers, SECRET),
        (call.body, call.headers, "another"),
        (call.body, {name: said.replace(hex_of(call.body), hex_of(call.body, ""))}, ""),
    ]
    assert [tool.is_signed(*one) for one in forged] == [False] * len(forged)


OF_APP = f"app:{SECRET}"


def test_a_webhook_of_an_app_is_believed_by_its_token(clock: MovingClock) -> None:
    """https://developer.atlassian.com/cloud/jira/platform/webhooks/: what no admin entered is not signed."""
    call = jira_app_call("1")
    assert jira.is_signed(call.body, call.headers, OF_APP)
    clock.move(timedelta(minutes=3, seconds=30))
    assert jira.is_signed(call.body, call.headers, OF_APP), "clocks differ a little"
    clock.move(timedelta(minutes=1))
    assert not jira.is_signed(call.body, call.headers, OF_APP)


def _unsigned(call: Call) -> dict[str, str]:
    return {"Authorization": f"{call.headers['Authorization'].rpartition('.')[0]}."}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer ..."},
        {"Authorization": "Bearer ü.ü.ü"},
        {"Authorization": jira_app_call("1").headers["Authorization"].replace("Bearer", "Basic")},
        {"Authorization": jira_app_call("1").headers["Authorization"] + "x" * 5000},
        jira_app_call("1", secret="another").headers,
        jira_app_call("1", secret="").headers,
        jira_app_call("1", alg="none").headers,
        jira_app_call("1", alg="HS384").headers,
        jira_app_call("1", alg="hs256").headers,
        jira_app_call("1", exp=1).headers,
        jira_app_call("1", exp="tomorrow").headers,
        jira_app_call("1", exp=True).headers,
        _unsigned(jira_app_call("1", alg="none")),
        {"Authorization": f"Bearer {encoded(b'[]')}.{encoded(b'{}')}.{encoded(b'')}"},
        jira_call("1").headers,
    ],
)
def test_no_other_token_is_one_of_the_app(headers: dict[str, str]) -> None:
    assert not jira.is_signed(BODY, headers, OF_APP)


def test_each_kind_of_webhook_takes_its_own_proof_alone() -> None:
    by_app, by_admin = jira_app_call("1"), jira_call("1")
    assert not jira.is_signed(by_app.body, by_app.headers, SECRET)
    assert not jira.is_signed(by_admin.body, by_admin.headers, OF_APP)
    assert not jira.is_signed(b"", jira_app_call("1", secret="").headers, "app:")


def test_the_order_of_signing_an_empty_secret_never_verifies() -> None:
    assert not is_signed_with("", BODY, hex_of(BODY, ""))


@given(st.binary(max_size=200), st.binary(max_size=200), st.text(min_size=1, max_size=40))
def test_no_other_body_verifies(body: bytes, other: bytes, secret: str) -> None:
    said = hex_of(body, secret)
    assert is_signed_with(secret, body, said)
    assert is_signed_with(secret, other, said) == (body == other)


@pytest.mark.parametrize(
    ("data", "ids", "new", "gone"),
    [
        ({"webhookEvent": "jira:issue_updated", "issue": {"id": "10001"}}, ("10001",), (), ()),
        ({"webhookEvent": "jira:issue_created", "issue": {"id": 10001}}, ("10001",), ("10001",), ()),
        ({"webhookEvent": "jira:issue_deleted", "issue": {"id": "10001"}}, ("10001",), (), ("10001",)),
        ({"webhookEvent": "issuelink_created", "issueLink": {"sourceIssueId": 1, "destinationIssueId": 2}},
         ("1", "2"), (), ()),
        ({"webhookEvent": "worklog_updated", "worklog": {"issueId": "7"}}, ("7",), (), ()),
        ({"webhookEvent": "sprint_closed", "sprint": {"id": 4}}, (), (), ()),
        ({"webhookEvent": "jira:issue_updated", "issue": {"id": "../1"}}, (), (), ()),
        ({"webhookEvent": 1, "issue": ["10001"]}, (), (), ()),
        ([1], (), (), ()),
    ],
)  # fmt: skip
def test_what_jira_names(data: object, ids: tuple[str, ...], new: tuple[str, ...], gone: tuple[str, ...]) -> None:
    found = jira.read(json.dumps(data).encode(), {})
    assert (found.task_ids, found.new_ids, found.gone_ids) == (ids, new, gone)


def _event(action: str, gid: str, kind: str = "task", parent: dict[str, str] | None = None) -> dict[str, object]:
    return {"action": action, "resource": {"gid": gid, "resource_type": kind}, "parent": parent}


def test_what_asana_names() -> None:
    story_on = {"gid": "3", "resource_type": "task"}
    events = [
        _event("changed", "1"), _event("added", "2"), _event("changed", "1"), _event("deleted", "4"),
        _event("added", "90", "story", story_on), _event("changed", "50", "project"), {"resource": 1}, "x",
    ]  # fmt: skip
    found = asana.read(json.dumps({"events": events}).encode(), {})
    assert found.task_ids == ("1", "2", "4", "3")
    assert (found.new_ids, found.gone_ids) == (("2",), ("4",))
    assert asana.read(b'{"events":[]}', {}).task_ids == ()


def test_what_clickup_names() -> None:
    moved = clickup.read(clickup_call("9hz", "taskMoved").body, {})
    assert (moved.task_ids, moved.new_ids, moved.gone_ids) == (("9hz",), ("9hz",), ())
    assert clickup.read(clickup_call("9hz", "taskDeleted").body, {}).gone_ids == ("9hz",)


def test_a_retry_has_the_same_key() -> None:
    first, again = jira_call("1", key="abc"), jira_call("2", key="abc")
    assert jira.read(first.body, first.headers).key == jira.read(again.body, again.headers).key == "abc"
    assert jira.read(first.body, {}).key != jira.read(again.body, {}).key
    assert len(jira.read(first.body, {"X-Atlassian-Webhook-Identifier": "x" * 65}).key) == 64
    one, same, other = (clickup_call("1", item=item).body for item in ("5", "5", "6"))
    assert clickup.read(one, {}).key == clickup.read(same, {}).key != clickup.read(other, {}).key


@pytest.mark.parametrize("tool", [jira, asana, clickup])
@pytest.mark.parametrize("body", [b"", b"\xff", b"nul", b"[" * 100_000, b'{"events": {}}', b'{"task_id": null}'])
def test_a_body_of_the_wrong_shape_names_nothing(tool: ModuleType, body: bytes) -> None:
    assert tool.read(body, {}).task_ids == ()


def test_a_call_names_only_so_many() -> None:
    events = [_event("changed", str(pk)) for pk in range(2 * MOST_IDS)]
    assert len(asana.read(json.dumps({"events": events}).encode(), {}).task_ids) == MOST_IDS
