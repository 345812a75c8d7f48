"""All URLs out of the resolver, and how each is filled in by its row of tests/access_matrix.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from launches.models import Launch
from tests.access_matrix import ACCESS, CHILDREN, Row


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern, dict[str, Any]]]:
    """(full name, pattern, converters on the way) of every URL."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            for name, pattern, converters in patterns(entry, inner):
                yield name, pattern, dict(entry.pattern.converters) | converters
        else:
            yield f"{space}{entry.name or entry.pattern}", entry, dict(entry.pattern.converters)


def names() -> list[str]:
    """The full name of every URL, once."""
    return list(dict.fromkeys(name for name, _, _ in patterns(get_resolver())))


def children_of(launch: Launch) -> dict[str, models.Model]:
    """One of everything that can hang on a launch."""
    return {kind: make(launch) for kind, make in CHILDREN.items()}


def url_of(name: str, launch: Launch, children: Mapping[str, models.Model], *, key: str = "") -> str:
    """The URL of that name on this launch (or on an unknown `key`), about these children."""
    row, arguments = ACCESS[name], {}
    for argument in max(_arguments_of(name), key=len, default=set()):
        if argument in row.arguments:
            arguments[argument] = row.arguments[argument]
        elif argument == "key":
            arguments[argument] = key or launch.key
        else:
            arguments[argument] = _child_of(name, row, argument, children).pk
    return reverse(name, kwargs=arguments)


def _child_of(name: str, row: Row, argument: str, children: Mapping[str, models.Model]) -> models.Model:
    kind = row.child if argument == "pk" else argument.removesuffix("_pk")
    assert kind in children, f"{name}: say in its row what <{argument}> is (child= or arguments=)"
    return children[kind]


def _arguments_of(name: str) -> list[set[str]]:
    """The argument names of each pattern of that name."""
    return [
        set(converters) | set(pattern.pattern.regex.groupindex)
        for full_name, pattern, converters in patterns(get_resolver())
        if full_name == name
    ]
