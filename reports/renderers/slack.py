"""A document as a Slack message: Block Kit within Slack's limits, and the same in plain text for notifications.

Limits: https://docs.slack.dev/reference/block-kit/blocks (50 blocks, 3,000 characters a section, 150 a header).
Messages whose blocks are longer than about 13,200 characters of JSON are refused (slackapi/bolt-js#2509).
What does not fit is counted and linked to, never cut silently.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from luna.ui.wording import counted
from reports.content.document import (
    Block,
    Document,
    Heading,
    Line,
    Lines,
    Link,
    Meta,
    Note,
    Plan,
    PlanItem,
    Quote,
    Row,
    Table,
    Title,
)
from reports.content.plans import when_words
from reports.renderers.moons import mark_character, moon_character

MAX_BLOCKS = 50
MAX_SECTION = 3000
MAX_HEADER = 150
MAX_TOTAL = 12_000
"""Characters of the blocks' JSON."""
MAX_TEXT = 3000
MOST_OF_A_PLAN = 20
"""So many milestones stand in a message; completed ones give way first."""
_MAX_LINE = 900
_RESERVED = 900
"""Kept free for the line that tells how much more there is, and for one section's own JSON."""

Payload = dict[str, Any]


@dataclass(frozen=True)
class _Piece:
    """What a block becomes: a whole Slack block, or a line that shares a section with its neighbours."""

    text: str
    lines: int = 0
    """How many lines of the report it stands for: so many are missing where it does not fit."""
    starts_section: bool = False
    is_heading: bool = False
    kind: str = "section"


def render_slack(document: Document, *, base_url: str, more_path: str) -> Payload:
    """`text` and `blocks` of chat.postMessage; `more_path` is where all of it stands."""
    document = _without_appendix(document)
    pieces = [piece for block in document.blocks for piece in _pieces(block, base_url, more_path) if piece.text.strip()]
    blocks: list[Payload] = []
    for number, piece in enumerate(pieces):
        longer = _with_piece(blocks, piece)
        if len(longer) >= MAX_BLOCKS or _size(longer) > MAX_TOTAL - _RESERVED:
            left = sum(item.lines for item in pieces[number:])
            more = Link(f"{counted(left, 'more line')} in Luna", more_path)
            whole = blocks[:-1] if number and pieces[number - 1].is_heading else blocks
            return {"text": _fallback(document), "blocks": [*whole, _context(_link(more, base_url))]}
        blocks = longer
    return {"text": _fallback(document), "blocks": blocks}


