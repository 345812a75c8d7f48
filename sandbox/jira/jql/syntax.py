"""JQL as data: clauses and the logic between them, and each back as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

Operator = OneOf["=", "!=", "<", ">", "<=", ">=", "~", "!~", "in", "not in", "is", "is not"]
Direction = OneOf["ASC", "DESC"]


class JqlError(Exception):
    """A query that is refused; its text is what the vendor says."""


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Number:
    """An unquoted whole number: for dates, epoch milliseconds."""

    value: int


@dataclass(frozen=True)
class Function:
    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Empty:
    """EMPTY or NULL."""


Operand = Text | Number | Function | Empty


@dataclass(frozen=True)
class Clause:
    field: str
    operator: Operator
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Condition, ...]


Condition = Clause | Not | And | Or


@dataclass(frozen=True)
class Sort:
    field: str
    direction: Direction = "ASC"


@dataclass(frozen=True)
class Query:
    condition: Condition | None
    order: tuple[Sort, ...] = ()


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def render_operand(operand: Operand) -> str:
    match operand:
        case Text(value):
            return quoted(value)
        case Number(value):
            return str(value)
        case Function(name, arguments):
            return f"{name}({', '.join(map(quoted, arguments))})"
        case Empty():
            return "EMPTY"


def render_condition(condition: Condition) -> str:
    match condition:
        case Clause(field, operator, operands):
            values = ", ".join(map(render_operand, operands))
            return f"{quoted(field)} {operator.upper()} {f'({values})' if operator in {'in', 'not in'} else values}"
        case Not(part):
            return f"NOT ({render_condition(part)})"
        case And(parts):
            return " AND ".join(f"({render_condition(part)})" for part in parts)
        case Or(parts):
            return " OR ".join(f"({render_condition(part)})" for part in parts)


def render(query: Query) -> str:
    """The query as text that parses to the same query."""
    parts = [] if query.condition is None else [render_condition(query.condition)]
    if query.order:
        parts.append("ORDER BY " + ", ".join(f"{quoted(sort.field)} {sort.direction}" for sort in query.order))
    return " ".join(parts)
