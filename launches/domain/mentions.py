"""Who is mentioned in a text: `@Ana Alves`, `@Ana` where only one is called so, `@ana@example.com` (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Person(NamedTuple):
    """Somebody who may be mentioned."""

    pk: int
    name: str
    email: str


def mentioned(text: str, people: Iterable[Person]) -> set[int]:
    """The ids of the people whom `text` mentions. The longest name wins: `@Ana Alves` mentions no other Ana."""
    if "@" not in text:
        return set()
    everyone = list(people)
    first_names = Counter(_first(person.name) for person in everyone)
    by_words: dict[str, set[int]] = {}
    for person in everyone:
        own = {person.name.casefold(), person.email.casefold()}
        if first_names[_first(person.name)] == 1:
            own.add(_first(person.name))
        for words in own - {""}:
            by_words.setdefault(words, set()).add(person.pk)
    return {pk for words in _after_at_signs(text.casefold(), by_words) for pk in by_words[words]}


def _after_at_signs(text: str, known: Iterable[str]) -> set[str]:
    """The longest known words that follow each `@` at the start of a word."""
    longest_first = sorted(known, key=len, reverse=True)
    found = set()
    for match in re.finditer(r"(?<![\w.])@", text):
        rest = text[match.end() :]
        for words in longest_first:
            if rest.startswith(words) and not re.match(r"\w", rest[len(words) : len(words) + 1]):
                found.add(words)
                break
    return found


def _first(name: str) -> str:
    return name.casefold().split()[0] if name.split() else ""
