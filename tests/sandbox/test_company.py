"""The sample company: the same every time, believable, and a day older when it is told to be."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sandbox.company.history import write_company
from sandbox.company.plan import EPIC_KEYS, PROJECTS
from sandbox.control import SandboxControl
from sandbox.jira import issues
from sandbox.jira.issues import Issue
from sandbox.jira.tables import SCHEMA
from sandbox.server import SandboxServer
from sandbox.store import Store

TODAY = date(2026, 11, 23)


def company(folder: Path, today: date = TODAY) -> list[Issue]:
    store = Store(folder / "company.sqlite3", [SCHEMA])
    with store.writing() as connection:
        write_company(connection, today)
    with store.reading() as connection:
        found = [issue for project in PROJECTS for issue in issues.of_project(connection, project.key)]
    store.close()
    return found


def day(milliseconds: int) -> date:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def test_the_same_day_gives_the_same_company(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert company(tmp_path / "a") == company(tmp_path / "b")


def test_every_epic_has_its_key_and_its_counts(tmp_path: Path) -> None:
    found = company(tmp_path)
    keys = {issue.id: issue.key for issue in found}
    tasks = [
        one for one in found if one.parent_id is not None and one.type != "Sub-task" and one.resolution != "Won't Do"
    ]
    done = Counter(keys[task.parent_id] for task in tasks if task.is_done and task.parent_id)
    all_of_them = Counter(keys[task.parent_id] for task in tasks if task.parent_id)
    for project in PROJECTS:
        for number, epic in enumerate(project.epics, start=1):
            key = f"{project.key}-{number}"
            assert (done[key], all_of_them[key]) == (epic.done, epic.total), key
    assert EPIC_KEYS["BOOK"] == ("CAL-1", "CAL-2", "CAL-3", "CAL-4", "CAL-5")


def test_history_is_in_order_on_working_days_and_over_by_today(tmp_path: Path) -> None:
    for issue in company(tmp_path):
        assert issue.created <= issue.updated
        assert issue.resolved is None or issue.created <= issue.resolved <= issue.updated
        for instant in (issue.created, issue.updated, issue.resolved):
            assert instant is None or (day(instant) < TODAY and day(instant).weekday() < 5)


def test_scope_that_grew_and_work_that_stalled(tmp_path: Path) -> None:
    found = company(tmp_path)
    ids = {issue.key: issue.id for issue in found}
    grown = [one for one in found if one.parent_id == ids["CAL-2"] and (TODAY - day(one.created)).days <= 21]
    replica = [day(one.resolved) for one in found if one.parent_id == ids["EUD-2"] and one.resolved]
    assert len(grown) == 5
    assert (TODAY - max(replica)).days >= 21


def test_a_next_day_moves_time_and_work_and_says_so_in_the_ledger(control: SandboxControl, jira: Any) -> None:
    before, was = control.clock(), jira.approximate_issue_count("statusCategory = Done")
    control.next_day(days=7)
    after = control.clock()
    assert after["offset_seconds"] - before["offset_seconds"] == 7 * 86_400
    assert jira.approximate_issue_count("statusCategory = Done") > was
    assert {line["action"] for line in control.ledger()} == {"the company's day"}
    moved = jira.enhanced_search_issues("updated >= startOfDay(-7d) ORDER BY updated ASC", maxResults=0)
    lived = {line["key"] for line in control.ledger() if line["face"] == "jira"}
    assert {key for key in lived if not key.startswith("SEC-")} <= {one.key for one in moved}


def test_state_outlives_a_restart(tmp_path: Path) -> None:
    clock_file = tmp_path / "clock.json"
    with SandboxServer(data_dir=tmp_path, clock_file=clock_file) as server:
        control = SandboxControl(server.url)
        (key,) = control.create_issues("OPS")
        control.move_clock(days=2)
    with SandboxServer(data_dir=tmp_path, clock_file=clock_file) as server:
        control = SandboxControl(server.url)
        control.edit_issue(key, summary="Still here")
        assert control.clock()["offset_seconds"] == 2 * 86_400
    for file in tmp_path.glob("sandbox.sqlite3*"):
        file.unlink()
    with SandboxServer(data_dir=tmp_path, clock_file=clock_file):
        connection = sqlite3.connect(tmp_path / "sandbox.sqlite3")
        assert connection.execute("SELECT count(*) FROM issue WHERE key = ?", (key,)).fetchone() == (0,)
        connection.close()
