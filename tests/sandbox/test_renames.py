"""Renaming projects, sections and lists: ids stay, names follow; an old key of Jira leads on until it is taken away."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from jira import JIRAError

from sandbox.asana.plan import PROJECTS, TOKEN
from sandbox.clickup.workspace import SEARCH
from sandbox.clickup.workspace import TOKEN as CLICKUP_TOKEN
from sandbox.control import SandboxControl


def test_a_renamed_project_of_jira_keeps_its_id_and_its_old_key_leads_on(jira: Any, control: SandboxControl) -> None:
    before = jira.issue("CAL-2", fields="updated,issuelinks")
    known = {issue.id for issue in jira.enhanced_search_issues("project = CAL", fields="id", maxResults=0)}
    control.rename_project("CAL", key="CLD", name="Calendars")
    for query in ("project = CLD", "project = CAL", "project = Calendars", "project = 10000"):
        found = jira.enhanced_search_issues(query, fields="id,key", maxResults=0)
        assert {issue.id for issue in found} == known
        assert all(issue.key.startswith("CLD-") for issue in found)
    for key in ("CAL-2", "CLD-2"):
        issue = jira.issue(key, fields="updated,issuelinks,project")
        assert (issue.id, issue.key, issue.fields.updated) == (before.id, "CLD-2", before.fields.updated)
        assert (issue.fields.project.key, issue.fields.project.name) == ("CLD", "Calendars")
        assert len(issue.fields.issuelinks) == len(before.fields.issuelinks)
    assert jira.enhanced_search_issues("parent = CAL-2", fields="id", maxResults=1)
    assert jira.project("CAL").raw["key"] == jira.project("10000").raw["key"] == "CLD"
    assert control.create_issues("CAL")[0].startswith("CLD-")


def test_an_old_key_that_was_taken_away_is_unknown(jira: Any, control: SandboxControl) -> None:
    control.rename_project("CAL", key="CLD", keeps_old_key=False)
    with pytest.raises(JIRAError, match="The value 'CAL' does not exist for the field 'project'"):
        jira.enhanced_search_issues("project = CAL", fields="id", maxResults=1)
    for ask, key in ((jira.issue, "CAL-2"), (jira.project, "CAL")):
        with pytest.raises(JIRAError) as error:
            ask(key)
        assert error.value.status_code == 404


def test_renames_are_forgotten_with_the_rest(jira: Any, control: SandboxControl) -> None:
    control.rename_project("CAL", key="CLD")
    control.reset()
    assert jira.project("CAL").raw["key"] == "CAL"
    with pytest.raises(JIRAError):
        jira.project("CLD")


def test_names_in_asana_and_clickup(sandbox_url: str, control: SandboxControl) -> None:
    project = PROJECTS[0]
    section = project.sections[0]
    control.rename_in_asana(project.gid, "Legal")
    control.rename_in_asana(section.gid, "Privacy")
    control.rename_clickup_list(SEARCH, "Search in French")
    signed_in = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{sandbox_url}/asana/api/1.0/sections/{section.gid}"
    told = requests.get(url, headers=signed_in, timeout=5).json()["data"]
    assert (told["name"], told["project"]["name"]) == ("Privacy", "Legal")
    url = f"{sandbox_url}/clickup/api/v2/list/{SEARCH}"
    assert requests.get(url, headers={"Authorization": CLICKUP_TOKEN}, timeout=5).json()["name"] == "Search in French"


def test_a_person_renames_on_the_pages(sandbox_url: str, control: SandboxControl) -> None:
    assert control.faults() == []
    rename = f"{sandbox_url}/jira/projects/CAL/rename"
    page = requests.post(rename, data={"key": "cld", "name": "Calendars"}, timeout=5)
    assert page.url.endswith("/jira/projects/CLD")
    assert "Calendars" in page.text
    assert "CLD-2" in page.text
    assert requests.post(rename, data={"key": "PAY", "name": "Calendars"}, timeout=5).status_code == 400
    gid = PROJECTS[0].sections[0].gid
    assert "Privacy" in requests.post(f"{sandbox_url}/asana/names/{gid}", data={"name": "Privacy"}, timeout=5).text
    page = requests.post(f"{sandbox_url}/clickup/lists/{SEARCH}/rename", data={"name": "Search in French"}, timeout=5)
    assert "Search in French" in page.text
