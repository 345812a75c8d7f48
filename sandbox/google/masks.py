"""Partial responses: `fields=files(id,name),nextPageToken` and what an answer keeps under it."""

from __future__ import annotations

import re

from sandbox.google.answers import GoogleError
from sandbox.google.units import Json

Mask = dict[str, "Mask"]
TOKEN = re.compile(r"\s*([A-Za-z0-9_*-]+|[(),/.])\s*")


def _refused(text: str) -> GoogleError:
    return GoogleError(400, f"Invalid field selection {text}", reason="invalidParameter")


def parse(text: str) -> Mask:
    """`a,b(c,d/e)` as {"a": {}, "b": {"c": {}, "d": {"e": {}}}}; an empty part means all of it."""
    tokens = TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) or not tokens:
        raise _refused(text)
    mask, rest = _list(tokens, text)
    if rest:
        raise _refused(text)
    return mask


def _list(tokens: list[str], text: str) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        tokens = _path(mask, tokens, text)
        if not tokens or tokens[0] != ",":
            return mask, tokens
        tokens = tokens[1:]


def _path(mask: Mask, tokens: list[str], text: str) -> list[str]:
    if not tokens or tokens[0] in "(),/.":
        raise _refused(text)
    below = mask.setdefault(tokens[0], {})
    tokens = tokens[1:]
    if tokens and tokens[0] in "/.":
        return _path(below, tokens[1:], text)
    if tokens and tokens[0] == "(":
        found, tokens = _list(tokens[1:], text)
        if not tokens or tokens[0] != ")":
            raise _refused(text)
        below.update(found)
        return tokens[1:]
    return tokens


def kept(answer: object, mask: Mask) -> object:
    """What the mask leaves of an answer."""
    if not mask or "*" in mask:
        return answer
    if isinstance(answer, list):
        return [kept(one, mask) for one in answer]
    if isinstance(answer, dict):
        return {name: kept(value, mask[name]) for name, value in answer.items() if name in mask}
    return answer


def check(mask: Mask, schemas: Json, name: str) -> None:
    """Refuse a mask that names what the resource doesn't have, at its first two levels."""
    properties = schemas[name]["properties"]
    for field, below in mask.items():
        if field != "*" and field not in properties:
            raise _refused(field)
        inner = properties.get(field, {})
        inner = inner.get("items", inner)
        if "$ref" in inner and below:
            check({one: {} for one in below}, schemas, inner["$ref"])
