"""JQL as people write it, made safe to stand inside Luna's own (pure).

Luna sends `project in (offered) AND (<what the person wrote>)`: so what the person wrote must not close that
parenthesis, open a quote without end, or bring an ORDER BY of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

MAX_LENGTH = 2000
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]+)-\d+")
_PROJECT_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,39}")
_WORD = re.compile(r"[^\s()\"',=!<>~&|]+")
_OPERATORS = re.compile(r"!=|>=|<=|!~|[=<>~]|&&|\|\||[&|!]")
_ENDS_A_LIST = {"and", "or", "&&", "||", "&", "|"}


class BadQueryError(ValueError):
    """A query that Luna does not send; the message says what to change."""


@dataclass(frozen=True)
class Token:
    """`kind` is `word`, `string`, `operator`, or the character itself for parentheses and commas."""

    kind: str
    text: str
    start: int
    end: int


def tokens(query: str) -> Iterator[Token]:
    """The query's tokens. Raises BadQueryError at a quote without end."""
    at = 0
    while at < len(query):
        character = query[at]
        if character.isspace():
            at += 1
        elif character in "\"'":
            end = _end_of_string(query, at)
            yield Token("string", re.sub(r"\\(.)", r"\1", query[at + 1 : end]), at, end + 1)
            at = end + 1
        elif character in "(),":
            yield Token(character, character, at, at + 1)
            at += 1
        elif found := _OPERATORS.match(query, at):
            yield Token("operator", found[0], at, found.end())
            at = found.end()
        elif found := _WORD.match(query, at):
            if "\\" in found[0]:
                raise BadQueryError("Put text with a backslash in quotation marks.")
            yield Token("word", found[0], at, found.end())
            at = found.end()
        else:
            raise BadQueryError(f"Jira does not understand the character {character!r} here.")


def _end_of_string(query: str, start: int) -> int:
    at = start + 1
    while at < len(query):
        if query[at] == "\\":
            at += 2
        elif query[at] == query[start]:
            return at
        else:
            at += 1
    raise BadQueryError("A quotation mark is opened and never closed. Close it, or remove it.")


def condition(query: str) -> str:
    """The query without its ORDER BY, balanced. Raises BadQueryError."""
    query = " ".join(query.split()) if "\n" in query or "\r" in query else query.strip()
    if not query:
        raise BadQueryError("Write a query, as: project = CAL AND labels = launch")
    if len(query) > MAX_LENGTH:
        raise BadQueryError(
            f"The query is longer than {MAX_LENGTH} characters. Save it as a filter in Jira, and use filter = 123."
        )
    found = list(tokens(query))
    cut = _start_of_order(found)
    kept = [token for token in found if token.start < cut]
    depth = 0
    for token in kept:
        depth += {"(": 1, ")": -1}.get(token.kind, 0)
        if depth < 0:
            raise BadQueryError("A closing parenthesis has no opening one. Remove it, or add the other.")
    if depth:
        raise BadQueryError("A parenthesis is opened and never closed. Close it, or remove it.")
    if not kept:
        raise BadQueryError("The query only sorts. Say which tasks, as: project = CAL")
    return query[:cut].rstrip()


def _start_of_order(found: list[Token]) -> int:
    """Where the ORDER BY begins, or behind the end."""
    for token, following in pairwise(found):
        if (token.kind, token.text.lower(), following.kind, following.text.lower()) == ("word", "order", "word", "by"):
            return token.start
    return 1 << 30


def projects_named(query: str) -> set[str]:
    """The projects that the query asks for, as written: keys, names or ids, and the projects of issue keys."""
    found = list(tokens(query))
    named = {token.text for token in _projects_in(found)}
    for at, token in enumerate(found):
        if token.kind in {"word", "string"} and (key := _KEY.fullmatch(token.text)) and _follows_a_key_field(found, at):
            named.add(key[1].upper())
    return named


def with_project_ids(query: str, ids: Mapping[str, str]) -> str:
    """The query with ids in place of the keys and names of projects; `ids` by those, in lower case."""
    for token in reversed(list(_projects_in(list(tokens(query))))):
        if project_id := ids.get(token.text.casefold()):
            query = query[: token.start] + project_id + query[token.end :]
    return query


def _projects_in(found: list[Token]) -> Iterator[Token]:
    for at, token in enumerate(found):
        if token.kind == "word" and token.text.lower() == "project":
            yield from _values_after(found, at + 1)


def _values_after(found: list[Token], at: int) -> Iterator[Token]:
    """The values of `= X` and `in (X, Y)`; a refusal (`!=`, `not in`) names nothing that is wanted."""
    if at >= len(found):
        return
    operator = found[at].text.lower()
    if operator == "=" and at + 1 < len(found):
        yield found[at + 1]
    elif operator == "in":
        for token in found[at + 1 :]:
            if token.kind == ")" or token.text.lower() in _ENDS_A_LIST:
                return
            if token.kind in {"word", "string"}:
                yield token


def _follows_a_key_field(found: list[Token], at: int) -> bool:
    """Whether the value belongs to a field that holds issue keys."""
    fields = {"parent", "key", "issuekey", "issue", "id", "epic link"}
    for token in reversed(found[:at]):
        if token.kind in {"word", "string"} and token.text.lower() in fields:
            return True
        if token.kind == "operator" and token.text != "=":
            return False
        if token.text.lower() in {"and", "or", "not"}:
            return False
    return False


def limited(query: str, project_ids: Iterable[str] | None) -> str:
    """The person's condition within the offered projects; by itself where None limits it."""
    if project_ids is None:
        return f"({condition(query)})"
    ids = ", ".join(project_id for project_id in project_ids if project_id.isdecimal())
    if not ids:
        raise BadQueryError(
            "This connection offers no project yet. Ask an admin to choose some under Settings, Integrations."
        )
    return f"project in ({ids}) AND ({condition(query)})"


def changed_since(limited_query: str, updated_since_ms: int | None) -> str:
    """The full text that is sent. Epoch milliseconds: a bare date would be read in the account's own time zone."""
    since = f" AND updated >= {updated_since_ms}" if updated_since_ms is not None else ""
    return f"{limited_query}{since} ORDER BY updated ASC, key ASC"


def in_order_of_creation(limited_query: str, created_since_ms: int | None = None) -> str:
    """For a census: the one order in which no issue moves, whatever is done to it meanwhile."""
    since = f" AND created >= {created_since_ms}" if created_since_ms is not None else ""
    return f"{limited_query}{since} ORDER BY created ASC, key ASC"


def parent_condition(key: str) -> str:
    """What lies under an epic, on Jira Cloud. Raises BadQueryError."""
    return f"parent = {_epic_key(key)}"


def epic_link_condition(key: str, field: str = "") -> str:
    """What lies under an epic, on Data Center: there `parent` is a sub-task's alone. Raises BadQueryError.

    `field` is the field's id, as `customfield_10100`: its name is another one in each language.
    """
    number = field.removeprefix("customfield_")
    name = f"cf[{number}]" if number.isdecimal() else '"Epic Link"'
    return f"{name} = {_epic_key(key)}"


def is_project_key(text: str) -> bool:
    """Whether it may be a project's key, and safe to stand in an address as it is."""
    return bool(_PROJECT_KEY.fullmatch(text))


def is_key(text: str) -> bool:
    """Whether it is an issue's key, and safe to stand in a query as it is."""
    return bool(_KEY.fullmatch(text))


def _epic_key(key: str) -> str:
    cleaned = key.strip().upper()
    if not is_key(cleaned):
        raise BadQueryError("An epic is named by its key, as CAL-2.")
    return cleaned
