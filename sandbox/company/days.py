"""One believable day at Fernhill: what the teams finish, start and add. The same day always goes the same way."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import datetime

from sandbox import ledger
from sandbox.company.history import WORKERS
from sandbox.company.plan import PROJECTS, Epic, Project
from sandbox.jira import issues
from sandbox.jira.issues import Issue, moved


def live_a_day(connection: sqlite3.Connection, now: datetime) -> None:
    """Move the company's issues on, in the six hours before `now`; on a weekend nothing happens."""
    if now.weekday() >= 5:
        return
    for project in PROJECTS:
        for number, epic in enumerate(project.epics, start=1):
            parent = issues.by_key(connection, f"{project.key}-{number}")
            if parent is not None and not epic.stalled_days:
                _live_epic(connection, project, epic, parent, now)


def _live_epic(connection: sqlite3.Connection, project: Project, epic: Epic, parent: Issue, now: datetime) -> None:
    chance = random.Random(f"day {now.date()} {parent.key}")
    now_ms = int(now.timestamp() * 1000)
    tasks = [task for task in issues.children(connection, parent.id) if not task.is_done]
    under_way = [task for task in tasks if task.category == "indeterminate"]
    waiting = [task for task in tasks if task.category == "new" and task.resolution is None]
    pace = (epic.per_week or max(1.5, epic.done / 8)) / 5

    def some_time() -> int:
        return now_ms - chance.randrange(60_000, 6 * 3_600_000)

    changed = []
    if under_way and chance.random() < pace:
        changed.append(moved(under_way[0], "Done", at=some_time()))
        under_way = under_way[1:]
    if waiting and epic.done and len(under_way) < 2:
        begun = replace(waiting[0], assignee=waiting[0].assignee or chance.choice(WORKERS))
        changed.append(moved(begun, "In Progress", at=some_time()))
    if epic.recent and chance.random() < 0.15:
        changed.append(_found_work(connection, project, parent, some_time()))
    if changed and len(tasks) == 1 and changed[0].is_done:
        changed.append(moved(parent, "Done", at=now_ms - 1))
    for issue in changed:
        issues.save(connection, issue, now_ms=now_ms)
        ledger.record(
            connection,
            face=project.site,
            action="the company's day",
            key=issue.key,
            payload={"status": issue.status},
            at=now,
        )


def _found_work(connection: sqlite3.Connection, project: Project, parent: Issue, at: int) -> Issue:
    return Issue(
        id=issues.next_id(connection),
        key=issues.next_key(connection, project.key),
        project_key=project.key,
        type="Task",
        summary=f"Look after what we found in “{parent.summary}”",
        created=at,
        updated=at,
        category_changed=at,
        parent_id=parent.id,
        reporter=project.lead,
    )
