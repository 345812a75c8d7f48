"""Where a read of a list is, from page to page, while its tasks move (pure).

ClickUp pages by number, newest change first, so a task that changes before it was read slips to the front, behind the
reader's back; what lies between only moves towards the reader and comes twice. A read of more than one page therefore
looks at the front again in the end, until it meets what was known when it began.

A task that is deleted or moved away lets all behind it slip forward, one of them over the edge of a page that was read
already. Of two pages that can only be the front; a read of more pages, and a full one, by which tasks are taken out of
the mirror, therefore looks at every page again. Then a full read asks for archived tasks, which no other page shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from integrations.errors import ErrorKind, RefusedError
from integrations.sources.base import TaskRecord

FULL_PAGE = 100
"""The most that one page brings: https://developer.clickup.com/reference/gettasks"""
MOST_REPEATS = 2
"""A page that comes again so often did not only move."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Part(StrEnum):
    """What is being read."""

    LIVE = "live"
    AGAIN = "again"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Place:
    """`newest_ms` is the newest change that was there when the read began, epoch milliseconds.

    A look again ends where it meets that change; with 0 it goes to the end. `seen` is a digest of the page before, and
    `repeats` how often that had come again: whoever goes on meets a circle, too.
    """

    part: Part = Part.LIVE
    page: int = 0
    newest_ms: int = 0
    seen: str = ""
    repeats: int = 0

    @classmethod
    def of(cls, token: str | None) -> Place:
        """Out of a page's token. Raises RefusedError for what is none."""
        if token is None:
            return cls()
        try:
            part, page, newest_ms, seen, repeats = token.split(".")
            return cls(Part(part), int(page), int(newest_ms), seen, int(repeats))
        except ValueError:
            raise RefusedError("This read can’t go on where it was. Sync again.", kind=ErrorKind.BAD_QUERY) from None

    @property
    def token(self) -> str:
        """For the next call."""
        return f"{self.part}.{self.page}.{self.newest_ms}.{self.seen}.{self.repeats}"

    def having_read(self, ids: Iterable[str]) -> Place:
        """The place with this page noted. Raises RefusedError for the same page three times over.

        Nobody could tell what the others would have brought. A page that comes twice only moved meanwhile.
        """
        text = " ".join(sorted(ids))
        seen = hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:16] if text else ""
        repeats = self.repeats + 1 if seen and self.page and seen == self.seen else 0
        if repeats == MOST_REPEATS:
            raise RefusedError("Its pages have no end: ClickUp brings the same one again. Choose another list.")
        return replace(self, seen=seen, repeats=repeats)


def milliseconds(instant: datetime) -> int:
    """Epoch milliseconds."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def is_last_page(size: int, said: object) -> bool:
    """Whether nothing follows a page of `size` tasks that said `last_page`, as far as it said anything.

    An empty page always ends; a short one only when it says so, for pages are cut short by what one may not see; a
    full one is never believed, since asking once more costs little.
    """
    return size == 0 or (said is True and size < FULL_PAGE)


def following(here: Place, records: Sequence[TaskRecord], *, is_last: bool, is_full: bool) -> Place | None:
    """Where the read goes on after the page at `here`; None when it is over."""
    changes = [milliseconds(one.updated_at) for one in records]
    if here.part is Part.LIVE and here.page == 0:
        here = replace(here, newest_ms=max(changes, default=0))
    if here.part is Part.AGAIN:
        is_last = is_last or (bool(changes) and min(changes) <= here.newest_ms)
    if not is_last:
        return replace(here, page=here.page + 1)
    if here.part is Part.LIVE and here.page > 0:
        is_front_enough = not is_full and here.page == 1
        return replace(here, part=Part.AGAIN, page=0, newest_ms=here.newest_ms if is_front_enough else 0)
    if here.part is not Part.ARCHIVED and is_full:
        return replace(here, part=Part.ARCHIVED, page=0)
    return None
