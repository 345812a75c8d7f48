"""A first sync of 100,000 issues beside what bounds it, and what a run costs in which a few of them changed.

On PostgreSQL, in a process of its own: `benchmarks.on_postgres` starts it.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, cast

import django
from django.db import connection as database

if TYPE_CHECKING:
    from benchmarks.prepared_jira import PreparedJira
    from integrations.models import Connection

PAGE = 100
ISSUES, FIRST = 100_000, 20_000
CHANGED = (0, 1, 99, 100, 101, 250)
AT_MOST = 2.0
_TASKS = "integrations_task"
_WRITTEN = (_TASKS, "integrations_sourcetask", "integrations_taskblocker", "integrations_quarantinedpayload")


def large_sync() -> Iterator[tuple[bool, str]]:
    """(holds, words) of each figure."""
    from benchmarks.company import make_company  # noqa: PLC0415  models come after the settings
    from benchmarks.prepared_jira import PreparedJira, connect_to, link_stream  # noqa: PLC0415

    user = make_company(2, 5)
    with PreparedJira() as jira:
        connection = connect_to(jira, user)
        link_stream(connection, 0, FIRST, ISSUES, user)
        yield from _first_sync(jira, connection)
        for count in CHANGED:
            yield _incremental(jira, connection, count)


def _first_sync(jira: PreparedJira, connection: Connection) -> Iterator[tuple[bool, str]]:
    # Before and after, as a busy machine is not equally busy all the time.
    fetching = [_seconds(lambda: _fetch_and_parse(connection))]
    jira.told()
    ours = _seconds(_work)
    told = jira.told()
    fetching.append(_seconds(lambda: _fetch_and_parse(connection)))
    copying = _copied()
    limit = max(sum(fetching) / 2, copying)
    yield (
        ours <= AT_MOST * limit,
        f"first sync of {ISSUES:,} Jira issues on PostgreSQL: {ISSUES / ours:,.0f} a second, {ours / limit:.2f}× "
        f"of the slower limit (limit {AT_MOST:g}×: fetch and parse {sum(fetching) / 2:.1f} s, COPY {copying:.1f} s)",
    )
    requests = ISSUES // PAGE
    yield (
        told["searches"] == requests and not told["wide"],
        f"it took {told['searches']:,} searches for narrow fields (limit {requests:,}), {told['others']} other "
        f"calls, {told['bytes'] / ISSUES:,.0f} bytes an issue",
    )


def _fetch_and_parse(connection: Connection) -> None:
    """The same pages, and nothing done with them."""
    from benchmarks.prepared_pages import stream  # noqa: PLC0415
    from integrations.domain.types import SourceKind  # noqa: PLC0415
    from integrations.registry import open_source  # noqa: PLC0415
    from integrations.sources.base import SourceQuery  # noqa: PLC0415

    query, token = SourceQuery(SourceKind.JQL, stream(FIRST, ISSUES)), None
    with closing(open_source(connection)) as client:
        while True:
            token = client.page(query, updated_since_ms=None, token=token).next_token
            if token is None:
                return


def _work() -> None:
    from benchmarks.prepared_jira import work_to_the_end  # noqa: PLC0415

    work_to_the_end()


def _incremental(jira: PreparedJira, connection: Connection, count: int) -> tuple[bool, str]:
    """A run of which `count` issues changed since the last one."""
    from integrations.domain.types import RunTrigger  # noqa: PLC0415
    from integrations.sync.runs import start_run  # noqa: PLC0415

    if count:
        jira.change(FIRST, ISSUES, count)
    jira.told()
    before = _transaction()
    start_run(connection, RunTrigger.SCHEDULE)
    seconds = _seconds(_work)
    return _of_changes(count, jira.told(), _written_since(before), seconds)


def _of_changes(count: int, told: dict[str, int], written: dict[str, int], seconds: float) -> tuple[bool, str]:
    allowed = -(-count // PAGE) + 1
    holds = told["searches"] <= allowed and written == dict.fromkeys(_WRITTEN, 0) | {_TASKS: count}
    words = (
        f"{count} of {ISSUES:,} changed: {told['searches']} searches (limit {allowed}), {written[_TASKS]} tasks and "
        f"{sum(written.values()) - written[_TASKS]} other rows written (limit {count} and 0), "
        f"{told['others']} other calls, {seconds:.2f} s"
    )
    return holds, words


def _seconds(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _copied() -> float:
    """Seconds of a bare COPY of the same rows into an equal table."""
    with database.cursor() as cursor:
        cursor.execute(f"CREATE TABLE copied (LIKE {_TASKS} INCLUDING ALL)")
        cursor.execute("ALTER TABLE copied ADD FOREIGN KEY (connection_id) REFERENCES integrations_connection")
        rows = io.BytesIO()
        with cursor.copy(f"COPY {_TASKS} TO STDOUT") as told:
            for part in told:
                rows.write(part)
        started = time.perf_counter()
        with cursor.copy("COPY copied FROM STDIN") as taken:
            taken.write(rows.getvalue())
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE copied")
    return seconds


def _transaction() -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::xid::text::bigint")
        return int(cast("tuple[int]", cursor.fetchone())[0])


def _written_since(transaction: int) -> dict[str, int]:
    """Rows of each table that a later transaction made or changed."""
    found = {}
    with database.cursor() as cursor:
        for table in _WRITTEN:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE xmin::text::bigint > %s", [transaction])
            found[table] = int(cast("tuple[int]", cursor.fetchone())[0])
    return found


def main() -> int:
    """Print each figure; 1 when one is over."""
    django.setup()
    fine = True
    for holds, words in large_sync():
        print(f"{'ok  ' if holds else 'OVER'}  {words}", flush=True)
        fine = fine and holds
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
