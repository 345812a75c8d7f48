"""Whether blocks keep to the published limits, told as the API tells it: what is wrong, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MAX_BLOCKS = 50
MAX_TOTAL_CHARACTERS = 13_200  # not documented, but observed: above it the answer is msg_blocks_too_long
BLOCK_TYPES = {"section", "header", "divider", "context", "actions", "image", "rich_text", "markdown"}
TEXT_LIMITS = {"section": 3000, "header": 150, "field": 2000, "button": 75, "context": 3000}
SEVERAL_LIMITS = {"context": 10, "actions": 25}

Complaint = tuple[str, str]
Json = dict[str, Any]


def complaints(blocks: object) -> list[str]:
    """Everything that makes these blocks invalid; nothing for sound ones."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    found = [("no more than 50 items allowed", "/blocks")] if len(blocks) > MAX_BLOCKS else []
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    found += [("block_id must be unique", "/blocks")] if len(ids) != len(set(ids)) else []
    for place, block in enumerate(blocks):
        found += _block(block, f"/blocks/{place}")
    return [f"[ERROR] {words} [json-pointer:{pointer}]" for words, pointer in found]


def are_too_long(blocks: list[Any]) -> bool:
    return len(json.dumps(blocks, ensure_ascii=False)) > MAX_TOTAL_CHARACTERS


def _block(block: object, at: str) -> Iterator[Complaint]:
    if not isinstance(block, dict) or "type" not in block:
        yield "missing required field: type", at
        return
    if block["type"] not in BLOCK_TYPES:
        yield f"unsupported type: {block['type']}", f"{at}/type"
        return
    if len(str(block.get("block_id", ""))) > 255:
        yield "must be less than 256 characters", f"{at}/block_id"
    match block["type"]:
        case "section":
            yield from _section(block, at)
        case "header":
            yield from _text(block.get("text"), f"{at}/text", "header", plain=True)
        case "context" | "actions":
            yield from _several(block, at, limit=SEVERAL_LIMITS[block["type"]])
        case "image":
            yield from _image(block, at)
        case "rich_text" if not isinstance(block.get("elements"), list):
            yield "missing required field: elements", at
        case "markdown" if not 1 <= len(str(block.get("text", ""))) <= 12_000:
            yield "must be between 1 and 12000 characters", f"{at}/text"


def _section(block: Json, at: str) -> Iterator[Complaint]:
    fields = block.get("fields")
    if "text" not in block and not fields:
        yield "missing required field: text", at
    if "text" in block:
        yield from _text(block["text"], f"{at}/text", "section")
    if fields is not None:
        if not isinstance(fields, list) or not 1 <= len(fields) <= 10:
            yield "no more than 10 items allowed", f"{at}/fields"
            return
        for place, one in enumerate(fields):
            yield from _text(one, f"{at}/fields/{place}", "field")
    if isinstance(block.get("accessory"), dict):
        yield from _element(block["accessory"], f"{at}/accessory")


def _text(text: object, at: str, kind: str, *, plain: bool = False) -> Iterator[Complaint]:
    if not isinstance(text, dict) or text.get("type") not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
        yield "must be a plain_text object" if plain else "must be a text object", at
        return
    words, limit = text.get("text"), TEXT_LIMITS[kind]
    if not isinstance(words, str) or not words:
        yield "must be more than 0 characters", f"{at}/text"
    elif len(words) > limit:
        yield f"must be less than {limit + 1} characters", f"{at}/text"
    if text["type"] == "mrkdwn" and "emoji" in text:
        yield "no additional properties allowed: emoji", at


def _several(block: Json, at: str, *, limit: int) -> Iterator[Complaint]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield "missing required field: elements", at
        return
    if len(elements) > limit:
        yield f"no more than {limit} items allowed", f"{at}/elements"
    for place, element in enumerate(elements):
        pointer = f"{at}/elements/{place}"
        if not isinstance(element, dict):
            yield "must be an object", pointer
        elif block["type"] == "actions" or element.get("type") == "image":
            yield from _element(element, pointer)
        else:
            yield from _text(element, pointer, "context")


def _element(element: Json, at: str) -> Iterator[Complaint]:
    if element.get("type") == "image":
        yield from _image(element, at)
        return
    if element.get("type") != "button":
        return
    yield from _text(element.get("text"), f"{at}/text", "button", plain=True)
    for name, limit in (("value", 2000), ("url", 3000), ("action_id", 255)):
        if len(str(element.get(name, ""))) > limit:
            yield f"must be less than {limit + 1} characters", f"{at}/{name}"


def _image(block: Json, at: str) -> Iterator[Complaint]:
    for name, limit in (("image_url", 3000), ("alt_text", 2000)):
        if not block.get(name):
            yield f"missing required field: {name}", at
        elif len(str(block[name])) > limit:
            yield f"must be less than {limit + 1} characters", f"{at}/{name}"
