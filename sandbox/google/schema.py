"""Whether a body is one that Google's published discovery documents allow, and the words in which it says no.

The documents are those inside google-api-python-client; they are read when the first body arrives.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.google.answers import GoogleError

Json = dict[str, Any]
VIOLATION = "type.googleapis.com/google.rpc.BadRequest"
MANY = 20


@cache
def discovery(api: str) -> Json:
    """The discovery document `docs.v1`, `slides.v1` or `drive.v3`. Raises LookupError without the package."""
    package = importlib.util.find_spec("googleapiclient")
    if package is None or package.origin is None:
        raise LookupError("google-api-python-client isn't installed, so Google's schemas can't be read.")
    folder = Path(package.origin).parent / "discovery_cache" / "documents"
    document: Json = json.loads((folder / f"{api}.json").read_text(encoding="utf-8"))
    return document


def check(api: str, name: str, body: object) -> Json:
    """The body, or a GoogleError that lists what no such message may hold."""
    if not isinstance(body, dict):
        raise GoogleError(400, "Invalid JSON payload received. Expected an object.")
    found = list(_misfits(discovery(api)["schemas"], {"$ref": name}, body, ""))[:MANY]
    if found:
        violations = [{"field": at, "description": words} for at, words in found]
        details = [{"@type": VIOLATION, "fieldViolations": violations}]
        raise GoogleError(400, "\n".join(words for _, words in found), details=details)
    return body


def _misfits(schemas: Json, schema: Json, value: object, at: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if "$ref" in schema:
        schema = schemas[schema["$ref"]]
    match schema.get("type"):
        case "object":
            yield from _object(schemas, schema, value, at)
        case "array":
            if not isinstance(value, list):
                yield at, f"Invalid value at '{at}' (array), {json.dumps(value)}"
                return
            for place, one in enumerate(value):
                yield from _misfits(schemas, schema["items"], one, f"{at}[{place}]")
        case kind if not _fits(str(kind), schema, value):
            words = "TYPE_ENUM" if "enum" in schema else f"TYPE_{str(schema.get('format') or kind).upper()}"
            yield at, f"Invalid value at '{at}' ({words}), {json.dumps(value)}"


def _object(schemas: Json, schema: Json, value: object, at: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        yield at, f"Invalid value at '{at}' (object), {json.dumps(value)}"
        return
    properties = schema.get("properties")
    for name, one in value.items():
        here = f"{at}.{_snake(name)}" if at else _snake(name)
        if properties is None:
            yield from _misfits(schemas, schema["additionalProperties"], one, here)
        elif name in properties:
            yield from _misfits(schemas, properties[name], one, here)
        else:
            where = f" at '{at}'" if at else ""
            yield at, f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'


def _fits(kind: str, schema: Json, value: object) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return True


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
