"""The Data Center face with the vendor's own client: sign-in, numbered pages, epics as a field, its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from jira import JIRA, JIRAError

from sandbox.company.people import JIRA_DC_EXPIRED_TOKEN, JIRA_DC_TOKEN
from sandbox.control import SandboxControl

BEARER = {"Authorization": f"Bearer {JIRA_DC_TOKEN}"}


@pytest.fixture
def data_center(sandbox_url: str) -> Iterator[Any]:
    client: Any = JIRA(server=f"{sandbox_url}/jira-dc", token_auth=JIRA_DC_TOKEN, max_retries=0, timeout=(3, 10))
    yield client
    client.close()


def found(sandbox_url: str, **asked: Any) -> dict[str, Any]:
    answer = requests.get(f"{sandbox_url}/jira-dc/rest/api/2/search", params=asked, headers=BEARER, timeout=5)
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()
    return data


def test_the_client_meets_a_data_center_and_its_account(data_center: Any) -> None:
    assert data_center.deploymentType == "Server"
    myself = data_center.myself()
    assert (myself["name"], myself["displayName"]) == ("ines", "Ines Carvalho")
    assert "accountId" not in myself
    assert {project.key for project in data_center.projects()} == {"HOST", "PAR", "FIV"}


@pytest.mark.parametrize("token", ["wrong", JIRA_DC_EXPIRED_TOKEN])
def test_a_wrong_or_expired_token_is_refused(sandbox_url: str, token: str) -> None:
    root = f"{sandbox_url}/jira-dc/rest/api/2"
    answer = requests.get(f"{root}/myself", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    assert answer.status_code == 401
    assert requests.get(f"{root}/serverInfo", timeout=5).status_code == 200


def test_the_two_sites_do_not_see_each_other(data_center: Any, jira: Any) -> None:
    for client, stranger in ((data_center, "project = CAL"), (jira, "project = HOST")):
        with pytest.raises(JIRAError) as error:
            client.search_issues(stranger)
        assert error.value.status_code == 400


def test_pages_are_narrow_and_numbered(sandbox_url: str, control: SandboxControl) -> None:
    made = control.create_issues("HOST", count=70, labels=["many"])
    asked = {"jql": "labels = many ORDER BY key ASC", "maxResults": 1000, "fields": "summary"}
    first, second = found(sandbox_url, **asked), found(sandbox_url, **asked, startAt=50)
    assert (first["startAt"], first["maxResults"], first["total"], len(first["issues"])) == (0, 50, 70, 50)
    assert [issue["key"] for issue in first["issues"] + second["issues"]] == made
    assert found(sandbox_url, **asked | {"maxResults": 0}) == first | {"maxResults": 0, "issues": []}


def test_what_changes_meanwhile_moves_every_number(sandbox_url: str, control: SandboxControl) -> None:
    made = control.create_issues("HOST", count=6, labels=["many"])
    asked = {"jql": "labels = many ORDER BY updated ASC, key ASC", "maxResults": 3}
    assert [issue["key"] for issue in found(sandbox_url, **asked)["issues"]] == made[:3]
    control.move_clock(days=1)
    control.edit_issue(made[0], summary="Moved to the end")
    assert [issue["key"] for issue in found(sandbox_url, **asked, startAt=3)["issues"]] == [*made[4:], made[0]]


@pytest.mark.parametrize(("epic", "done", "total"), [("HOST-1", 3, 10), ("PAR-1", 1, 12), ("FIV-1", 0, 15)])
def test_epics_are_a_field_of_their_own(data_center: Any, epic: str, done: int, total: int) -> None:
    tasks = data_center.search_issues(f'"Epic Link" = {epic}', maxResults=100)
    assert len(tasks) == total == len(data_center.search_issues(f"cf[10100] = {epic}", maxResults=100))
    assert sum(task.fields.status.statusCategory.key == "done" for task in tasks) == done
    assert data_center.search_issues(f"parent = {epic}") == []


def test_the_shapes_are_those_of_version_2(sandbox_url: str, control: SandboxControl) -> None:
    (key,) = control.create_issues("HOST", description="By hand")
    control.edit_issue(key, assignee="712020:5f0a-ines", parent="HOST-1")
    [issue] = found(sandbox_url, jql=f"key = {key}", fields="*all")["issues"]
    fields = issue["fields"]
    assert fields["description"] == "By hand"
    assert fields["updated"][-5:] in {"+0100", "+0200"}
    assert fields["assignee"]["name"] == "ines"
    assert fields["customfield_10100"] == "HOST-1"
    assert not {"parent", "statuscategorychangedate"} & set(fields)


def test_the_teams_live_on_there_too(sandbox_url: str, control: SandboxControl) -> None:
    before = found(sandbox_url, jql="statusCategory = Done", maxResults=0)["total"]
    control.next_day(days=14)
    assert found(sandbox_url, jql="statusCategory = Done", maxResults=0)["total"] > before
    assert "jira-dc" in {line["face"] for line in control.ledger()}


def test_pages_for_people_show_both_sites(sandbox_url: str, control: SandboxControl) -> None:
    (key,) = control.create_issues("HOST")
    assert "Hosting" in requests.get(f"{sandbox_url}/jira-dc/", timeout=5).text
    for path in ("jira-dc/projects/HOST", "jira-dc/browse/HOST-1", "jira/browse/CAL-2"):
        assert requests.get(f"{sandbox_url}/{path}", timeout=5).status_code == 200
    for path in ("jira/projects/HOST", "jira/browse/HOST-1", "jira-dc/browse/CAL-2", "jira-elsewhere/browse/CAL-2"):
        assert requests.get(f"{sandbox_url}/{path}", timeout=5).status_code == 404
    page = requests.post(f"{sandbox_url}/jira-dc/browse/{key}/complete", timeout=5)
    assert page.url == f"{sandbox_url}/jira-dc/projects/HOST#{key}"
    assert [(line["face"], line["key"]) for line in control.ledger()] == [("jira-dc", key)]
