"""From JQL text to its syntax, with the complaints in the vendor's manner: what was expected, what came, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn, cast

from sandbox.jira.jql.syntax import (
    And,
    Clause,
    Condition,
    Direction,
    Empty,
    Function,
    JqlError,
    Not,
    Number,
    Operand,
    Operator,
    Or,
    Query,
    Sort,
    Text,
)  # fmt: skip

MAX_SORTS = 7
TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<symbol><=|>=|!=|!~|&&|\|\||[=<>~!(),&|])
      | (?P<word>[^\s=<>~!(),&|"']+)
      | (?P<broken>["'])
    )""",
    re.VERBOSE | re.DOTALL,
)
WORD_OPERATORS = {"in", "is", "not"}
RESERVED = {"and", "or", "not", "in", "is", "empty", "null", "order", "by", "asc", "desc"}
NO_OPERATOR = (
    "Expecting operator but got '{}'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', "
    "'NOT IN', 'IS' and 'IS NOT'."
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    position: int

    @property
    def lowered(self) -> str:
        """The word in lower case; nothing for a quoted string, which is never a keyword."""
        return "" if self.kind == "string" else self.text.lower()


def tokens_of(text: str) -> list[Token]:
    found: list[Token] = []
    position = 0
    while (match := TOKEN.match(text, position)) is not None:
        kind = str(match.lastgroup)
        token = Token(kind, match.group(kind), match.start(kind))
        if kind == "broken":
            rest = text[token.position + 1 :]
            _fail(f"The quoted string '{rest}' has not been completed.", text, token.position)
        if kind == "string":
            token = Token(kind, _unquoted(token.text), token.position)
        found.append(token)
        position = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _unquoted(literal: str) -> str:
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), literal[1:-1], flags=re.DOTALL)


def _fail(complaint: str, text: str, position: int) -> NoReturn:
    before = text[:position]
    line, character = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
    raise JqlError(f"Error in the JQL Query: {complaint} (line {line}, character {character})")


class Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._place = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _takes(self, *words: str) -> bool:
        if self._next.lowered in words:
            self._place += 1
            return True
        return False

    def _refuse(self, expected: str) -> NoReturn:
        if self._next.kind == "end":
            raise JqlError(
                f"Error in the JQL Query: {expected.split(' but got', maxsplit=1)[0]} before the end of the query."
            )
        _fail(expected.format(self._next.text), self._text, self._next.position)

    def query(self) -> Query:
        condition = None if self._next.kind == "end" or self._next.lowered == "order" else self._any_of()
        order: tuple[Sort, ...] = ()
        if self._takes("order"):
            if not self._takes("by"):
                self._refuse("Expecting 'by' but got '{}'.")
            order = self._sorts()
        if self._next.kind != "end":
            expected = "','" if order else "either 'OR' or 'AND'"
            self._refuse(f"Expecting {expected} but got '{{}}'.")
        return Query(condition, order)

    def _sorts(self) -> tuple[Sort, ...]:
        sorts = []
        while True:
            name = self._name()
            direction: Direction = "DESC" if self._takes("desc") else "ASC"
            if direction == "ASC":
                self._takes("asc")
            sorts.append(Sort(name, direction))
            if not self._takes(","):
                break
        if len(sorts) > MAX_SORTS:
            raise JqlError(f"The maximum number of ORDER BY fields is {MAX_SORTS}.")
        return tuple(sorts)

    def _any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._takes("or", "||", "|"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all_of(self) -> Condition:
        parts = [self._single()]
        while self._takes("and", "&&", "&"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _single(self) -> Condition:
        if self._takes("not", "!"):
            return Not(self._single())
        if self._takes("("):
            inside = self._any_of()
            if not self._takes(")"):
                self._refuse("Expecting ')' but got '{}'.")
            return inside
        return self._clause()

    def _name(self) -> str:
        if self._next.kind not in {"word", "string"} or self._next.lowered in RESERVED:
            self._refuse("Expecting a field name but got '{}'.")
        return self._take().text

    def _clause(self) -> Clause:
        name = self._name()
        operator = self._operator()
        if operator in {"in", "not in"}:
            return Clause(name, operator, self._list())
        operand = self._operand()
        if operator in {"is", "is not"} and not isinstance(operand, Empty):
            self._place -= 1
            self._refuse("Expecting 'EMPTY' or 'NULL' but got '{}'.")
        return Clause(name, operator, (operand,))

    def _operator(self) -> Operator:
        token = self._next
        if token.kind == "symbol" and token.text in {"=", "!=", "<", ">", "<=", ">=", "~", "!~"}:
            self._take()
            return cast("Operator", token.text)
        if self._takes("in"):
            return "in"
        if self._takes("is"):
            return "is not" if self._takes("not") else "is"
        if not (self._takes("not") and self._takes("in")):
            self._refuse(NO_OPERATOR)
        return "not in"

    def _list(self) -> tuple[Operand, ...]:
        if self._next.kind == "word" and self._tokens[self._place + 1].text == "(":
            return (self._operand(),)
        if not self._takes("("):
            self._refuse("Expecting '(' but got '{}'.")
        operands = [self._operand()]
        while self._takes(","):
            operands.append(self._operand())
        if not self._takes(")"):
            self._refuse("Expecting either ',' or ')' but got '{}'.")
        return tuple(operands)

    def _operand(self) -> Operand:
        if self._takes("empty", "null"):
            return Empty()
        token = self._next
        if token.kind not in {"word", "string"} or token.lowered in RESERVED:
            self._refuse("Expecting either a value, list or function but got '{}'.")
        self._take()
        if token.kind == "string":
            return Text(token.text)
        if self._next.text == "(" and self._next.kind == "symbol":
            return Function(token.text, self._arguments())
        return Number(int(token.text)) if re.fullmatch(r"-?[0-9]{1,18}", token.text) else Text(token.text)

    def _arguments(self) -> tuple[str, ...]:
        self._take()
        arguments = []
        while self._next.kind in {"word", "string"}:
            arguments.append(self._take().text)
            if not self._takes(","):
                break
        if not self._takes(")"):
            self._refuse("Expecting ')' but got '{}'.")
        return tuple(arguments)


def parse(text: str) -> Query:
    """The query, or JqlError in the vendor's words."""
    return Parser(text).query()
