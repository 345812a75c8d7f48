"""What happened to a project since a sync token: a hint of which tasks to look at, beside `modified_since`.

A move between sections, into the project or out of it, and a deletion change no task's `modified_at`; events tell
them. Asana may lose events, so they replace neither the reading of changes nor the census:
https://developers.asana.com/reference/getevents
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.domain.types import RemovedWhy
from integrations.errors import NotFoundError
from integrations.sources.asana.client import BATCH_SIZE, AsanaClient
from integrations.sources.asana.mapping import FIELDS, parent_of, places_of, read_tasks
from integrations.sources.asana.reading import Place, has_subtasks, is_gone, read_on
from integrations.sources.asana.refusals import SyncTokenExpiredError
from integrations.sources.base import Fetched

MOST_PAGES = 10
"""Of 100 events. Where more happened, reading everything costs less than looking at each."""
MOST_LEVELS = 5
"""How deep Asana lets sub-tasks lie: https://help.asana.com/s/article/subtasks"""
_PLACE = ("parent", "memberships.project", "memberships.section")


@dataclass(frozen=True)
class Changes:
    """What became of a query's tasks since a bookmark; `fetched.gone` holds those that were moved away, too."""

    fetched: Fetched
    bookmark: str
    """To ask with the next time: keep it in the transaction that writes `fetched`. Good for a day."""
    is_complete: bool = True
    """Otherwise nobody can tell what happened since, and everything has to be read (again) after this call."""


def changes_since(client: AsanaClient, bookmark: str, *, project: str, within: str) -> Changes:
    """Of the tasks in `within`, a project or one of its sections, and what is below them. "" is no bookmark yet."""
    try:
        gids, following = _hinted(client, project, bookmark)
    except SyncTokenExpiredError as error:
        return Changes(Fetched(()), error.fresh, is_complete=False)
    payloads, gone = payloads_of(client, gids, FIELDS)
    inside = _inside(client, payloads, within)
    gone |= dict.fromkeys((gid for gid in payloads if gid not in inside), RemovedWhy.MOVED)
    found = [payload for gid, payload in payloads.items() if gid in inside]
    records, bad = read_tasks([*found, *_all_below(client, found)], within=(within,))
    return Changes(Fetched(records, bad, gone), following)


def _hinted(client: AsanaClient, project: str, bookmark: str) -> tuple[list[str], str]:
    """The tasks of all events since, each once, and the next bookmark. Raises SyncTokenExpiredError."""
    gids: dict[str, None] = {}
    for _ in range(MOST_PAGES):
        page = client.events(project, bookmark)
        gids |= dict.fromkeys(gid for event in page["data"] if (gid := _task_of(event)))
        bookmark = page["sync"]
        if page.get("has_more") is not True:
            return list(gids), bookmark
    raise SyncTokenExpiredError(_fresh(client, project))


def _fresh(client: AsanaClient, project: str) -> str:
    """Asked without a token, Asana refuses with a new one."""
    try:
        return str(client.events(project, "")["sync"])
    except SyncTokenExpiredError as error:
        return error.fresh


def _task_of(event: Any) -> str:
    """The task that it is about; "" for sections, stories (which change the task's `modified_at`) and the like."""
    about = event.get("resource") if isinstance(event, Mapping) else None
    gid = about.get("gid") if isinstance(about, Mapping) and about.get("resource_type") == "task" else None
    return gid if isinstance(gid, str) and gid.isascii() and gid.isdecimal() else ""


def payloads_of(
    client: AsanaClient, gids: Sequence[str], fields: Iterable[str]
) -> tuple[dict[str, Any], dict[str, RemovedWhy]]:
    """By gid the tasks that Asana shows, and those that it does not show any more; ten to a call.

    A task that is in the bin or never was has 404, one that is closed to the account 403:
    https://developers.asana.com/docs/errors
    """
    found: dict[str, Any] = {}
    gone: dict[str, RemovedWhy] = {}
    for start in range(0, len(gids), BATCH_SIZE):
        some = gids[start : start + BATCH_SIZE]
        answers = client.several([f"/tasks/{gid}" for gid in some], fields=fields)
        for gid, answer in zip(some, answers, strict=True):
            if isinstance(answer, dict):
                found[gid] = answer.get("data")
            elif is_gone(answer):
                gone[gid] = RemovedWhy.DELETED if isinstance(answer, NotFoundError) else RemovedWhy.NO_ACCESS
    return found, gone


def _inside(client: AsanaClient, payloads: Mapping[str, Any], within: str) -> set[str]:
    """Which of them stand there, or below a task that does. A sub-task's own places are mostly none."""
    known = dict(payloads)
    for _ in range(MOST_LEVELS):
        above = {parent_of(one) for one in known.values() if within not in places_of(one)} - {"", *known}
        if not above:
            break
        found, gone = payloads_of(client, sorted(above), _PLACE)
        known |= found | dict.fromkeys(gone)
    return {gid for gid in payloads if _stands_in(gid, known, within)}


def _stands_in(gid: str, known: Mapping[str, Any], within: str) -> bool:
    for _ in range(MOST_LEVELS + 1):
        if within in places_of(known.get(gid)):
            return True
        gid = parent_of(known.get(gid))
    return False


def _all_below(client: AsanaClient, payloads: list[Any]) -> list[Any]:
    """A task that was moved in brings its sub-tasks, of which no event tells."""
    found: list[Any] = []
    place = Place(parents=has_subtasks(payloads))
    while place.parents:
        below, place = read_on(client, {}, place, fields=FIELDS, since=None)
        found += below
    return found
