"""Google's published descriptions of its APIs, as JSON Schema: unknown names, wrong types and words are found."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from googleapiclient.discovery_cache import get_static_doc
from jsonschema import Draft202012Validator

_TYPES = {"integer": "integer", "number": "number", "string": "string", "boolean": "boolean"}


@cache
def validator(api: str, version: str, name: str) -> Draft202012Validator:
    """Of the message `name`, as BatchUpdateDocumentRequest of docs v1."""
    described = json.loads(get_static_doc(api, version))["schemas"]
    definitions = {key: _schema(value) for key, value in described.items()}
    return Draft202012Validator({"$defs": definitions, "$ref": f"#/$defs/{name}"})


def misfits(api: str, version: str, name: str, body: object) -> list[str]:
    """What is wrong with the body; nothing when it is as Google describes it."""
    return [f"{list(error.path)}: {error.message[:200]}" for error in validator(api, version, name).iter_errors(body)]


def _schema(described: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in described:
        return {"$ref": f"#/$defs/{described['$ref']}"}
    kind = described.get("type")
    if kind == "array":
        return {"type": "array", "items": _schema(described["items"])}
    if kind == "object":
        names = {name: _schema(value) for name, value in described.get("properties", {}).items()}
        others = _schema(described["additionalProperties"]) if "additionalProperties" in described else False
        return {"type": "object", "properties": names, "additionalProperties": others}
    if kind == "any":
        return {}
    simple: dict[str, Any] = {"type": _TYPES[str(kind)]}
    return simple | ({"enum": described["enum"]} if "enum" in described else {})
