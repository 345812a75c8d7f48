"""Searching the Jira face with the vendor's own client: what a query finds, paging, counts and refusals."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from jira import JIRAError

from sandbox.company.people import JIRA_ACCOUNT, JIRA_TOKEN
from sandbox.control import SandboxControl

AUTH = (JIRA_ACCOUNT.email, JIRA_TOKEN)


def keys(jira: Any, jql: str) -> list[str]:
    return [issue.key for issue in jira.enhanced_search_issues(jql, maxResults=0)]


def progress(jira: Any, epic: str) -> tuple[int, int]:
    """Done and all, without what was cancelled."""
    counted = [one for one in jira.enhanced_search_issues(f"parent = {epic}", maxResults=0) if not cancelled(one)]
    return sum(one.fields.status.statusCategory.key == "done" for one in counted), len(counted)


def cancelled(issue: Any) -> bool:
    return issue.fields.resolution is not None and issue.fields.resolution.name == "Won't Do"


def test_the_epics_stand_where_the_story_says(jira: Any) -> None:
    story = {
        "CAL-1": (18, 18),
        "CAL-2": (13, 21),
        "CAL-5": (0, 16),
        "PAY-1": (15, 19),
        "EUD-2": (3, 17),
        "CLI-2": (22, 24),
        "CLI-3": (5, 9),
        "HLP-1": (44, 58),
        "VOI-1": (1, 4),
    }
    assert {epic: progress(jira, epic) for epic in story} == story


def test_what_jql_finds(jira: Any, control: SandboxControl) -> None:
    one, two, three = control.create_issues("OPS", count=3, summary="Find me", labels=["needle"])
    control.edit_issue(one, status="Done", resolution="Won't Do", fix_versions=["9.9"])
    control.edit_issue(two, status="In Progress", assignee=JIRA_ACCOUNT.account_id, blocks=[three])
    control.edit_issue(three, parent="OPS-1", labels=["needle", "two"])
    mine = "labels = needle AND "
    expected = {
        "project = OPS": {one, two, three},
        "project = operations": {one, two, three},
        f"key in ({one}, {two})": {one, two},
        f"key != {one}": {two, three},
        f"issuekey not in ({one})": {two, three},
        "parent = OPS-1": {three},
        '"Epic Link" = OPS-1': {three},
        "parent is EMPTY": {one, two},
        "status = 'in progress'": {two},
        "status in (Done, 'To Do')": {one, three},
        "statusCategory != Done": {two, three},
        "statusCategory = indeterminate": {two},
        'resolution = "Won\'t Do"': {one},
        "resolution = Unresolved": {two, three},
        "resolution is not EMPTY": {one},
        "type = Task": {one, two, three},
        "labels in (two, other)": {three},
        "labels != two": {one, two},
        "fixVersion = 9.9": {one},
        "assignee = currentUser()": {two},
        "assignee is EMPTY": {one, three},
        "summary ~ 'find 2'": {two},
        "text !~ 'find 2'": {one, three},
        "created >= -5m": {one, two, three},
        "updated < startOfDay()": set(),
        "resolved is EMPTY": {two, three},
        "NOT status = Done": {two, three},
        f"(status = Done OR parent = OPS-1) AND NOT key = {one}": {three},
    }
    assert {jql: set(keys(jira, mine + f"({jql})")) for jql in expected} == expected


def epoch_ms(control: SandboxControl) -> int:
    return int(datetime.fromisoformat(control.clock()["now"]).timestamp() * 1000)


def test_the_clause_of_an_incremental_sync(jira: Any, control: SandboxControl) -> None:
    old, new = control.create_issues("OPS", count=2)
    control.move_clock(days=1)
    since = epoch_ms(control)
    control.edit_issue(new, summary="Later")
    clause = "(project = OPS) AND updated >= {} ORDER BY updated ASC, key ASC"
    assert keys(jira, clause.format(since)) == [new]
    assert keys(jira, clause.format(since + 3_600_000)) == []
    assert old in keys(jira, clause.format(since - 86_400_000 - 60_000))


def test_a_wall_time_is_read_in_the_accounts_zone(jira: Any, control: SandboxControl) -> None:
    (key,) = control.create_issues("OPS")
    local = datetime.fromisoformat(control.clock()["now"]).astimezone(ZoneInfo("Europe/Lisbon"))
    before, after = local - timedelta(minutes=2), local + timedelta(minutes=2)
    assert key in keys(jira, f'project = OPS AND created >= "{before:%Y-%m-%d %H:%M}"')
    assert key not in keys(jira, f'project = OPS AND created >= "{after:%Y/%m/%d %H:%M}"')


def test_pages_go_on_to_the_end_without_gaps(jira: Any, control: SandboxControl) -> None:
    made = control.create_issues("OPS", count=230, labels=["many"])
    assert keys(jira, "labels = many ORDER BY key ASC") == made
    assert keys(jira, "labels = many ORDER BY updated DESC, key DESC") == made[::-1]


def test_what_moves_between_two_pages_is_not_lost(jira: Any, control: SandboxControl) -> None:
    made = control.create_issues("OPS", count=6, labels=["many"])
    jql = "labels = many ORDER BY updated ASC, key ASC"
    first = jira.enhanced_search_issues(jql, maxResults=3, json_result=True)
    control.move_clock(days=1)
    control.edit_issue(made[0], summary="Moved to the end")
    second = jira.enhanced_search_issues(jql, maxResults=50, nextPageToken=first["nextPageToken"], json_result=True)
    assert [one["key"] for one in first["issues"]] == made[:3]
    assert [one["key"] for one in second["issues"]] == [*made[3:], made[0]]
    assert second["isLast"] is True
    assert "nextPageToken" not in second


def test_a_page_holds_100_issues_and_5000_bare_ids(jira: Any, control: SandboxControl) -> None:
    control.create_issues("OPS", count=120, labels=["many"])
    whole = jira.enhanced_search_issues("labels = many", maxResults=5000, json_result=True)
    bare = jira.enhanced_search_issues("labels = many", maxResults=5000, fields="id", json_result=True)
    assert (len(whole["issues"]), whole["isLast"]) == (100, False)
    assert (len(bare["issues"]), bare["isLast"]) == (120, True)


def test_without_fields_there_is_only_the_id(sandbox_url: str) -> None:
    url = f"{sandbox_url}/jira/rest/api/3/search/jql"
    answer = requests.get(url, params={"jql": "key = CAL-1"}, auth=AUTH, timeout=5).json()
    assert [set(issue) for issue in answer["issues"]] == [{"id"}]
    posted = {"jql": "key = CAL-1", "fields": ["summary"], "maxResults": 10}
    answer = requests.post(url, json=posted, auth=AUTH, timeout=5).json()
    assert answer["issues"][0]["fields"] == {"summary": "Booking page"}


def test_counts_and_searches_agree(jira: Any) -> None:
    for jql in ("project = CAL", "parent = PAY-1 AND statusCategory = Done", "labels is EMPTY"):
        assert jira.approximate_issue_count(jql) == len(keys(jira, jql))


def test_a_token_of_another_query_is_refused(jira: Any) -> None:
    first = jira.enhanced_search_issues("project = CAL", maxResults=3, json_result=True)
    with pytest.raises(JIRAError) as error:
        jira.enhanced_search_issues("project = PAY", nextPageToken=first["nextPageToken"], json_result=True)
    assert error.value.status_code == 400


def test_refused_queries_each_in_the_vendors_words(jira: Any) -> None:
    expected = {
        "project = SEC": "The value 'SEC' does not exist for the field 'project'.",
        "project = NOPE": "The value 'NOPE' does not exist for the field 'project'.",
        "key = SEC-1": "An issue with key 'SEC-1' does not exist for field 'key'.",
        "parent = CAL-9999": "An issue with key 'CAL-9999' does not exist for field 'parent'.",
        "status = Gone": "The value 'Gone' does not exist for the field 'status'.",
        "sprint = 3": "Field 'sprint' does not exist or you do not have permission to view it.",
        "project > CAL": "The operator '>' is not supported by the 'project' field.",
        "updated >= yesterdayish": "Date value 'yesterdayish' for field 'updated' is invalid. Valid formats include: ",
        "ORDER BY key": "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        "": "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        "project = ": "Error in the JQL Query: Expecting either a value, list or function before the end of the query.",
    }
    for jql, words in expected.items():
        with pytest.raises(JIRAError) as error:
            jira.enhanced_search_issues(jql)
        assert error.value.response is not None
        body = error.value.response.json()
        assert (error.value.status_code, body["errors"]) == (400, {})
        assert body["errorMessages"][0].startswith(words), jql


def test_the_old_search_is_gone(sandbox_url: str) -> None:
    for version in ("2", "3"):
        url = f"{sandbox_url}/jira/rest/api/{version}/search"
        answer = requests.get(url, params={"jql": "project = CAL"}, auth=AUTH, timeout=5)
        assert answer.status_code == 410
        assert "migrate to the /rest/api/3/search/jql API" in answer.json()["errorMessages"][0]
