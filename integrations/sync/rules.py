"""The rules that keep the mirror equal to its source, each by its name: docs/algorithms/sync.md (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from integrations.domain.types import RemovedWhy
from integrations.errors import RefusedError
from integrations.sources.base import RateLimits
from luna.lib.text import clean_line

OVERLAP = timedelta(minutes=5)
CENSUS_EVERY = timedelta(hours=24)
CENSUS_SPREAD = 12
CENSUS_STEP = timedelta(minutes=10)
MAX_PAGES = 20_000
"""Of 100 tasks each: two million, or half of that where a tool has to be read twice. No honest source has more."""
MOST_RECORD_PAGES = 10
"""Where more happened, reading everything costs less than looking at each task."""
READ_AGAIN_AFTER = timedelta(hours=1)
LONGEST_BOOKMARK = 200
LONGEST_ID = 64
LONGEST_RESET = timedelta(hours=1)
"""The longest time for which a tool counts calls: Jira's quota of points."""


def read_from(cursor_ms: int | None) -> int | None:
    """Overlap: from when on changes are asked for, in epoch milliseconds; None reads everything.

    A search index shows a change late; what it shows up to five minutes late is read by the next run.
    """
    return None if cursor_ms is None else cursor_ms - int(OVERLAP.total_seconds() * 1000)


def cursor_after(known_ms: int | None, seen: Iterable[datetime], started_at: datetime) -> int | None:
    """How far a page brings the cursor: to the newest change seen, never behind the start of its run.

    Tasks dated in the future, by a wrong clock there, would else hide all that changes before that date.
    """
    newest = max(seen, default=None)
    instants = [at for at in (known_ms, None if newest is None else epoch_ms(newest)) if at is not None]
    return min(max(instants), epoch_ms(started_at)) if instants else None


def refuse_endless_paging(token: str | None, next_token: str | None, pages: int, mark: str = "") -> str:
    """Token guard and page cap: a token that comes again, or pages without number, raise RefusedError.

    `pages` were read before this one. Returns the mark to go on with: the token behind the last page whose number is
    a power of two. So a circle of n tokens that begins behind page m is met by page 2 × max(m, n) + n at the latest,
    whatever n is, and only one token is remembered (R. P. Brent, 1980, https://doi.org/10.1007/BF01933190).
    """
    if next_token is None:
        return mark
    number = pages + 1
    here = hashlib.sha256(next_token.encode(errors="backslashreplace")).hexdigest()[:16]
    if next_token == token or here == mark or number >= MAX_PAGES:
        raise RefusedError("Its pages have no end. Choose fewer tasks with a narrower query.")
    return here if number & (number - 1) == 0 else mark


def older_loses(table: str) -> str:
    """Version guard: the condition, in SQL, under which a payload may replace the row in the mirror."""
    return f"{table}.remote_updated_at <= excluded.remote_updated_at"


def removal_stands(table: str) -> str:
    """Removal guard: the condition, in SQL, under which a payload may bring a removed task back.

    What the tool was found to have no more, or to show no more, is brought back only by what was asked for afterwards:
    the one mark in it stands for that instant. What people unlinked, or what left a source, comes back with any page.
    """
    gone = f"('{RemovedWhy.DELETED}', '{RemovedWhy.NO_ACCESS}')"
    return f"({table}.removed_at IS NULL OR {table}.removed_why NOT IN {gone} OR {table}.removed_at < %s)"


def up_to_date(known: Mapping[str, datetime], there: Mapping[str, datetime]) -> set[str]:
    """Version check: which of the known tasks are as new as they are there; those of no version there are."""
    return {one for one, updated_at in known.items() if one not in there or updated_at >= there[one]}


def readable_ids(told: Iterable[str]) -> tuple[list[str], list[str]]:
    """Which of a census's ids a task can have here, each once; and those that no database takes, or no column holds."""
    ids = dict.fromkeys(told)
    readable = [one for one in ids if one and len(one) <= LONGEST_ID and clean_line(one) == one]
    return readable, sorted(set(ids) - set(readable))


def may_read_again(compared_at: datetime | None, now: datetime) -> bool:
    """Lost record: whether everything is read because a record can't tell what happened; once an hour at most.

    A tool that never keeps its word on bookmarks would else be read in full by each run.
    """
    return compared_at is None or now - compared_at >= READ_AGAIN_AFTER


def kept_bookmark(bookmark: str) -> str:
    """As it can be kept; one that is too long is none."""
    return bookmark if len(bookmark) <= LONGEST_BOOKMARK else ""


def used_up_until(limits: RateLimits, now: datetime) -> datetime | None:
    """Used up: until when no page is asked for, because the tool said that no call is left; None where one may be.

    What names no instant, or one that is over or more than an hour away, is left to the tool's own refusal.
    """
    if limits.remaining != 0 or limits.limit == 0 or not limits.is_enforced or limits.resets_at is None:
        return None
    return limits.resets_at if now < limits.resets_at <= now + LONGEST_RESET else None


def changed_meanwhile(updated_at: datetime, started_at: datetime) -> bool:
    """Whether a task that was not found changed while the run went on: it may have moved between pages."""
    return updated_at >= started_at


def compared_up_to(before: int, asked: Iterable[tuple[int, str]], left: Iterable[str]) -> int:
    """How far a comparison goes: to the last of the links before the first whose task was not reached in time.

    `asked` are links in their order, each with the external id of its task; `before` is how far it was.
    """
    unreached = set(left)
    for pk, external_id in asked:
        if external_id in unreached:
            break
        before = pk
    return before


def census_every(connection_id: int) -> timedelta:
    """How long after a comparison the next one is due: a day, and up to two hours more, so that few run at once."""
    return CENSUS_EVERY + connection_id % CENSUS_SPREAD * CENSUS_STEP


def epoch_ms(instant: datetime) -> int:
    """Whole milliseconds."""
    return int(instant.astimezone(UTC).timestamp() * 1000)
