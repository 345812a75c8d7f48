"""From JQL's syntax to SQL over the search index, checking fields, operators and values as the vendor does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.company.people import JIRA_ACCOUNT, PEOPLE
from sandbox.company.plan import PROJECTS
from sandbox.jira.issues import key_now
from sandbox.jira.jql.dates import instant
from sandbox.jira.jql.syntax import (
    And,
    Clause,
    Condition,
    Empty,
    Function,
    JqlError,
    Not,
    Number,
    Operand,
    Or,
    Sort,
    Text,
)
from sandbox.jira.vocabulary import ISSUE_TYPES, RESOLUTIONS, STATUSES, category_by_name
from sandbox.names import name_of, project_of

CHOICE = frozenset({"=", "!=", "in", "not in", "is", "is not"})
MOMENT = frozenset({"=", "!=", "<", ">", "<=", ">=", "is", "is not"})
CONTAINS = frozenset({"~", "!~", "is", "is not"})
TOP_TYPES = ISSUE_TYPES | {"Subtask": ISSUE_TYPES["Sub-task"]}


@dataclass(frozen=True)
class Sql:
    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Searcher:
    """Who searches, when, and in what: `project_keys` are those that the account may browse."""

    connection: sqlite3.Connection
    now: datetime
    zone: ZoneInfo
    project_keys: tuple[str, ...]
    is_cloud: bool = True
    is_strict: bool = True
    """Whether an issue that does not exist makes the query an error, as it does unless `validateQuery` is false."""
    hidden_keys: frozenset[str] = frozenset()
    is_by_minute: bool = False
    """Whether instants are known to the minute alone, as some indexes keep them."""


@dataclass(frozen=True)
class Column:
    """`resolve` turns an operand into the value to compare with, or raises JqlError."""

    sql: str
    operators: frozenset[str]
    resolve: Callable[[Searcher, str, Operand], object]


def _word(operand: Operand) -> str:
    match operand:
        case Text(value):
            return value
        case Number(value):
            return str(value)
        case Function(name, _):
            raise JqlError(f"Unable to find JQL function '{name}()'.")
        case Empty():
            return ""


def _no_value(operand: Operand, field: str) -> JqlError:
    return JqlError(f"The value '{_word(operand)}' does not exist for the field '{field}'.")


def _project(searcher: Searcher, field: str, operand: Operand) -> str:
    wanted = _word(operand)
    by_name = {name_of(project).casefold(): project for project in PROJECTS}
    by_id = {str(10_000 + place): project for place, project in enumerate(PROJECTS)}
    found = by_id.get(wanted) or project_of(wanted) or by_name.get(wanted.casefold())
    if found is None or found.key not in searcher.project_keys:
        raise _no_value(operand, field)
    return found.key


def _issue(searcher: Searcher, field: str, operand: Operand) -> int:
    wanted = _word(operand)
    column = "id" if wanted.isdigit() else "key"
    statement = f"SELECT id, project_key FROM issue WHERE {column} = ?"  # noqa: S608 - one of two names
    row = searcher.connection.execute(statement, (key_now(searcher.connection, wanted),)).fetchone()
    if row is None or row["project_key"] not in searcher.project_keys:
        raise JqlError(f"An issue with key '{wanted}' does not exist for field '{field}'.")
    return int(row["id"])


def _named(names: dict[str, str]) -> Callable[[Searcher, str, Operand], str]:
    """A resolver by name or id, whatever the case; `names` maps each to the kept value."""
    folded = {name.casefold(): value for name, value in names.items()}

    def resolve(_searcher: Searcher, field: str, operand: Operand) -> str:
        try:
            return folded[_word(operand).casefold()]
        except KeyError:
            raise _no_value(operand, field) from None

    return resolve


def _category(_searcher: Searcher, field: str, operand: Operand) -> str:
    category = category_by_name(_word(operand))
    if category is None:
        raise _no_value(operand, field)
    return category.key


def _person(_searcher: Searcher, field: str, operand: Operand) -> str:
    if isinstance(operand, Function) and operand.name.lower() == "currentuser":
        return JIRA_ACCOUNT.account_id
    wanted = _word(operand)
    for person in PEOPLE:
        if wanted in {person.account_id, person.email, person.name, person.username}:
            return person.account_id
    raise _no_value(operand, field)


def _plain(_searcher: Searcher, _field: str, operand: Operand) -> str:
    return _word(operand)


def _version(searcher: Searcher, field: str, operand: Operand) -> str:
    statement = "SELECT 1 FROM issue, json_each(issue.fix_versions) WHERE json_each.value = ? LIMIT 1"
    if searcher.connection.execute(statement, (_word(operand),)).fetchone() is None:
        raise _no_value(operand, field)
    return _word(operand)


def _moment(searcher: Searcher, field: str, operand: Operand) -> int:
    return instant(operand, field=field, now=searcher.now, zone=searcher.zone)


def _day(searcher: Searcher, field: str, operand: Operand) -> str:
    milliseconds = instant(operand, field=field, now=searcher.now, zone=searcher.zone)
    return datetime.fromtimestamp(milliseconds / 1000, searcher.zone).date().isoformat()


_STATUS_NAMES = {name: one.name for one in STATUSES.values() for name in (one.name, one.id)}
_TYPE_NAMES = {name: one.name for title, one in TOP_TYPES.items() for name in (title, one.id)}
_RESOLUTION_NAMES = {name: title for title, number in RESOLUTIONS.items() for name in (title, number)}
_PARENT = Column("parent_id", CHOICE, _issue)
_KEY = Column("id", CHOICE, _issue)
_TYPE = Column("type", CHOICE, _named(_TYPE_NAMES))
COLUMNS = {
    "project": Column("project_key", CHOICE, _project),
    "key": _KEY, "issuekey": _KEY, "issue": _KEY, "id": _KEY,
    "parent": _PARENT, "epic link": _PARENT, "parentepic": _PARENT, "cf[10014]": _PARENT,
    "status": Column("status", CHOICE, _named(_STATUS_NAMES)),
    "statuscategory": Column("category", CHOICE, _category),
    "type": _TYPE, "issuetype": _TYPE,
    "resolution": Column("resolution", CHOICE, _named(_RESOLUTION_NAMES)),
    "assignee": Column("assignee", CHOICE, _person),
    "reporter": Column("reporter", CHOICE, _person),
    "labels": Column("labels", CHOICE, _plain),
    "fixversion": Column("fix_versions", CHOICE, _version),
    "created": Column("created", MOMENT, _moment), "createddate": Column("created", MOMENT, _moment),
    "updated": Column("updated", MOMENT, _moment), "updateddate": Column("updated", MOMENT, _moment),
    "resolved": Column("resolved", MOMENT, _moment), "resolutiondate": Column("resolved", MOMENT, _moment),
    "statuscategorychangeddate": Column("category_changed", MOMENT, _moment),
    "due": Column("due", MOMENT, _day), "duedate": Column("due", MOMENT, _day),
    "originalestimate": Column("estimate_seconds", frozenset({"is", "is not"}), _plain),
    "summary": Column("summary", CONTAINS, _plain),
    "description": Column("description", CONTAINS, _plain),
    "text": Column("summary || ' ' || description", CONTAINS, _plain),
}  # fmt: skip
ONLY_CLOUD = {"parentepic", "cf[10014]", "statuscategorychangeddate"}
# Where an epic is no parent: a field of its own holds its key, and only sub-tasks have a parent.
_EPIC_LINK = Column("CASE WHEN type != 'Sub-task' THEN parent_id END", CHOICE, _issue)
DATA_CENTER_COLUMNS = {name: column for name, column in COLUMNS.items() if name not in ONLY_CLOUD} | {
    "parent": Column("CASE WHEN type = 'Sub-task' THEN parent_id END", CHOICE, _issue),
    "epic link": _EPIC_LINK, "cf[10100]": _EPIC_LINK,
}  # fmt: skip
NEVER_NULL = {"project_key", "number", "id", "created", "updated", "status", "category", "type", "summary"}
LISTS = {"labels", "fix_versions"}
SORT_SQL = {"key": ("project_key", "number"), "issuekey": ("project_key", "number"), "rank": ("id",)}


def _column(field: str, *, is_cloud: bool = True) -> Column:
    try:
        return (COLUMNS if is_cloud else DATA_CENTER_COLUMNS)[field.lower()]
    except KeyError:
        raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.") from None


def _is_empty(column: Column) -> str:
    return f"{column.sql} = '[]'" if column.sql in LISTS else f"{column.sql} IS NULL"


def _equals(column: Column, value: object) -> Sql:
    if column.sql in LISTS:
        return Sql(f"EXISTS (SELECT 1 FROM json_each({column.sql}) WHERE json_each.value = ?)", (value,))  # noqa: S608
    return Sql(f"{column.sql} = ?", (value,))


def _lenient(searcher: Searcher, column: Column, field: str, operand: Operand) -> Sql:
    try:
        return _equals(column, column.resolve(searcher, field, operand))
    except JqlError:
        return Sql("0")


def _among(searcher: Searcher, column: Column, clause: Clause) -> Sql:
    """= and IN; with a negative operator what is empty matches neither way, as the vendor has it."""
    parts = []
    for operand in clause.operands:
        unresolved = column.sql == "resolution" and operand == Text("Unresolved")
        if isinstance(operand, Empty) or unresolved:
            parts.append(Sql(_is_empty(column)))
        elif searcher.is_strict or column.resolve is not _issue:
            parts.append(_equals(column, column.resolve(searcher, clause.field, operand)))
        else:
            parts.append(_lenient(searcher, column, clause.field, operand))
    positive = " OR ".join(f"({part.text})" for part in parts)
    values = tuple(value for part in parts for value in part.values)
    if clause.operator in {"=", "in"}:
        return Sql(positive, values)
    empty_is_out = not any(isinstance(operand, Empty) for operand in clause.operands)
    return Sql(f"NOT ({positive})" + (f" AND NOT ({_is_empty(column)})" if empty_is_out else ""), values)


def _contains(searcher: Searcher, column: Column, clause: Clause) -> Sql:
    words = str(column.resolve(searcher, clause.field, clause.operands[0])).replace('"', "").replace("*", "").split()
    text = " AND ".join([f"instr(lower({column.sql}), ?)"] * len(words)) or "1"
    values = tuple(word.lower() for word in words)
    return Sql(f"NOT ({text})" if clause.operator == "!~" else text, values)


def _clause(searcher: Searcher, clause: Clause) -> Sql:
    column = _column(clause.field, is_cloud=searcher.is_cloud)
    if clause.operator not in column.operators:
        raise JqlError(f"The operator '{clause.operator.upper()}' is not supported by the '{clause.field}' field.")
    if clause.operator in {"is", "is not"}:
        empty = _is_empty(column)
        return Sql(empty if clause.operator == "is" else f"NOT ({empty})")
    if clause.operator in {"~", "!~"}:
        return _contains(searcher, column, clause)
    if column.operators is CHOICE or isinstance(clause.operands[0], Empty):
        return _among(searcher, column, clause)
    value = column.resolve(searcher, clause.field, clause.operands[0])
    known = f"{column.sql} / 60000 * 60000" if searcher.is_by_minute and column.resolve is _moment else column.sql
    return Sql(f"coalesce({known} {clause.operator} ?, 0)", (value,))


def condition_sql(searcher: Searcher, condition: Condition) -> Sql:
    match condition:
        case Clause():
            return _clause(searcher, condition)
        case Not(part):
            inside = condition_sql(searcher, part)
            return Sql(f"NOT coalesce(({inside.text}), 0)", inside.values)
        case And(parts) | Or(parts):
            insides = [condition_sql(searcher, part) for part in parts]
            word = " AND " if isinstance(condition, And) else " OR "
            values = tuple(value for one in insides for value in one.values)
            return Sql(word.join(f"({one.text})" for one in insides), values)


def sort_terms(order: tuple[Sort, ...]) -> list[tuple[str, bool]]:
    """SQL expressions that are never null, each with whether it descends; the id comes last, so no two rows tie."""
    terms = []
    for sort in order:
        field = sort.field.lower()
        expressions = SORT_SQL.get(field) or (_column(sort.field).sql,)
        for expression in expressions:
            never_null = expression if expression in NEVER_NULL else f"coalesce({expression}, '')"
            terms.append((never_null, sort.direction == "DESC"))
    return [*terms, ("id", not order)]
