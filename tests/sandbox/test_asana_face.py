"""The Asana face with the vendor's own client: what comes, how little of it unasked, pages, refusals and limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import asana
import pytest
import requests
from asana.rest import ApiException

from sandbox.asana.plan import PROJECTS, REVOKED_TOKEN, TOKEN, WORKSPACE_GID
from sandbox.control import SandboxControl
from tests.sandbox.shapes import DIGITS, MAYBE_TEXT, TEXT, Schema, listed, maybe, misfits, record

LEGAL, PRICING, _ = (project.gid for project in PROJECTS)
PROTECTION, LAUNCH, TRAINING = (section.gid for section in PROJECTS[0].sections)

INSTANT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
COMPACT = record({"gid": DIGITS, "resource_type": TEXT, "name": TEXT})
REFERENCE = record({"gid": DIGITS, "resource_type": TEXT})
FIELD = record({"gid": DIGITS, "name": TEXT, "number_value": {"type": ["number", "null"]}})
TASK = {
    **record(
        {
            "gid": DIGITS,
            "resource_subtype": {"enum": ["default_task", "milestone", "approval", "custom"]},
            "name": TEXT,
            "completed": {"type": "boolean"},
            "completed_at": maybe(INSTANT),
            "created_at": INSTANT,
            "modified_at": INSTANT,
            "created_by": maybe(REFERENCE),
            "assignee": maybe(COMPACT),
            "parent": maybe(REFERENCE),
            "permalink_url": TEXT,
            "custom_fields": listed(FIELD),
            "memberships": listed(record({"project": REFERENCE, "section": REFERENCE})),
            "workspace": REFERENCE,
            "due_at": MAYBE_TEXT,
            "due_on": MAYBE_TEXT,
        },
        approval_status={"enum": ["pending", "approved", "rejected", "changes_requested"]},
    ),
    "not": {"required": ["dependencies"]},
}
NEXT_PAGE = record({"offset": TEXT, "path": TEXT, "uri": TEXT})
ERROR = record({"errors": {"type": "array", "minItems": 1, "items": record({"message": TEXT, "help": TEXT})}})


@pytest.fixture
def client(sandbox_url: str) -> Iterator[Any]:
    yield from sdk(sandbox_url, TOKEN)


def sdk(url: str, token: str) -> Iterator[Any]:
    configuration = asana.Configuration()
    configuration.host = f"{url}/asana/api/1.0"
    configuration.access_token = token
    configuration.return_page_iterator = False
    configuration.retry_strategy = False
    client = asana.ApiClient(configuration)
    yield client
    client.rest_client.pool_manager.clear()
    client.pool.close()
    client.pool.join()


def page(client: Any, **asked: object) -> dict[str, Any]:
    answer: dict[str, Any] = asana.TasksApi(client).get_tasks(asked)
    return answer


def refused(client: Any, **asked: object) -> tuple[int, str]:
    with pytest.raises(ApiException) as error:
        page(client, **asked)
    body = json.loads(error.value.body)
    assert misfits(body, ERROR) == []
    return error.value.status, body["errors"][0]["message"]


def test_who_calls_and_where(client: Any) -> None:
    me = asana.UsersApi(client).get_user("me", {})["data"]
    assert me["name"] == "Ines Carvalho"
    assert misfits(me, record({"gid": DIGITS, "email": TEXT, "workspaces": listed(COMPACT)})) == []
    assert asana.WorkspacesApi(client).get_workspaces({})["data"][0]["gid"] == WORKSPACE_GID


def test_projects_and_sections_come_in_brief_and_in_pages(client: Any) -> None:
    projects = asana.ProjectsApi(client)
    first = projects.get_projects({"workspace": WORKSPACE_GID, "limit": 2})
    assert misfits(first, record({"data": listed(COMPACT), "next_page": NEXT_PAGE})) == []
    assert [set(one) for one in first["data"]] == [{"gid", "resource_type", "name"}] * 2
    rest = projects.get_projects({"workspace": WORKSPACE_GID, "limit": 2, "offset": first["next_page"]["offset"]})
    assert [one["name"] for one in rest["data"]] == ["Private HR"]
    assert rest["next_page"] is None
    sections = asana.SectionsApi(client).get_sections_for_project(LEGAL, {})["data"]
    assert [one["name"] for one in sections] == ["Data protection", "Public launch", "Reception training"]
    whole = asana.SectionsApi(client).get_section(TRAINING, {})["data"]
    assert whole["project"]["gid"] == LEGAL


def test_the_sections_stand_where_the_story_says(client: Any) -> None:
    def counts(section: str) -> tuple[int, int]:
        found = page(client, section=section, limit=100, opt_fields="completed,approval_status")["data"]
        done = [one for one in found if one["completed"] and one.get("approval_status", "approved") == "approved"]
        return len(done), len(found)

    story = {PROTECTION: (7, 10), LAUNCH: (0, 9), TRAINING: (2, 6), PROJECTS[1].sections[0].gid: (1, 8)}
    assert {section: counts(section) for section in story} == story
    asked = {"opt_fields": "num_tasks,num_completed_tasks"}
    told = asana.ProjectsApi(client).get_task_counts_for_project(LEGAL, asked)["data"]
    assert told == {"num_tasks": 25, "num_completed_tasks": 10}
    assert asana.ProjectsApi(client).get_task_counts_for_project(LEGAL, {})["data"] == {}


def test_a_task_tells_little_unasked_and_what_is_asked_for(client: Any) -> None:
    brief = page(client, project=LEGAL, limit=100)["data"]
    assert {frozenset(one) for one in brief} == {frozenset({"gid", "resource_type", "name", "resource_subtype"})}
    for one in brief:
        whole = asana.TasksApi(client).get_task(one["gid"], {})["data"]
        assert misfits(whole, TASK) == []
    asked = "name,assignee.name,parent,dependencies,memberships.section.name,custom_fields.number_value"
    narrow = page(client, section=LAUNCH, limit=1, opt_fields=asked)["data"][0]
    assert set(narrow) == {"gid", *(path.partition(".")[0] for path in asked.split(","))}
    assert len(narrow["dependencies"]) == 2
    assert set(narrow["memberships"][0]) == {"section"}
    assert narrow["memberships"][0]["section"]["name"] == "Public launch"


def test_pages_bring_every_task_once(client: Any, control: SandboxControl) -> None:
    made = control.create_asana_tasks(TRAINING, count=130)
    everything = [one["gid"] for one in page(client, project=LEGAL)["data"]]
    found, offset = [], None
    for _ in range(50):
        brought = page(client, project=LEGAL, limit=30, **({"offset": offset} if offset else {}))
        found += [one["gid"] for one in brought["data"]]
        if brought["next_page"] is None:
            break
        offset = brought["next_page"]["offset"]
    assert found == everything
    assert set(made) < set(found)


def test_since_when_modified(client: Any, control: SandboxControl) -> None:
    (gid,) = control.create_asana_tasks(TRAINING)
    soon = datetime.fromisoformat(control.clock()["now"]) + timedelta(minutes=1)
    recently = (soon - timedelta(minutes=2)).isoformat()
    assert [one["gid"] for one in page(client, section=TRAINING, modified_since=recently)["data"]] == [gid]
    assert page(client, section=TRAINING, modified_since=soon.isoformat())["data"] == []
    elsewhere = page(client, section=LAUNCH)["data"][0]["gid"]
    control.edit_asana_task(elsewhere, sections=[TRAINING])
    assert [one["gid"] for one in page(client, section=TRAINING, modified_since=recently)["data"]] == [gid]
    assert elsewhere in {one["gid"] for one in page(client, section=TRAINING)["data"]}


@pytest.mark.parametrize(
    ("asked", "status", "word"),
    [
        ({}, 400, "specify"),
        ({"project": "12"}, 404, "Unknown object"),
        ({"section": "12"}, 404, "Unknown object"),
        ({"project": LEGAL, "limit": 101}, 400, "limit"),
        ({"project": LEGAL, "limit": 0}, 400, "limit"),
        ({"project": LEGAL, "limit": 5, "offset": "eyJ"}, 400, "offset"),
        ({"project": LEGAL, "modified_since": "yesterday"}, 400, "modified_since"),
    ],
)
def test_refusals_in_the_vendors_shape(client: Any, asked: dict[str, object], status: int, word: str) -> None:
    found, message = refused(client, **asked)
    assert found == status
    assert word in message


def test_an_offset_is_of_one_list_and_expires(client: Any, control: SandboxControl) -> None:
    offset = page(client, project=LEGAL, limit=5)["next_page"]["offset"]
    assert refused(client, project=PRICING, limit=5, offset=offset)[0] == 400
    control.move_clock(days=0.1)
    assert refused(client, project=LEGAL, limit=5, offset=offset) == (400, "offset: Your pagination token has expired.")


@pytest.mark.parametrize("token", [REVOKED_TOKEN, "nonsense"])
def test_other_tokens_are_refused(sandbox_url: str, token: str) -> None:
    for client in sdk(sandbox_url, token):
        assert refused(client, project=LEGAL) == (401, "Not Authorized")


def test_who_asks_too_often_is_told_how_long_to_wait(client: Any, control: SandboxControl) -> None:
    control.set_rate("asana", per_second=0.1, burst=1)
    page(client, project=LEGAL)
    with pytest.raises(ApiException) as error:
        page(client, project=LEGAL)
    assert error.value.status == 429
    assert 5 < int(error.value.headers["Retry-After"]) <= 10


def test_an_approval_is_complete_with_every_answer(client: Any, control: SandboxControl) -> None:
    (gid,) = control.create_asana_tasks(PROTECTION, approval="rejected")
    task = asana.TasksApi(client).get_task(gid, {})["data"]
    assert (task["completed"], task["approval_status"], task["resource_subtype"]) == (True, "rejected", "approval")
    control.edit_asana_task(gid, approval="pending")
    assert asana.TasksApi(client).get_task(gid, {})["data"]["completed"] is False
    control.delete_asana_task(gid)
    with pytest.raises(ApiException, match="404"):
        asana.TasksApi(client).get_task(gid, {})


def test_the_company_works_on_and_says_so(client: Any, control: SandboxControl) -> None:
    before = asana.ProjectsApi(client).get_task_counts_for_project(LEGAL, {"opt_fields": "num_completed_tasks"})
    control.next_day(days=14)
    after = asana.ProjectsApi(client).get_task_counts_for_project(LEGAL, {"opt_fields": "num_completed_tasks"})
    assert after["data"]["num_completed_tasks"] > before["data"]["num_completed_tasks"]
    assert "asana" in {line["face"] for line in control.ledger()}


def test_people_see_the_tasks_and_complete_one(sandbox_url: str, client: Any, control: SandboxControl) -> None:
    (gid,) = control.create_asana_tasks(TRAINING, name="Try it out")
    for path in ("/asana/", f"/asana/projects/{LEGAL}"):
        answer = requests.get(sandbox_url + path, timeout=5)
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Try it out 1" in answer.text
    done = requests.post(f"{sandbox_url}/asana/tasks/{gid}/complete", timeout=5)
    assert done.url == f"{sandbox_url}/asana/projects/{LEGAL}#{gid}"
    assert asana.TasksApi(client).get_task(gid, {})["data"]["completed"] is True
    assert [(line["face"], line["action"], line["key"]) for line in control.ledger()] == [
        ("asana", "completed by hand", gid)
    ]
    assert requests.get(f"{sandbox_url}/asana/projects/12", timeout=5).status_code == 404
