"""ClickUp's face: narrow defaults, paging, codes and limits as the vendor has them, and the shapes of its answers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.clickup import tasks
from sandbox.clickup.grants import CLIENT_ID, CLIENT_SECRET
from sandbox.clickup.history import write_lists
from sandbox.clickup.tasks import SCHEMA, Task
from sandbox.clickup.workspace import (
    CARRIERS,
    DELETED_LIST_ID,
    FIGURES,
    FOLDER_ID,
    LISTS,
    ODDS,
    REVOKED_TOKEN,
    SEARCH,
    SENDERS,
    SPACE_ID,
    TEAM_ID,
    TOKEN,
)  # fmt: skip
from sandbox.control import SandboxControl
from sandbox.store import Store
from tests.sandbox.shapes import DIGITS, MAYBE_TEXT, TEXT, Schema, listed, maybe, misfits, record

ALL = {"include_closed": "true", "subtasks": "true", "include_timl": "true"}
TODAY = date(2026, 11, 23)

# What a client may rely on, as recorded answers have it; the published schema is wrong about several of these types.
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
STATUS = record(
    {"status": TEXT, "color": TEXT, "orderindex": NUMBER, "type": {"enum": ["open", "custom", "done", "closed"]}}
)
USER = record({"id": NUMBER, "username": TEXT, "color": TEXT, "email": TEXT, "profilePicture": MAYBE_TEXT})
PLACE = record({"id": DIGITS, "name": TEXT, "access": FLAG})
DEPENDENCY = record(
    {"task_id": TEXT, "depends_on": TEXT, "type": NUMBER, "date_created": DIGITS, "workspace_id": DIGITS}
)
TASK = record(
    {
        "id": TEXT, "custom_id": MAYBE_TEXT, "name": TEXT, "status": STATUS, "orderindex": TEXT,
        "date_created": DIGITS, "date_updated": DIGITS, "date_closed": maybe(DIGITS), "date_done": maybe(DIGITS),
        "archived": FLAG, "creator": USER, "assignees": listed(USER), "watchers": listed(USER),
        "parent": MAYBE_TEXT, "points": {"type": ["number", "null"]}, "time_estimate": maybe(NUMBER),
        "custom_fields": {"type": "array"}, "dependencies": listed(DEPENDENCY), "linked_tasks": {"type": "array"},
        "team_id": DIGITS, "url": TEXT, "list": PLACE, "folder": PLACE, "project": PLACE,
        "space": record({"id": DIGITS}),
    }
)  # fmt: skip
TASKS = record({"tasks": listed(TASK), "last_page": FLAG})
LIST = record({"id": DIGITS, "name": TEXT, "task_count": NUMBER, "folder": PLACE, "space": PLACE, "archived": FLAG})
FOLDER = record({"id": DIGITS, "name": TEXT, "hidden": FLAG, "task_count": DIGITS, "lists": listed(LIST)})
ERROR = {**record({"err": TEXT, "ECODE": {"type": "string", "pattern": "^[A-Z]+_[0-9]{3}$"}}), "maxProperties": 2}


class Caller:
    def __init__(self, url: str) -> None:
        self._root = f"{url}/clickup/api/v2"

    def answer(self, path: str, token: str | None = TOKEN, **asked: str) -> requests.Response:
        headers = {"Authorization": token} if token else {}
        return requests.get(f"{self._root}/{path}", params=asked, headers=headers, timeout=5)

    def __call__(self, path: str, **asked: str) -> Any:
        answer = self.answer(path, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tasks(self, list_id: str, **asked: str) -> list[Any]:
        found: list[Any] = self(f"list/{list_id}/task", **asked)["tasks"]
        return found


@pytest.fixture
def call(sandbox_url: str) -> Caller:
    return Caller(sandbox_url)


def test_the_way_down_to_the_lists(call: Caller) -> None:
    assert misfits(call("user"), record({"user": USER})) == []
    [team] = call("team")["teams"]
    [space] = call(f"team/{team['id']}/space")["spaces"]
    answer = call(f"space/{space['id']}/folder")
    assert misfits(answer, record({"folders": listed(FOLDER)})) == []
    [folder] = answer["folders"]
    assert call(f"folder/{folder['id']}/list")["lists"] == folder["lists"]
    [loose] = call(f"space/{space['id']}/list")["lists"]
    assert misfits(loose, LIST) == []
    assert (team["id"], space["id"], folder["id"], loose["id"]) == (TEAM_ID, SPACE_ID, FOLDER_ID, ODDS)
    assert call(f"folder/{folder['id']}/list", archived="true") == {"lists": []}
    assert call(f"list/{SEARCH}")["name"] == "French search"


@pytest.mark.parametrize("list_id", [one.id for one in LISTS])
def test_pages_of_tasks_have_the_recorded_shape(call: Caller, list_id: str) -> None:
    answer = call(f"list/{list_id}/task", **ALL)
    assert misfits(answer, TASKS) == []
    [first] = answer["tasks"][:1]
    assert call(f"task/{first['id']}") == first


def test_what_is_left_out_unless_it_is_asked_for(call: Caller, control: SandboxControl) -> None:
    (archived,) = control.create_clickup_tasks(CARRIERS, archived=True)
    everything = call.tasks(FIGURES, **ALL)
    assert len(call.tasks(FIGURES)) < len(everything)
    kinds = {one["status"]["type"] for one in call.tasks(FIGURES, subtasks="true", include_timl="true")}
    assert kinds == {"done"}
    elsewhere = {one["id"] for one in everything} - {
        one["id"] for one in call.tasks(FIGURES, **(ALL | {"include_timl": "false"}))
    }
    assert len(elsewhere) == 1
    assert elsewhere <= {one["id"] for one in call.tasks(ODDS, **ALL)}
    assert all(one["parent"] is None for one in call.tasks(SEARCH, include_closed="true"))
    assert any(one["parent"] for one in call.tasks(SEARCH, **ALL))
    assert [one["id"] for one in call.tasks(CARRIERS, archived="true")] == [archived]
    assert archived not in {one["id"] for one in call.tasks(CARRIERS, **ALL)}


def test_order_is_newest_first_unless_reversed(call: Caller, control: SandboxControl) -> None:
    control.create_clickup_tasks(CARRIERS, count=3)
    by_default = [int(one["date_created"]) for one in call.tasks(CARRIERS)]
    assert by_default == sorted(by_default, reverse=True)
    oldest_first = [int(one["date_updated"]) for one in call.tasks(CARRIERS, order_by="updated", reverse="true")]
    assert oldest_first == sorted(oldest_first)
    assert call.answer(f"list/{CARRIERS}/task", order_by="name").status_code == 400


def test_pages_hold_a_hundred_and_say_which_is_the_last(call: Caller, control: SandboxControl) -> None:
    control.create_clickup_tasks(CARRIERS, count=200)
    pages = [call(f"list/{CARRIERS}/task", page=str(page)) for page in range(4)]
    assert [(len(page["tasks"]), page["last_page"]) for page in pages] == [
        (100, False),
        (100, False),
        (5, True),
        (0, True),
    ]
    assert len({one["id"] for page in pages for one in page["tasks"]}) == 205
    assert call.answer(f"list/{CARRIERS}/task", page="-1").status_code == 400


def test_what_changed_after_an_instant_leaves_the_instant_out(call: Caller) -> None:
    newest, second = call.tasks(SEARCH, order_by="updated", **ALL)[:2]
    later = call.tasks(SEARCH, date_updated_gt=second["date_updated"], **ALL)
    assert [one["id"] for one in later] == [newest["id"]]


def test_done_and_closed_leave_their_instants(call: Caller, control: SandboxControl) -> None:
    (task_id,) = control.create_clickup_tasks(CARRIERS, status="in progress")
    seen = [call(f"task/{task_id}")]
    for status in ("shipped", "Closed", "to do"):
        control.edit_clickup_task(task_id, status=status)
        seen.append(call(f"task/{task_id}"))
    assert [(bool(one["date_done"]), bool(one["date_closed"])) for one in seen] == [
        (False, False),
        (True, False),
        (True, True),
        (False, False),
    ]
    assert seen[1]["date_done"] == seen[2]["date_done"]


def test_a_dependency_stands_at_both_its_ends(call: Caller) -> None:
    [waiting] = [one for one in call.tasks(SENDERS, **ALL) if one["dependencies"]]
    [row] = waiting["dependencies"]
    assert row["task_id"] == waiting["id"]
    assert call(f"task/{row['depends_on']}")["dependencies"] == [row]


@pytest.mark.parametrize(
    ("token", "path", "status", "code"),
    [
        (None, "user", 400, "OAUTH_017"),
        ("wrong", "user", 401, "OAUTH_025"),
        (f"Bearer {TOKEN}", "user", 401, "OAUTH_025"),
        (REVOKED_TOKEN, "user", 401, "OAUTH_019"),
        (TOKEN, "team/1/space", 401, "OAUTH_027"),
        (TOKEN, "list/905500000001/task", 401, "OAUTH_027"),
        (TOKEN, f"list/{DELETED_LIST_ID}/task", 404, "SUBCAT_016"),
        (TOKEN, "list/French/task", 400, "INPUT_005"),
        (TOKEN, "task/9hz", 404, "ITEM_013"),
        (TOKEN, "nothing/here", 404, "APP_001"),
    ],
)
def test_a_refusal_has_its_code(call: Caller, token: str | None, path: str, status: int, code: str) -> None:
    answer = call.answer(path, token)
    assert (answer.status_code, answer.json()["ECODE"]) == (status, code)
    assert misfits(answer.json(), ERROR) == []


def test_an_app_gets_a_token_for_a_code_once(sandbox_url: str, call: Caller, control: SandboxControl) -> None:
    page = f"{sandbox_url}/clickup/api"
    asked = {"client_id": CLIENT_ID, "redirect_uri": "http://127.0.0.1:9/back", "state": "s"}
    assert requests.get(page, params=asked | {"client_id": "x"}, timeout=5).status_code == 401
    assert requests.get(page, params=asked | {"redirect_uri": "https://e.example"}, timeout=5).status_code == 400
    answer = requests.post(page, params=asked, data={"decision": "allow"}, allow_redirects=False, timeout=5)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["s"]
    token = f"{sandbox_url}/clickup/api/v2/oauth/token"
    data = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": back["code"][0]}
    assert requests.post(token, json=data | {"client_secret": "x"}, timeout=5).json()["ECODE"] == "OAUTH_010"
    given = requests.post(token, json=data, timeout=5).json()["access_token"]
    assert requests.post(token, json=data, timeout=5).json()["ECODE"] == "OAUTH_014"
    assert call.answer("user", f"Bearer {given}").status_code == 200
    assert call.answer("user", given).status_code == 401
    control.revoke_clickup_grants()
    assert call.answer("user", f"Bearer {given}").status_code == 401


def test_a_closed_list_is_not_shown_any_more(call: Caller, control: SandboxControl) -> None:
    (task_id,) = control.create_clickup_tasks(SENDERS)
    control.close_clickup_list(SENDERS)
    for path in (f"list/{SENDERS}", f"list/{SENDERS}/task", f"task/{task_id}"):
        assert call.answer(path).json()["ECODE"] == "OAUTH_027"
    assert SENDERS not in {one["id"] for one in call(f"folder/{FOLDER_ID}/list")["lists"]}
    control.close_clickup_list(SENDERS, is_closed=False)
    assert call(f"task/{task_id}")["id"] == task_id


def test_a_workspace_tells_the_types_that_its_team_made(call: Caller, control: SandboxControl) -> None:
    rows = {one["id"]: one["name"] for one in call(f"team/{TEAM_ID}/custom_item")["custom_items"]}
    (task_id,) = control.create_clickup_tasks(SENDERS, custom_item=1300, tags=["v2"])
    task = call(f"task/{task_id}")
    assert (rows[task["custom_item_id"]], [one["name"] for one in task["tags"]]) == ("Bug", ["v2"])


def test_a_full_window_says_when_it_empties(call: Caller, control: SandboxControl) -> None:
    control.set_rate("clickup", per_second=1 / 60, burst=2)
    answers = [call.answer("user") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    refused = answers[-1]
    now = datetime.fromisoformat(control.clock()["now"]).timestamp()
    assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("2", "0")
    assert 50 < int(refused.headers["X-RateLimit-Reset"]) - now <= 62
    assert "Retry-After" not in refused.headers
    control.move_clock(days=1)
    assert call.answer("user").status_code == 200


def test_a_deleted_task_is_gone(call: Caller, control: SandboxControl) -> None:
    (task_id,) = control.create_clickup_tasks(CARRIERS, also_in=[ODDS])
    assert task_id in {one["id"] for one in call.tasks(ODDS, **ALL)}
    control.delete_clickup_task(task_id)
    assert call.answer(f"task/{task_id}").status_code == 404
    assert task_id not in {one["id"] for one in call.tasks(ODDS, **ALL)}


def company(folder: Path) -> dict[str, list[Task]]:
    store = Store(folder / "clickup.sqlite3", [SCHEMA])
    with store.writing() as connection:
        write_lists(connection, TODAY)
        found = {one.id: tasks.of_list(connection, one.id) for one in LISTS}
    store.close()
    return found


def test_the_same_day_gives_the_same_lists_with_their_counts(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    found = company(tmp_path / "a")
    assert found == company(tmp_path / "b")
    counts = {list_id: (sum(one.is_finished for one in held), len(held)) for list_id, held in found.items()}
    assert counts == {SEARCH: (6, 10), CARRIERS: (0, 5), SENDERS: (0, 7), FIGURES: (6, 6), ODDS: (3, 6)}
    for task in (task for held in found.values() for task in held):
        assert task.created <= (task.done or task.updated) <= task.updated
        assert (task.done is not None) == task.is_finished
    names = [task.name for task in found[SEARCH]]
    assert any("\x00" in name for name in names)
    assert any("🔎" in name for name in names)
    assert max(map(len, names)) > 200


def test_days_go_by(call: Caller, control: SandboxControl) -> None:
    before = {one["id"]: one["date_updated"] for one in call.tasks(SEARCH, **ALL)}
    control.next_day(days=14)
    moved = {line["key"] for line in control.ledger() if line["face"] == "clickup"}
    after = {one["id"]: one["date_updated"] for one in call.tasks(SEARCH, **ALL)}
    assert moved
    assert {key for key, updated in after.items() if before[key] != updated} == moved


def test_pages_for_people(sandbox_url: str, call: Caller, control: SandboxControl) -> None:
    (task_id,) = control.create_clickup_tasks(CARRIERS, name="<b>Ask</b>", assignees=[81000001])
    for path in ("", f"lists/{CARRIERS}", f"t/{task_id}"):
        answer = requests.get(f"{sandbox_url}/clickup/{path}", timeout=5)
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<b>Ask" not in answer.text
    assert "Ines Carvalho" in answer.text
    page = requests.post(f"{sandbox_url}/clickup/t/{task_id}/complete", timeout=5)
    assert page.url == f"{sandbox_url}/clickup/lists/{CARRIERS}#{task_id}"
    assert call(f"task/{task_id}")["status"]["type"] == "done"
    assert [(line["action"], line["key"]) for line in control.ledger()] == [("completed by hand", task_id)]
    for path in ("lists/5", "t/9hz"):
        assert requests.get(f"{sandbox_url}/clickup/{path}", timeout=5).status_code == 404
