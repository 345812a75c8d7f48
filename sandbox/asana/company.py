"""What Fernhill's people did in Asana up to a day, and what they do in the hours of one more."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sandbox import ledger
from sandbox.asana import tasks
from sandbox.asana.plan import PROJECTS, SECTIONS, Section
from sandbox.asana.tasks import Task, answered, marked
from sandbox.company.history import HISTORY_DAYS, WORKERS, Story, stories, working_days

SIX_HOURS_MS = 6 * 3_600_000


def write_tasks(connection: sqlite3.Connection, today: date) -> None:
    """Fill an empty store with the tasks as they stand in the morning of `today`."""
    days = working_days(today, HISTORY_DAYS)
    written = {section.gid: _write_section(connection, section, days) for section in SECTIONS.values()}
    protection, launch = (written[section.gid] for section in PROJECTS[0].sections[:2])
    odd = (
        replace(launch[0], dependencies=(protection[-1].gid, protection[-2].gid)),
        replace(launch[-1], subtype="milestone", name="Open to every clinic 🎉"),
        replace(launch[1], name=f"{launch[1].name}\x00 (pasted)", creator=None),
    )
    for task in odd:
        tasks.save(connection, task)


def _write_section(connection: sqlite3.Connection, section: Section, days: list[date]) -> list[Task]:
    chance = random.Random(f"asana {section.gid}")
    story = section.story
    names = [step.format(topic) for topic in story.topics for step in story.steps]
    written = []
    for place, told in enumerate(stories(story, chance)):
        task = _task(connection, section, names[place % len(names)], told, days, chance)
        if section.approvals and place in {story.done - 1, story.total - 1}:
            answer = "approved" if task.completed else "changes_requested"
            name = "Approve the privacy notice" if task.completed else "Approve the consent wording"
            at = task.completed_at or _instant(days[-2], chance, hours=(12, 17))
            task = answered(replace(task, name=name), answer, at=at)
        tasks.save(connection, task)
        written.append(task)
    return written


def _task(
    connection: sqlite3.Connection, section: Section, name: str, told: Story, days: list[date], chance: random.Random
) -> Task:
    created = _instant(days[told.created], chance, hours=(8, 9))
    task = Task(
        gid=tasks.new_gid(connection), name=name, created=created, modified=created, sections=(section.gid,),
        creator=chance.choice(WORKERS),
        minutes=chance.choice((60, 120, 240, 480)) if chance.random() < 0.6 else None,
        points=chance.choice((1, 2, 3, 5)) if chance.random() < 0.4 else None,
    )  # fmt: skip
    if told.started is not None:
        at = _instant(days[told.started], chance, hours=(9, 11))
        task = replace(task, assignee=chance.choice(WORKERS), modified=at)
    if told.completed is not None:
        task = marked(task, completed=True, at=_instant(days[told.completed], chance, hours=(12, 17)))
    return task


def _instant(day: date, chance: random.Random, *, hours: tuple[int, int]) -> int:
    minutes = chance.randrange(hours[0] * 60, hours[1] * 60)
    start = datetime.combine(day, time(), tzinfo=UTC)
    return int((start + timedelta(minutes=minutes, milliseconds=chance.randrange(60_000))).timestamp() * 1000)


def live_a_day(connection: sqlite3.Connection, now: datetime) -> None:
    """Finish and take on tasks in the six hours before `now`; on a weekend nothing happens."""
    if now.weekday() >= 5:
        return
    now_ms = int(now.timestamp() * 1000)
    for section in SECTIONS.values():
        chance = random.Random(f"asana day {now.date()} {section.gid}")
        found = [task for _, task in tasks.of_sections(connection, [section.gid])]
        for task in _days_work(section, found, chance, lambda: now_ms - chance.randrange(60_000, SIX_HOURS_MS)):  # noqa: B023
            tasks.save(connection, task)
            payload = {"completed": task.completed}
            ledger.record(connection, face="asana", action="the company's day", key=task.gid, payload=payload, at=now)


def _days_work(section: Section, found: list[Task], chance: random.Random, some_time: Callable[[], int]) -> list[Task]:
    """At most one task finished and one taken on; nobody begins a section before its time."""
    unfinished = [task for task in found if not task.is_done]
    taken = [task for task in unfinished if task.assignee is not None]
    free = [task for task in unfinished if task.assignee is None]
    changed = []
    if taken and chance.random() < max(1.5, section.story.done / 8) / 5:
        changed.append(marked(taken[0], completed=True, at=some_time()))
    if free and section.story.done and len(taken) < 3:
        changed.append(replace(free[0], assignee=chance.choice(WORKERS), modified=some_time()))
    return changed