def escape(text: str, *, limit: int = _MAX_LINE) -> str:
    """`text` on one line for mrkdwn: no tag, link or mention can come out of it (only &, < and > have a meaning)."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = f"{line[: limit - 1].rstrip()}…"
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_appendix(document: Document) -> Document:
    """Without the plans that only belong where there is room, nor the headings over them."""
    kept: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Plan) and block.is_appendix:
            if kept and isinstance(kept[-1], Heading):
                kept.pop()
        else:
            kept.append(block)
    return Document(tuple(kept))


def _with_piece(blocks: list[Payload], piece: _Piece) -> list[Payload]:
    if piece.kind == "header":
        return [*blocks, {"type": "header", "text": {"type": "plain_text", "text": piece.text, "emoji": True}}]
    if piece.kind == "context":
        return [*blocks, _context(piece.text)]
    last = blocks[-1] if blocks else {}
    if not piece.starts_section and last.get("type") == "section":
        joined = f"{last['text']['text']}\n{piece.text}"
        if len(joined) <= MAX_SECTION:
            return [*blocks[:-1], _section(joined)]
    return [*blocks, _section(piece.text)]


def _pieces(block: Block, base_url: str, more_path: str) -> Iterator[_Piece]:
    match block:
        case Title():
            name = " ".join(block.text.split())
            yield _Piece(name if len(name) <= MAX_HEADER else f"{name[: MAX_HEADER - 1]}…", kind="header")
            if block.over:
                yield _Piece(escape(block.over), kind="context")
        case Meta():
            yield _Piece(escape(block.text), starts_section=True)
        case Quote():
            lines = "\n".join(f"> {escape(line)}" for line in block.text.splitlines())
            yield _Piece(f"{lines}\n> _{_inside(block.by, '_')}_", lines=1, starts_section=True)
        case Heading():
            yield _Piece(f"*{_inside(block.text, '*')}*", starts_section=True, is_heading=True)
        case Lines():
            yield from (_Piece(f"• {_line(item, base_url)}", lines=1) for item in block.items)
        case Table():
            yield from (_Piece(f"• {_row(row, base_url)}", lines=1) for row in block.rows)
        case Plan():
            yield from _plan(block, base_url, more_path)
        case Note():
            link = f" {_link(block.link, base_url)}" if block.link else ""
            yield _Piece(f"{escape(block.text)}{link}", kind="context")


def _plan(plan: Plan, base_url: str, more_path: str) -> Iterator[_Piece]:
    """A line each, under the launch's name where there are several; at most so many, and how many more there are."""
    first = sorted(plan.items, key=lambda item: item.done is not None)[:MOST_OF_A_PLAN]
    shown = [item for item in plan.items if item in first][:MOST_OF_A_PLAN]
    group = ""
    for item in shown:
        if item.group != group:
            group = item.group
            yield _Piece(f"*{_inside(group, '*')}*")
        yield _Piece(f"• {_milestone(item, plan.today, base_url)}", lines=1)
    left = len(plan.items) - len(shown)
    if left:
        where = _link(Link("all of them in Luna", more_path), base_url)
        yield _Piece(f"and {counted(left, 'more', 'more')}: {where}", lines=left)


def _milestone(item: PlanItem, today: date, base_url: str) -> str:
    name = _link(Link(item.name, item.path), base_url) if item.path else escape(item.name)
    lead = f"{moon_character(item.progress)} {mark_character(item.mark)}".strip()
    owner = f" ({escape(item.owner)})" if item.owner else ""
    return f"{lead} {escape(when_words(item, today))}: {name}, {escape(item.word)}{owner}"


def _line(line: Line, base_url: str) -> str:
    lead = [moon_character(line.moon) if line.moon is not None else "", mark_character(line.mark)]
    name = _link(line.link, base_url) if line.link else ""
    parts = [*lead, f"{escape(line.day)}:" if line.day else ""]
    parts.append(f"{name}: {escape(line.text)}" if name and line.text else name or escape(line.text))
    parts.append(f"({escape(line.person)})" if line.person else "")
    return " ".join(part for part in parts if part)


def _row(row: Row, base_url: str) -> str:
    who, what, *rest = row.cells
    said = _link(Link(what, row.path), base_url) if row.path else escape(what)
    return ", ".join([f"*{_inside(who, '*')}* {said}", *(escape(cell) for cell in rest)])


def _link(link: Link, base_url: str) -> str:
    """`<url|label>`: a bar would end the address, so a label has none."""
    return f"<{base_url}{link.path}|{escape(link.text.replace('|', '¦'), limit=200)}>"


def _inside(text: str, sign: str) -> str:
    """Escaped, without the sign that would end the bold or italic words it stands in."""
    return escape(text.replace(sign, ""))


def _section(text: str) -> Payload:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> Payload:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _size(blocks: list[Payload]) -> int:
    return len(json.dumps(blocks))


def _fallback(document: Document) -> str:
    """For notifications and screen readers: the title and the first lines, escaped as mrkdwn is."""
    said = [escape(document.title) or "Luna"]
    for block in document.blocks:
        if isinstance(block, Lines):
            said += [escape(f"{line.link.text}: {line.text}" if line.link else line.text) for line in block.items]
        elif isinstance(block, Heading | Note):
            said.append(escape(block.text))
    text = said[0]
    for line in said[1:]:
        if len(text) + len(line) > MAX_TEXT:
            break
        text = f"{text}\n{line}"
    return text
