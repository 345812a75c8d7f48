"""Bodies of JSON that went wrong: one field of a task after the other, and whole documents (pure)."""

from __future__ import annotations

import codecs
import copy
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]
Edit = Callable[[Json], bytes]

_RAW = "@raw:"
_GONE = object()
_WRONG_TEXT = ("a\x00b", "\ud800", "\ufffe\uffff", "x" * 100_000, "\u202eabc", "-1", "", "0000-00-00", "1e400")
_WRONG_NUMBERS = (f"{_RAW}1e400", f"{_RAW}NaN", f"{_RAW}-Infinity", f"{_RAW}{'9' * 400}", -1, 1e308, 0.5)
_HUNG_DEEP = 10_000


@dataclass(frozen=True)
class Mutant:
    """`edit` makes the body out of a sound page. `in_item`: its first task alone is wrong, the others are sound."""

    name: str
    edit: Edit
    in_item: bool


def mutants(page: Json, items: str) -> Iterator[Mutant]:
    """Every field of the first task under `items` and of the page dropped, nulled, retyped and poisoned; then bodies
    that are no page at all."""
    wrong_texts, wrong_numbers = itertools.cycle(_WRONG_TEXT), itertools.cycle(_WRONG_NUMBERS)
    for path in _paths(page, items):
        for word, value in _wrong_values(_at(page, path), wrong_texts, wrong_numbers):
            if value is _GONE and isinstance(path[-1], int):
                continue  # a shorter list is a sound one
            name = f"{word} at {'.'.join(map(str, path))}"
            yield Mutant(name, _changed(path, value), in_item=path[:2] == (items, 0) and len(path) > 1)
    yield from _documents(items)


def _paths(page: Json, items: str) -> Iterator[Path]:
    yield from (path for name, value in page.items() if name != items for path in _below((name,), value))
    yield (items,)
    yield from _below((items, 0), page[items][0])


def _below(path: Path, value: Any) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _below((*path, name), one)
    elif isinstance(value, list) and value:
        yield from _below((*path, 0), value[0])


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _wrong_values(value: Any, texts: Iterator[str], numbers: Iterator[Any]) -> Iterator[tuple[str, Any]]:
    yield "dropped", _GONE
    if value is not None:
        yield "null", None
    match value:
        case bool():
            yield from (("a word", "maybe"), ("a list", [1]))
        case str():
            yield from (("a number", 7), ("an object", {"a": [1]}))
            yield from (("poisoned", next(texts)), ("poisoned again", next(texts)))
        case int() | float():
            yield from (("a word", "words"), ("a list", []), ("poisoned", next(numbers)))
        case dict():
            yield from (("a list", []), ("a word", "words"))
        case list():
            yield from (("an object", {"a": 1}), ("a mixed list", [None, 7, "a", [], {}]))
        case _:
            yield from (("a number", 7), ("a word", "words"), ("an object", {"a": {}}), ("a list", [[]]))


def _changed(path: Path, value: Any) -> Edit:
    def edit(page: Json) -> bytes:
        changed = copy.deepcopy(page)
        holder = _at(changed, path[:-1])
        if value is _GONE:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
        return _written(changed)

    return edit


def _written(page: Any) -> bytes:
    """As JSON; what begins with `@raw:` stands there without quotes."""
    text = json.dumps(page)
    start = text.find(f'"{_RAW}')
    if start >= 0:
        end = text.index('"', start + 1)
        text = text[:start] + text[start + 1 + len(_RAW) : end] + text[end + 1 :]
    return text.encode()


def _documents(items: str) -> Iterator[Mutant]:
    def first(raw: str) -> Edit:
        """The first task replaced by this text."""
        return lambda page: _written({**page, items: ["@first@", *page[items][1:]]}).replace(b'"@first@"', raw.encode())

    deep = "[" * _HUNG_DEEP + "]" * _HUNG_DEEP
    for name, raw in (
        ("a number for a task", "7"), ("null for a task", "null"), ("an empty task", "{}"), ("a list for a task", "[]"),
        ("a task 10,000 deep", deep), ("a text for a task", '"\\u0000"'), ("true for a task", "true"),
    ):  # fmt: skip
        yield Mutant(name, first(raw), in_item=name != "a task 10,000 deep")
    for name, edit in _no_pages(items, deep).items():
        yield Mutant(f"body: {name}", edit, in_item=False)


def _no_pages(items: str, deep: str) -> dict[str, Edit]:
    def sound(page: Json) -> str:
        return json.dumps(page)

    return {
        "nothing": lambda _page: b"",
        "null": lambda _page: b"null",
        "a number": lambda _page: b"17",
        "a text": lambda _page: b'"words"',
        "a list": lambda page: json.dumps(page[items]).encode(),
        "an empty object": lambda _page: b"{}",
        "a sign-in page": lambda _page: b"<!doctype html><title>Log in</title><form>Log in to continue</form>",
        "cut in the middle": lambda page: sound(page).encode()[: len(sound(page)) // 2],
        "twice": lambda page: sound(page).encode() * 2,
        "with a BOM": lambda page: codecs.BOM_UTF8 + sound(page).encode(),
        "in UTF-16": lambda page: sound(page).encode("utf-16"),
        "in UTF-32": lambda page: sound(page).encode("utf-32"),
        "in Latin-1": lambda page: json.dumps({**page, "é": "é"}, ensure_ascii=False).encode("latin-1", "replace"),
        "with bytes of no text": lambda page: sound(page).encode().replace(b'"', b'"\xff\xfe', 1),
        "with a raw NUL": lambda page: sound(page).encode().replace(b": ", b": \x00", 1),
        "with a raw NUL in a text": lambda page: sound(page).encode().replace(b'"', b'"\x00', 3),
        "with every key twice": lambda page: sound(page).replace("{", '{"id": null, "gid": 7, ').encode(),
        "10,000 deep": lambda _page: deep.encode(),
        "10,000 deep in the page": lambda page: sound(page).replace("{", f'{{"deep": {deep}, ', 1).encode(),
        "with NaN": lambda page: sound(page).replace("{", '{"odd": NaN, ', 1).encode(),
        "with 1e400": lambda page: sound(page).replace("{", '{"odd": 1e400, ', 1).encode(),
        "with a comment": lambda page: b"/* hello */" + sound(page).encode(),
        "with a comma too many": lambda page: sound(page)[:-1].encode() + b",}",
        "as JSONP": lambda page: b"callback(" + sound(page).encode() + b");",
    }
