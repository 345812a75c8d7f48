"""The rest of the Jira face: sign-in, projects, one issue and many, workflow, limits, and the shapes of the answers."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from jira import JIRA, JIRAError

from sandbox.company.people import JIRA_ACCOUNT, JIRA_EXPIRED_TOKEN, JIRA_TOKEN
from sandbox.control import SandboxControl
from tests.sandbox import shapes
from tests.sandbox.shapes import misfits

AUTH = (JIRA_ACCOUNT.email, JIRA_TOKEN)


def test_the_client_meets_a_cloud_site_and_its_account(jira: Any) -> None:
    assert jira.deploymentType == "Cloud"
    assert jira.myself()["emailAddress"] == JIRA_ACCOUNT.email
    assert jira.myself()["timeZone"] == "Europe/Lisbon"


@pytest.mark.parametrize(
    "credentials",
    [(JIRA_ACCOUNT.email, "wrong"), (JIRA_ACCOUNT.email, JIRA_EXPIRED_TOKEN), ("x@y.example", JIRA_TOKEN)],
)
def test_wrong_or_expired_credentials_are_refused_everywhere(sandbox_url: str, credentials: tuple[str, str]) -> None:
    for path in ("serverInfo", "myself", "search/jql?jql=project=CAL"):
        answer = requests.get(f"{sandbox_url}/jira/rest/api/3/{path}", auth=credentials, timeout=5)
        assert answer.status_code == 401
        assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    with pytest.raises(JIRAError) as error:
        JIRA(server=f"{sandbox_url}/jira", basic_auth=credentials, max_retries=0, timeout=(3, 10))
    assert error.value.status_code == 401


def test_only_the_site_itself_may_be_asked_without_credentials(sandbox_url: str) -> None:
    root = f"{sandbox_url}/jira/rest/api/2"
    assert requests.get(f"{root}/serverInfo", timeout=5).json()["deploymentType"] == "Cloud"
    assert requests.get(f"{root}/myself", timeout=5).status_code == 401
    assert requests.get(f"{root}/myself", headers={"Authorization": "Bearer abc"}, timeout=5).status_code == 401


def test_projects_come_in_pages_and_without_the_hidden_one(sandbox_url: str, jira: Any) -> None:
    url, seen, pages = f"{sandbox_url}/jira/rest/api/3/project/search?maxResults=5", [], 0
    while url:
        page = requests.get(url, auth=AUTH, timeout=5).json()
        assert misfits(page, shapes.JIRA_PROJECT_PAGE) == []
        seen += [project["key"] for project in page["values"]]
        url, pages = page.get("nextPage"), pages + 1
    assert (len(seen), pages) == (12, 3)
    assert sorted(project.key for project in jira.projects()) == seen
    assert "SEC" not in seen
    assert jira.project("CAL").name == "Calendar"
    with pytest.raises(JIRAError) as error:
        jira.project("SEC")
    assert error.value.status_code == 404


def test_fields_and_statuses(jira: Any) -> None:
    assert misfits(jira.fields(), shapes.listed(shapes.JIRA_FIELD)) == []
    by_name = {field["name"]: field["id"] for field in jira.fields()}
    assert by_name["Story point estimate"].startswith("customfield_")
    assert {status.name for status in jira.statuses()} == {"To Do", "In Progress", "In Review", "Done"}


def test_whole_search_pages_have_the_published_shape(sandbox_url: str) -> None:
    url = f"{sandbox_url}/jira/rest/api/3/search/jql"
    for project in ("CAL", "CLI", "INS"):
        asked = {"jql": f"project = {project}", "fields": "*all", "maxResults": "100"}
        answer = requests.get(url, params=asked, auth=AUTH, timeout=5).json()
        assert misfits(answer, shapes.JIRA_SEARCH) == []


def test_what_real_trackers_hold(jira: Any) -> None:
    offline = jira.enhanced_search_issues("parent = CLI-2", maxResults=0)
    summaries = [issue.fields.summary for issue in offline]
    assert any("\x00" in summary for summary in summaries)
    assert any("📴" in summary for summary in summaries)
    assert max(map(len, summaries)) > 200
    resolved = jira.enhanced_search_issues("statusCategory = 'To Do' AND resolution is not EMPTY")
    assert [issue.fields.parent.key for issue in resolved] == ["CLI-3"]
    (stray,) = jira.enhanced_search_issues("project = INS AND type = Sub-task")
    assert stray.fields.parent.key == "OPS-1"


def test_links_show_at_both_ends(jira: Any) -> None:
    (waiting,) = [issue for issue in jira.enhanced_search_issues("parent = CAL-5") if issue.fields.issuelinks]
    (link,) = waiting.fields.issuelinks
    blocker = jira.issue(link.inwardIssue.key)
    assert blocker.fields.parent.key == "CAL-2"
    assert [one.outwardIssue.key for one in blocker.fields.issuelinks] == [waiting.key]


def test_an_issue_by_key_and_by_id_and_none_that_is_hidden(jira: Any) -> None:
    issue = jira.issue("CAL-2", fields="summary")
    assert jira.issue(issue.id).key == "CAL-2"
    assert set(issue.raw["fields"]) == {"summary"}
    for key in ("SEC-1", "CAL-9999"):
        with pytest.raises(JIRAError) as error:
            jira.issue(key)
        assert error.value.status_code == 404


def test_completing_a_task_through_the_workflow(jira: Any, control: SandboxControl) -> None:
    (key,) = control.create_issues("OPS")
    done = next(one for one in jira.transitions(key) if one["name"] == "Done")
    jira.transition_issue(key, done["id"], resolution={"name": "Won't Do"})
    issue = jira.issue(key, expand="changelog")
    assert issue.fields.status.statusCategory.key == "done"
    assert issue.fields.resolution.name == "Won't Do"
    assert issue.fields.resolutiondate == issue.fields.updated
    changed = {item.field: item.toString for history in issue.changelog.histories for item in history.items}
    assert changed == {"status": "Done", "resolution": "Won't Do"}
    assert [(line["action"], line["key"]) for line in control.ledger()] == [("transition", key)]
    jira.transition_issue(key, "21")
    assert jira.issue(key).fields.resolution is None
    with pytest.raises(JIRAError) as error:
        jira.transition_issue(key, "999")
    assert error.value.status_code == 400


def test_many_issues_at_once_with_an_error_for_each_that_is_not_there(
    sandbox_url: str, control: SandboxControl
) -> None:
    url = f"{sandbox_url}/jira/rest/api/3/issue/bulkfetch"
    asked = {"issueIdsOrKeys": ["CAL-1", "PAY-1", "SEC-1", "CAL-9999"], "fields": ["summary"]}
    answer = requests.post(url, json=asked, auth=AUTH, timeout=5).json()
    assert {issue["key"] for issue in answer["issues"]} == {"CAL-1", "PAY-1"}
    assert {error["id"] for error in answer["issueErrors"]} == {"SEC-1", "CAL-9999"}


def test_an_emptied_bucket_says_429_until_time_has_passed(sandbox_url: str, control: SandboxControl) -> None:
    control.set_rate("jira", per_second=0.1, burst=2)
    url = f"{sandbox_url}/jira/rest/api/3/myself"
    answers = [requests.get(url, auth=AUTH, timeout=5) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert misfits(refused.json(), shapes.JIRA_ERROR) == []
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
    assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("2", "0")
    assert refused.headers["X-RateLimit-NearLimit"] == "true"
    control.move_clock(days=1)
    assert requests.get(url, auth=AUTH, timeout=5).status_code == 200
