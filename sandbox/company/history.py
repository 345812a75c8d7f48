"""Ten weeks of believable history for each epic, up to a given day: the same day always gives the same issues."""

from __future__ import annotations

import itertools
import random
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sandbox.company.people import PEOPLE
from sandbox.company.plan import PROJECTS, Epic, Project
from sandbox.jira import issues
from sandbox.jira.issues import Issue, moved

HISTORY_DAYS = 50  # working days: ten weeks
RECENT_DAYS = 15
WORKERS = tuple(person.account_id for person in PEOPLE if person.is_active)
LABELS = ("mobile", "backend", "design", "clinic-feedback", "legal")
HOUR_MS = 3_600_000


def working_days(today: date, count: int) -> list[date]:
    """The last `count` working days before `today`, oldest first."""
    past = (today - timedelta(days=days) for days in itertools.count(1))
    return list(itertools.islice((day for day in past if day.weekday() < 5), count))[::-1]


@dataclass(frozen=True)
class Story:
    """On which working days, by index, a task was created, started and completed; None is yet to come."""

    created: int
    started: int | None
    completed: int | None


def stories(epic: Epic, chance: random.Random) -> list[Story]:
    """One per task that counts, the completed first, then those under way, then those to do."""
    last = HISTORY_DAYS - 1
    end = last - epic.stalled_days if epic.done < epic.total else last - chance.randint(4, 9)
    span = round(epic.done / epic.per_week * 5) if epic.per_week else min(end - 3, max(12, epic.done * 2))
    first = max(3, end - span)
    told = []
    for place in range(epic.done):
        completed = end - round((epic.done - 1 - place) * (end - first) / max(1, epic.done))
        started = max(1, completed - chance.randint(1, 4))
        late = not epic.recent and place > epic.done // 2 and chance.random() < 0.2
        early = max(0, min(started - 1, first - chance.randint(3, 8)))
        told.append(Story(started - 1 if late else early, started, completed))
    under_way = min(epic.total - epic.done - epic.recent, 0 if epic.done == 0 else chance.randint(1, 3))
    for place in range(epic.total - epic.done):
        recent = place >= epic.total - epic.done - epic.recent
        created = last - chance.randint(0, RECENT_DAYS - 1) if recent else max(0, first - chance.randint(3, 8))
        if epic.done == 0:
            created = last - chance.randint(24, 34)
        begun = max(created, end - chance.randint(0, 4)) if place < under_way else None
        told.append(Story(created, begun, None))
    return told


