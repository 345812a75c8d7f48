"""How Slack will show a message that `render_slack` made: its mrkdwn as data for templates/reports/_slack.html."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"<(?P<url>[^|>]+)\|(?P<label>[^>]*)>|\*(?P<bold>[^*\n]+)\*|\b_(?P<soft>[^_\n]+)_\b")


@dataclass(frozen=True)
class Words:
    """A run of text: `plain`, `bold`, `soft` or `link`."""

    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class ShownLine:
    """One line of a block: `plain`, `item` (a bullet) or `quote`."""

    kind: str
    words: tuple[Words, ...]


@dataclass(frozen=True)
class ShownBlock:
    """A header, section or context block."""

    kind: str
    lines: tuple[ShownLine, ...]


def shown_blocks(payload: dict[str, Any]) -> list[ShownBlock]:
    """The message's blocks in order."""
    return [_shown(block) for block in payload["blocks"]]


def _shown(block: dict[str, Any]) -> ShownBlock:
    if block["type"] == "header":
        return ShownBlock("header", (ShownLine("plain", (Words("plain", block["text"]["text"]),)),))
    texts = [block["text"]["text"]] if block["type"] == "section" else [item["text"] for item in block["elements"]]
    return ShownBlock(block["type"], tuple(_line(line) for text in texts for line in text.split("\n")))


def _line(text: str) -> ShownLine:
    for sign, kind in (("• ", "item"), ("> ", "quote")):
        if text.startswith(sign):
            return ShownLine(kind, tuple(_words(text[len(sign) :])))
    return ShownLine("plain", tuple(_words(text)))


def _words(text: str) -> Iterator[Words]:
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() > at:
            yield Words("plain", html.unescape(text[at : found.start()]))
        at = found.end()
        if found["url"]:
            yield Words("link", html.unescape(found["label"]), found["url"])
        else:
            yield Words("bold" if found["bold"] else "soft", html.unescape(found["bold"] or found["soft"]))
    if at < len(text):
        yield Words("plain", html.unescape(text[at:]))
