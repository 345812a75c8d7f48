"""Page after page: the tasks of a project or section, and between its pages what is below them.

Asana lists no sub-task with its project: each task that has some is asked for them by itself, ten to a call.
https://developers.asana.com/reference/getsubtasksfortask
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from integrations.errors import ErrorKind, NotFoundError, RefusedError
from integrations.sources.asana.client import BATCH_SIZE, AsanaClient, Json, next_offset
from integrations.sources.asana.refusals import OffsetExpiredError, not_json

MOST_PARENTS = 30
"""How many tasks are asked for their sub-tasks within one page of Luna's: three calls."""

Parent = tuple[str, str | None]
"""A task's gid, and where in its sub-tasks to go on."""


@dataclass(frozen=True)
class Place:
    """Where a read is: first the sub-tasks of `parents`, then the list from `offset` on."""

    offset: str | None = None
    parents: tuple[Parent, ...] = ()

    @property
    def token(self) -> str | None:
        """As text; None at the end."""
        return json.dumps([self.offset, self.parents]) if self.offset or self.parents else None


def place_at(token: str | None) -> Place:
    """What `Place.token` says; the beginning for what can't be read."""
    try:
        offset, parents = json.loads(token or "")
        return Place(offset, tuple((gid, following) for gid, following in parents))
    except (TypeError, ValueError):
        return Place()


def read_on(
    client: AsanaClient, chosen: dict[str, str], place: Place, *, fields: Iterable[str], since: datetime | None
) -> tuple[list[Any], Place]:
    """The payloads at that place, and the next one. `num_subtasks` has to be among the fields."""
    if place.parents:
        found, parents = _below(client, place.parents[:MOST_PARENTS], fields)
        return found, replace(place, parents=(*place.parents[MOST_PARENTS:], *parents))
    try:
        page = client.tasks(chosen, fields=fields, modified_since=since, offset=place.offset)
    except OffsetExpiredError:
        # What was read is read once more, which changes nothing.
        page = client.tasks(chosen, fields=fields, modified_since=since, offset=None)
    offset = next_offset(page)
    if offset is not None and offset == place.offset:
        raise RefusedError("Asana’s pages have no end. Choose fewer tasks.", detail="the same offset twice")
    return page["data"], Place(offset, has_subtasks(page["data"]))


def has_subtasks(payloads: list[Any]) -> tuple[Parent, ...]:
    """Those of the tasks that have some."""
    found = (one for one in payloads if isinstance(one, dict) and isinstance(one.get("gid"), str))
    return tuple((one["gid"], None) for one in found if _number(one.get("num_subtasks")) > 0)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _below(
    client: AsanaClient, parents: tuple[Parent, ...], fields: Iterable[str]
) -> tuple[list[Any], tuple[Parent, ...]]:
    """The next sub-tasks of each, and those that have more or are parents themselves."""
    found: list[Any] = []
    rest: list[Parent] = []
    for start in range(0, len(parents), BATCH_SIZE):
        some = parents[start : start + BATCH_SIZE]
        paths = [f"/tasks/{gid}/subtasks" for gid, _ in some]
        answers = client.several(paths, fields=fields, offsets=[offset for _, offset in some])
        for (gid, offset), answer in zip(some, answers, strict=True):
            page = _page(answer)
            following = next_offset(page)
            found += page["data"]
            rest += has_subtasks(page["data"])
            rest += [(gid, following)] if following is not None and following != offset else []
    return found, tuple(rest)


def _page(answer: Json | RefusedError) -> Json:
    """Without a sub-task where the task went away or was closed to the account meanwhile."""
    if isinstance(answer, OffsetExpiredError) or is_gone(answer):
        return {"data": []}
    if isinstance(answer, RefusedError):
        raise answer
    if not isinstance(answer.get("data"), list):
        raise not_json()
    return answer


def is_gone(answer: Json | RefusedError) -> bool:
    """Whether Asana does not show it (any more)."""
    return isinstance(answer, NotFoundError) or (
        isinstance(answer, RefusedError) and answer.kind == ErrorKind.MISSING_SCOPE
    )