class Writer:
    """Writes one company into an empty store."""

    def __init__(self, connection: sqlite3.Connection, today: date) -> None:
        self._connection = connection
        self._days = working_days(today, HISTORY_DAYS)

    def write(self) -> None:
        for project in PROJECTS:
            parents = [self._write_epic(project, number, epic) for number, epic in enumerate(project.epics, start=1)]
            for parent, epic in zip(parents, project.epics, strict=True):
                self._write_tasks(project, parent, epic)

    def _instant(self, day: int, chance: random.Random, *, hours: tuple[int, int]) -> int:
        minutes = chance.randrange(hours[0] * 60, hours[1] * 60)
        start = datetime.combine(self._days[day], time(), tzinfo=UTC)
        return int((start + timedelta(minutes=minutes, milliseconds=chance.randrange(60_000))).timestamp() * 1000)

    def _write_epic(self, project: Project, number: int, epic: Epic) -> Issue:
        chance = random.Random(f"epic {project.key}-{number}")
        created = self._instant(0, chance, hours=(7, 8))
        parent = Issue(
            id=issues.next_id(self._connection), key=f"{project.key}-{number}", project_key=project.key, type="Epic",
            summary=epic.name, created=created, updated=created, category_changed=created, reporter=project.lead,
            assignee=project.lead,
        )  # fmt: skip
        if epic.done == epic.total:
            parent = moved(parent, "Done", at=self._instant(HISTORY_DAYS - 2, chance, hours=(15, 17)))
        elif epic.done:
            parent = moved(parent, "In Progress", at=self._instant(4, chance, hours=(8, 9)))
        issues.save(self._connection, parent, now_ms=parent.updated)
        return parent

    def _write_tasks(self, project: Project, parent: Issue, epic: Epic) -> None:
        chance = random.Random(f"tasks {parent.key}")
        summaries = [step.format(topic) for topic in epic.topics for step in epic.steps]
        told = stories(epic, chance)
        told += [Story(2, None, None)] * epic.cancelled
        for place, story in enumerate(told):
            task = self._task(project, parent, summaries[place % len(summaries)], story, chance)
            if place >= epic.total:
                at = self._instant(HISTORY_DAYS - 12, chance, hours=(9, 16))
                task = moved(task, "Done", at=at, resolution="Won't Do")
            elif epic.done <= place < epic.done + epic.reopened:
                task = self._reopened(task, chance)
            issues.save(self._connection, task, now_ms=task.updated)

    def _task(self, project: Project, parent: Issue, summary: str, story: Story, chance: random.Random) -> Issue:
        created = self._instant(story.created, chance, hours=(8, 9))
        task = Issue(
            id=issues.next_id(self._connection), key=issues.next_key(self._connection, project.key),
            project_key=project.key, type=chance.choice(("Story", "Task", "Task", "Bug")), summary=summary,
            created=created, updated=created, category_changed=created, parent_id=parent.id, reporter=project.lead,
            labels=tuple(sorted(chance.sample(LABELS, chance.choice((0, 0, 1, 2))))),
            fix_versions=("1.0",) if chance.random() < 0.3 else (),
            estimate_seconds=chance.choice((1, 2, 3, 5)) * 8 * 3600 if chance.random() < 0.6 else None,
            description=f"Part of “{parent.summary}”.",
        )  # fmt: skip
        if story.started is not None:
            task = replace(task, assignee=chance.choice(WORKERS))
            task = moved(task, "In Progress", at=self._instant(story.started, chance, hours=(9, 11)))
        if story.completed is not None:
            task = moved(task, "Done", at=self._instant(story.completed, chance, hours=(12, 17)))
        return task

    def _reopened(self, task: Issue, chance: random.Random) -> Issue:
        """Done once, found wanting three working days later, and under way again."""
        steps = ((HISTORY_DAYS - 9, "In Progress"), (HISTORY_DAYS - 7, "Done"), (HISTORY_DAYS - 4, "In Progress"))
        task = replace(task, status="To Do", changes=(), created=self._instant(HISTORY_DAYS - 20, chance, hours=(8, 9)))
        for day, status in steps:
            task = moved(task, status, at=self._instant(day, chance, hours=(10, 16)))
        return task


def write_company(connection: sqlite3.Connection, today: date) -> None:
    """Fill an empty store with Fernhill as it stands in the morning of `today`."""
    Writer(connection, today).write()
    write_oddities(connection)


def write_oddities(connection: sqlite3.Connection) -> None:
    """What real trackers hold and tidy samples never do. None of it changes the count of any epic."""
    offline, crash = issues.by_key(connection, "CLI-2"), issues.by_key(connection, "CLI-3")
    sync, pilot = issues.by_key(connection, "CAL-2"), issues.by_key(connection, "CAL-5")
    elsewhere = issues.by_key(connection, "OPS-1")
    if not (offline and crash and sync and pilot and elsewhere):
        raise LookupError("The sample company is not there.")
    first, second, third = issues.children(connection, offline.id)[:3]
    waiting = issues.children(connection, crash.id)[-1]
    start, last = issues.children(connection, pilot.id)[0], issues.children(connection, sync.id)[-1]
    odd = [
        replace(first, summary=f"{first.summary}\x00 (pasted)"),
        replace(second, summary="📴 " + second.summary + " 🌒"),
        replace(third, summary="When the clinic loses its line during a visit, " * 5 + "nothing is lost"),
        replace(waiting, resolution="Done", resolved=waiting.updated),
        replace(last, blocks=(start.key,)),
        Issue(
            id=issues.next_id(connection), key=issues.next_key(connection, "INS"), project_key="INS",
            type="Sub-task", summary="Open the port to the insurer", parent_id=elsewhere.id,
            created=first.created, updated=first.updated, category_changed=first.created,
        ),
    ]  # fmt: skip
    for issue in odd:
        issues.save(connection, replace(issue, changes=()), now_ms=issue.updated)
