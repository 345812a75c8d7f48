"""Scripted faults: each does to a real client what it says, and the ledger knows whether the action was done."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from jira import JIRAError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.company.people import JIRA_ACCOUNT, JIRA_TOKEN
from sandbox.control import SandboxControl

AUTH = (JIRA_ACCOUNT.email, JIRA_TOKEN)
POST = r"POST /slack/api/chat\.postMessage"
BOOK = "C02BOOK"


def get_myself(url: str, *, read_timeout: float = 5) -> requests.Response:
    return requests.get(f"{url}/jira/rest/api/3/myself", auth=AUTH, timeout=(3, read_timeout))


def test_a_status_as_often_as_scripted_and_only_where_it_matches(jira: Any, control: SandboxControl) -> None:
    control.add_fault("jira", "status", match="GET .*/myself$", times=2, status=503, headers={"Retry-After": "7"})
    for _ in range(2):
        with pytest.raises(JIRAError) as error:
            jira.myself()
        assert error.value.status_code == 503
        assert error.value.response is not None
        assert error.value.response.headers["Retry-After"] == "7"
        assert jira.projects()
    assert jira.myself()["active"] is True


def test_a_login_page_and_broken_json(sandbox_url: str, control: SandboxControl) -> None:
    control.add_fault("jira", "html")
    page = get_myself(sandbox_url)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    control.add_fault("jira", "bad_json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        get_myself(sandbox_url).json()


def test_a_reset_before_does_nothing_and_a_reset_after_has_done_it(slack: WebClient, control: SandboxControl) -> None:
    for kind, posted in (("reset_before", 0), ("reset_after", 1)):
        control.add_fault("slack", kind, match=POST)
        with pytest.raises(OSError, match=r"reset|closed"):
            slack.chat_postMessage(channel=BOOK, text=kind)
        assert control.post_count("launch-book") == posted
    assert [message["text"] for message in control.messages(BOOK)] == ["reset_after"]


def test_an_answer_that_never_comes_although_the_message_was_posted(slack: WebClient, control: SandboxControl) -> None:
    control.add_fault("slack", "timeout_after", match=POST, seconds=30)
    slack.timeout = 1
    with pytest.raises(TimeoutError):
        slack.chat_postMessage(channel=BOOK, text="Did it arrive?")
    assert control.post_count("launch-book") == 1


def test_a_cut_answer_is_shorter_than_promised(sandbox_url: str, control: SandboxControl) -> None:
    control.add_fault("jira", "cut", count_bytes=20)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get_myself(sandbox_url)


def test_a_dripping_answer_takes_its_time_but_arrives(sandbox_url: str, control: SandboxControl) -> None:
    control.add_fault("jira", "drip", seconds=0.001)
    began = time.monotonic()
    body = get_myself(sandbox_url, read_timeout=5).content
    assert time.monotonic() - began > 0.001 * len(body)
    assert body.endswith(b"}\n")


def test_a_delay_runs_into_the_clients_timeout(sandbox_url: str, control: SandboxControl) -> None:
    control.add_fault("jira", "delay", seconds=20)
    with pytest.raises(requests.exceptions.ReadTimeout):
        get_myself(sandbox_url, read_timeout=0.2)


def test_the_index_lags_behind_until_time_has_passed(jira: Any, control: SandboxControl) -> None:
    control.add_fault("jira", "index_lag", seconds=300)
    (key,) = control.create_issues("OPS", labels=["fresh"])
    issue_id = jira.issue(key).id
    assert jira.enhanced_search_issues("labels = fresh") == []
    assert jira.enhanced_search_issues("labels = fresh", reconcileIssues=[int(issue_id)])[0].key == key
    control.move_clock(days=1)
    control.edit_issue(key, labels=["stale"])
    assert [issue.key for issue in jira.enhanced_search_issues("labels = fresh")] == [key]
    control.move_clock(days=1)
    assert jira.enhanced_search_issues("labels = fresh") == []


def test_an_index_by_the_minute_takes_an_instant_for_its_minute(jira: Any, control: SandboxControl) -> None:
    (key,) = control.create_issues("OPS", labels=["fresh"])
    updated = next(one["updated"] for one in control.issues() if one["key"] == key)
    query = f"labels = fresh AND updated >= {updated}"
    assert [one.key for one in jira.enhanced_search_issues(query)] == [key]
    control.add_fault("jira", "minute_steps")
    assert jira.enhanced_search_issues(query) == []


def test_faults_of_one_kind_are_lifted(control: SandboxControl) -> None:
    for kind, key in (("hidden_issue", "CAL-1"), ("hidden_issue", "CAL-2"), ("malformed_issue", "CAL-3")):
        control.add_fault("jira", kind, key=key)
    control.lift_faults("hidden_issue", key="CAL-1")
    assert [one["key"] for one in control.faults()] == ["CAL-2", "CAL-3"]
    control.lift_faults("malformed_issue")
    assert [one["key"] for one in control.faults()] == ["CAL-2"]


def test_one_malformed_issue_among_sound_ones(jira: Any, control: SandboxControl) -> None:
    control.add_fault("jira", "malformed_issue", key="CAL-2")
    found = jira.enhanced_search_issues("key in (CAL-1, CAL-2)", fields="summary,status,created", json_result=True)
    fields = {issue["key"]: issue["fields"] for issue in found["issues"]}
    assert fields["CAL-1"]["summary"] == "Booking page"
    assert fields["CAL-2"]["status"] == "?"
    control.clear_faults()
    assert jira.issue("CAL-2").fields.summary == "Calendar sync, two-way"


def test_pages_that_are_short_and_pages_that_never_end(jira: Any, control: SandboxControl) -> None:
    control.add_fault("jira", "short_pages")
    first = jira.enhanced_search_issues("project = CAL", maxResults=10, json_result=True)
    assert len(first["issues"]) == 5
    control.add_fault("jira", "token_loop")
    token = first["nextPageToken"]
    again = jira.enhanced_search_issues("project = CAL", maxResults=100, nextPageToken=token, json_result=True)
    assert (again["nextPageToken"], again["isLast"]) == (token, False)


def test_slack_faults_carry_a_body_of_their_own(slack: WebClient, control: SandboxControl) -> None:
    control.add_fault("slack", "status", status=200, body={"ok": False, "error": "internal_error"})
    with pytest.raises(SlackApiError) as error:
        slack.auth_test()
    assert error.value.response["error"] == "internal_error"


def test_nonsense_is_no_fault(control: SandboxControl) -> None:
    for face, kind, match in (("telex", "status", ""), ("jira", "sulk", ""), ("jira", "status", "(")):
        with pytest.raises(requests.HTTPError):
            control.add_fault(face, kind, match=match)
    assert control.faults() == []
