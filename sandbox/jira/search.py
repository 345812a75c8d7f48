"""Searching: an index that may lag, pages that go on from the last row seen, no unbounded queries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sqlite3
from dataclasses import dataclass

from sandbox.jira import issues
from sandbox.jira.issues import Issue
from sandbox.jira.jql.parser import parse
from sandbox.jira.jql.sql import Searcher, Sql, condition_sql, sort_terms
from sandbox.jira.jql.syntax import JqlError, Query
from sandbox.store import Store, get_meta, set_meta

UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
MAX_PAGE = 100
MAX_ID_PAGE = 5000


@dataclass(frozen=True)
class Page:
    issues: list[Issue]
    next_page_token: str | None


def refresh_index(store: Store, *, cutoff_ms: int, at_once: tuple[int, ...] = ()) -> None:
    """Bring what was written up to `cutoff_ms` into the search index, and the issues `at_once` whatever their age."""
    with store.reading() as connection:
        known = int(get_meta(connection, "indexed_revision") or 0)
        newest = connection.execute("SELECT max(revision) FROM issue").fetchone()[0]
    if (newest is None or newest <= known) and not at_once:
        return
    with store.writing() as connection:
        where = "revision > ? AND written <= ?"
        connection.execute(f"INSERT OR REPLACE INTO issue_index SELECT * FROM issue WHERE {where}", (known, cutoff_ms))  # noqa: S608
        for issue_id in at_once:
            connection.execute("INSERT OR REPLACE INTO issue_index SELECT * FROM issue WHERE id = ?", (issue_id,))
        reached = connection.execute(f"SELECT max(revision) FROM issue WHERE {where}", (known, cutoff_ms)).fetchone()[0]  # noqa: S608
        set_meta(connection, "indexed_revision", str(reached or known))


def compiled(searcher: Searcher, jql: str, *, is_bounded: bool = True) -> tuple[Query, Sql]:
    """The query and its SQL, limited to what the account may browse; raises JqlError."""
    query = parse(jql)
    if query.condition is None and is_bounded:
        raise JqlError(UNBOUNDED)
    wanted = Sql("1") if query.condition is None else condition_sql(searcher, query.condition)
    marks = ", ".join("?" * len(searcher.project_keys))
    hidden = sorted(searcher.hidden_keys)
    text = f"({wanted.text}) AND project_key IN ({marks}) AND key NOT IN ({', '.join('?' * len(hidden))})"
    return query, Sql(text, (*wanted.values, *searcher.project_keys, *hidden))


def count(searcher: Searcher, jql: str) -> int:
    _, where = compiled(searcher, jql)
    row = searcher.connection.execute(f"SELECT count(*) FROM issue_index WHERE {where.text}", where.values).fetchone()  # noqa: S608
    return int(row[0])


def page(searcher: Searcher, jql: str, *, token: str | None, size: int) -> Page:
    """The next `size` issues after those that the token stands for. Nothing is skipped when rows move meanwhile."""
    query, where = compiled(searcher, jql)
    terms = sort_terms(query.order)
    mark = hashlib.sha256(jql.encode()).hexdigest()[:16]
    after = _after(terms, _opened(token, mark)) if token else Sql("1")
    order = ", ".join(f"{term} {'DESC' if descends else 'ASC'}" for term, descends in terms)
    keys = ", ".join(f"{term} AS sort_{place}" for place, (term, _) in enumerate(terms))
    statement = f"SELECT *, {keys} FROM issue_index WHERE {where.text} AND ({after.text}) ORDER BY {order} LIMIT ?"  # noqa: S608
    rows = searcher.connection.execute(statement, (*where.values, *after.values, size + 1)).fetchall()
    shown = rows[:size]
    last = [shown[-1][f"sort_{place}"] for place in range(len(terms))] if shown else []
    next_token = _sealed(mark, last) if len(rows) > size else None
    return Page(_as_they_stand(searcher.connection, shown), next_token)


def numbered_page(searcher: Searcher, jql: str, *, start: int, size: int) -> tuple[list[Issue], int]:
    """`size` issues from the place `start` on, and how many there are: what moves meanwhile moves the places, too."""
    query, where = compiled(searcher, jql, is_bounded=False)
    order = ", ".join(f"{term} {'DESC' if descends else 'ASC'}" for term, descends in sort_terms(query.order))
    statement = f"SELECT * FROM issue_index WHERE {where.text} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    rows = searcher.connection.execute(statement, (*where.values, size, start)).fetchall()
    total = f"SELECT count(*) FROM issue_index WHERE {where.text}"  # noqa: S608
    return _as_they_stand(searcher.connection, rows), searcher.connection.execute(total, where.values).fetchone()[0]


def _as_they_stand(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> list[Issue]:
    """The index says which; the issues themselves are read fresh."""
    ids = [row["id"] for row in rows]
    marks = ", ".join("?" * len(ids))
    fresh = {row["id"]: row for row in connection.execute(f"SELECT * FROM issue WHERE id IN ({marks})", ids)}  # noqa: S608
    return [issues.from_row(fresh[issue_id]) for issue_id in ids if issue_id in fresh]


def _after(terms: list[tuple[str, bool]], values: list[object]) -> Sql:
    if len(values) != len(terms):
        raise JqlError("The nextPageToken is not valid for this query.")
    choices, bound = [], list[object]()
    for place, (term, descends) in enumerate(terms):
        equal = [f"{earlier} = ?" for earlier, _ in terms[:place]]
        choices.append(" AND ".join([*equal, f"{term} {'<' if descends else '>'} ?"]))
        bound += values[: place + 1]
    # Implied by the rest, and what lets SQLite begin at the right place in an index on the first term.
    start = f"{terms[0][0]} {'<=' if terms[0][1] else '>='} ?"
    later = " OR ".join(f"({choice})" for choice in choices)
    return Sql(f"{start} AND ({later})", (values[0], *bound))


def _sealed(mark: str, values: list[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([mark, values]).encode()).decode()


def _opened(token: str, mark: str) -> list[object]:
    try:
        token_mark, values = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, TypeError):
        token_mark, values = "", []
    if token_mark != mark:
        raise JqlError("The nextPageToken is not valid for this query.")
    return list(values)
