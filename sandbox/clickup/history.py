"""How the tasks of Fernhill's lists came about, and how a day goes there: the same day always goes the same way."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sandbox import ledger
from sandbox.clickup import tasks
from sandbox.clickup.tasks import Task, moved
from sandbox.clickup.workspace import (
    ACTIVE_IDS,
    BUG,
    CARRIERS,
    CLOSED,
    FIGURES,
    IN_PROGRESS,
    LISTS,
    ODDS,
    SEARCH,
    SENDERS,
    SHIPPED,
    TO_DO,
    TaskList,
)  # fmt: skip
from sandbox.company.history import HISTORY_DAYS, Story, stories, working_days

DAY_MS = 8 * 3_600_000


def write_lists(connection: sqlite3.Connection, today: date) -> None:
    """Fill an empty store with the lists as they stand in the morning of `today`."""
    days = working_days(today, HISTORY_DAYS)
    for task_list in LISTS:
        _write_list(connection, task_list, days)
    _write_oddities(connection)


def _instant(day: date, chance: random.Random, *, hours: tuple[int, int]) -> int:
    minutes = chance.randrange(hours[0] * 60, hours[1] * 60)
    start = datetime.combine(day, time(), tzinfo=UTC)
    return int((start + timedelta(minutes=minutes, milliseconds=chance.randrange(60_000))).timestamp() * 1000)


def _write_list(connection: sqlite3.Connection, task_list: TaskList, days: list[date]) -> None:
    story = task_list.story
    chance = random.Random(f"clickup {task_list.id}")
    names = [step.format(topic) for topic in story.topics for step in story.steps]
    for place, told in enumerate(stories(story, chance)):
        task = _told(connection, task_list, names[place % len(names)], told, days, chance)
        # The six figures: five at home here, the sixth lives among the odds and ends and is shown here, too.
        if task_list.id == FIGURES and place == 0:
            task = replace(task, list_id=ODDS)
            tasks.add_location(connection, task.id, FIGURES)
        tasks.save(connection, task)


def _told(
    connection: sqlite3.Connection, task_list: TaskList, name: str, told: Story, days: list[date], chance: random.Random
) -> Task:
    task = tasks.new(connection, task_list.id, name, at=_instant(days[told.created], chance, hours=(8, 9)))
    task = replace(
        task,
        time_estimate=chance.choice((1, 2, 3)) * DAY_MS if chance.random() < 0.6 else None,
        points=chance.choice((1, 2, 3, 5)) if chance.random() < 0.5 else None,
    )
    if told.started is not None:
        task = replace(task, assignees=tuple(chance.sample(ACTIVE_IDS, chance.choice((1, 1, 2)))))
        task = moved(task, IN_PROGRESS.name, at=_instant(days[told.started], chance, hours=(9, 11)))
    if told.completed is not None:
        status = chance.choice((SHIPPED, CLOSED))
        task = moved(task, status.name, at=_instant(days[told.completed], chance, hours=(12, 17)))
    return task


def _write_oddities(connection: sqlite3.Connection) -> None:
    """What real workspaces hold and tidy samples never do. None of it changes the count of any list."""
    search = tasks.of_list(connection, SEARCH)
    first, second, third = search[:3]
    last = search[-1]
    tasks.save(connection, replace(first, name=f"🔎 {first.name} 🇫🇷", tags=("search", "v2 🔎")))
    tasks.save(connection, replace(second, name=f"{second.name}\x00\u2028(pasted)", parent=first.id))
    tasks.save(connection, replace(third, name="When somebody types an accent that is not one, " * 5 + "it is found"))
    tasks.save(connection, replace(last, parent=first.id))
    put_away = replace(tasks.new(connection, SEARCH, "Ask the academy", at=first.created), archived=True)
    tasks.save(connection, put_away)
    waiting, blocker = tasks.of_list(connection, SENDERS)[0], tasks.of_list(connection, CARRIERS)[-1]
    tasks.save(connection, replace(blocker, custom_item=BUG))
    tasks.add_dependency(connection, waiting.id, blocker.id, at=waiting.created)


def live_a_day(connection: sqlite3.Connection, now: datetime) -> None:
    """Move the lists on, in the six hours before `now`; on a weekend nothing happens."""
    if now.weekday() >= 5:
        return
    for task_list in LISTS:
        if task_list.id != ODDS:
            _live_list(connection, task_list, now)


def _live_list(connection: sqlite3.Connection, task_list: TaskList, now: datetime) -> None:
    chance = random.Random(f"day {now.date()} {task_list.id}")
    now_ms = int(now.timestamp() * 1000)
    waiting = [one for one in tasks.of_list(connection, task_list.id) if one.status == TO_DO.name]
    going = [one for one in tasks.of_list(connection, task_list.id) if one.type == IN_PROGRESS.type]
    pace = (task_list.story.per_week or max(1.5, task_list.story.done / 8)) / 5
    changed = []
    if going and chance.random() < pace:
        changed.append(moved(going.pop(0), SHIPPED.name, at=now_ms - chance.randrange(60_000, 6 * 3_600_000)))
    if waiting and task_list.story.done and len(going) < 2:
        begun = replace(waiting[0], assignees=waiting[0].assignees or (chance.choice(ACTIVE_IDS),))
        changed.append(moved(begun, IN_PROGRESS.name, at=now_ms - chance.randrange(60_000, 6 * 3_600_000)))
    for task in changed:
        tasks.save(connection, task)
        ledger.record(
            connection, face="clickup", action="the company's day", key=task.id, payload={"status": task.status}, at=now
        )
