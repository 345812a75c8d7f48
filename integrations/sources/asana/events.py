"""What happened to a project since a sync token: a hint of which tasks to look at, beside `modified_since`.

A move between sections, into the project or out of it, and a deletion change no task's `modified_at`; events tell
them. Asana may lose events, so they replace neither the reading of changes nor the census:
https://developers.asana.com/reference/getevents
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.domain.types import RemovedWhy
from integrations.errors import NotFoundError
from integrations.sources.asana.client import BATCH_SIZE, AsanaClient
from integrations.sources.asana.mapping import FIELDS, parent_of, places_of, read_tasks
from integrations.sources.asana.reading import Place, has_subtasks, is_gone, read_on
from integrations.sources.asana.refusals import SyncTokenExpiredError
from integrations.sources.base import Changes, Fetched

MOST_LEVELS = 5
"""How deep Asana lets sub-tasks lie: https://help.asana.com/s/article/subtasks"""
_PLACE = ("parent", "memberships.project", "memberships.section")


def changes_since(client: AsanaClient, bookmark: str, *, project: str, within: str) -> Changes:
    """Of the tasks in `within`, a project or one of its sections, and what is below them; of 100 events at once.

    A bookmark is good for a day. Asked without one, Asana refuses with a new one.
    """
    try:
        page = client.events(project, bookmark)
    except SyncTokenExpiredError as error:
        return Changes(Fetched(()), error.fresh, is_complete=False)
    gids = dict.fromkeys(gid for event in page["data"] if (gid := _task_of(event)))
    payloads, gone = payloads_of(client, list(gids), FIELDS)
    # A task that was moved takes its sub-tasks along, of which no event tells.
    payloads |= {gid: one for one in _all_below(client, list(payloads.values())) if (gid := _gid_of(one))}
    inside = _inside(client, payloads, within)
    gone |= dict.fromkeys((gid for gid in payloads if gid not in inside), RemovedWhy.MOVED)
    records, bad = read_tasks([payload for gid, payload in payloads.items() if gid in inside], within=(within,))
    return Changes(Fetched(records, bad, gone), page["sync"], has_more=page.get("has_more") is True)


def _task_of(event: Any) -> str:
    """The task that it is about; "" for sections, stories (which change the task's `modified_at`) and the like."""
    about = event.get("resource") if isinstance(event, Mapping) else None
    return _gid_of(about) if isinstance(about, Mapping) and about.get("resource_type") == "task" else ""


def _gid_of(one: Any) -> str:
    gid = one.get("gid") if isinstance(one, Mapping) else None
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
    """Their sub-tasks, and those below them."""
    found: list[Any] = []
    place = Place(parents=has_subtasks(payloads))
    while place.parents:
        below, place = read_on(client, {}, place, fields=FIELDS, since=None)
        found += below
    return found
