"""Query sets that are compiled once and then run with other values.

On the busiest pages Django spends more time composing the same statement anew than the database needs to answer it
(docs/decisions/0011-statements-and-parts-are-kept.md). The query set stays the one description of what is asked,
visibility included; only its compiled text is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from django.db.models import QuerySet

Value = int | str | date | datetime
_Build = Callable[..., "QuerySet[Any, tuple[Any, ...]]"]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, str], ...]
    """Which parameter is given by which argument."""
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]
    """By column: what makes a Python value of it, and the expression that it stands for."""


class Prepared:
    """A `values_list` query set as a statement: `Prepared(build, user_id=int, today=date).rows(user_id=3, today=day)`.

    `build` is called with examples of the arguments, and whatever else it takes into the statement is part of it for
    ever. An argument has to arrive in the statement unchanged, if it does: `today + 30 days` is an argument of its own.
    """

    def __init__(self, build: _Build, **arguments: type[Value]) -> None:
        self._build = build
        self._arguments = arguments

    def rows(self, **values: Value) -> list[tuple[Any, ...]]:
        """The rows, as iterating the query set would bring them. Raises TypeError for a missing or strange argument."""
        return [self.read(row) for row in self.unread(**values)]

    def unread(self, **values: Value) -> list[tuple[Any, ...]]:
        """The rows as the driver brings them: hashable, to keep under them what `read` is costly for."""
        if values.keys() != self._arguments.keys():
            raise TypeError(f"needs {sorted(self._arguments)}, got {sorted(values)}")
        compiled = self._statement
        params = list(compiled.params)
        for place, name in compiled.slots:
            params[place] = _adapted(values[name], like=params[place])
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """The row of `unread` with the values that fields have in Python."""
        found = list(row)
        for place, (converters, expression) in self._statement.converters.items():
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        return tuple(found)

    @cached_property
    def _statement(self) -> _Compiled:
        return _compile(self._build, self._arguments)


def _compile(build: _Build, arguments: dict[str, type[Value]]) -> _Compiled:
    """Compiled with two sets of examples: a parameter that differs between them has to be one of the arguments."""
    first, second = (
        {name: _example(kind, n, turn) for n, (name, kind) in enumerate(arguments.items())} for turn in (0, 1)
    )
    compiler, sql, params = _sql_of(build(**first))
    _, other_sql, other_params = _sql_of(build(**second))
    if sql != other_sql or len(params) != len(other_params):
        raise ValueError("the statement's text depends on an argument")
    slots = []
    for place, (one, other) in enumerate(zip(params, other_params, strict=True)):
        if _content(one) != _content(other):
            names = [
                name
                for name in arguments
                if _adapted(first[name], like=one) == one and _adapted(second[name], like=other) == other
            ]
            if len(names) != 1:
                raise ValueError(f"parameter {place} is made from an argument; give it as an argument of its own")
            slots.append((place, names[0]))
    converters = compiler.get_converters([expression for expression, *_ in compiler.select])
    return _Compiled(sql, params, tuple(slots), converters)


def _content(parameter: Any) -> Any:
    """What can be compared: psycopg wraps JSON in objects of which no two are equal."""
    return getattr(parameter, "obj", parameter)


def _sql_of(query_set: QuerySet[Any, tuple[Any, ...]]) -> tuple[Any, str, tuple[Any, ...]]:
    compiler = query_set.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    return compiler, sql, tuple(params)


def _example(kind: type[Value], number: int, turn: int) -> Value:
    """No two are the same, and none is a value that a statement holds by itself."""
    step = 2 * number + turn
    if kind is str:
        return f"example {step}"
    if kind is int:
        return 1_999_000_001 + step
    if kind is datetime:
        return datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC) + timedelta(days=step)
    return date(1902, 2, 3) + timedelta(days=step)


def _adapted(value: Value, *, like: Any) -> Any:
    """As the database's driver gets it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return type(like)(value) if isinstance(value, int) and isinstance(like, int) else value
