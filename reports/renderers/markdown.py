"""A document as CommonMark, for files and for wherever text goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from luna.ui.wording import percent
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
    Quote,
    Row,
    Table,
    Title,
)
from reports.content.plans import when_words
from reports.renderers.moons import mark_character, moon_character

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
_STARTS_A_BLOCK = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")


def render_markdown(document: Document, *, base_url: str) -> str:
    """The whole document; links start with `base_url`."""
    return "\n\n".join(_block(block, base_url) for block in document.blocks) + "\n"


def escape(text: str) -> str:
    """`text` on one line, meaning itself alone in Markdown."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _STARTS_A_BLOCK.sub(r"\1\\\2", line)


def _block(block: Block, base_url: str) -> str:
    text = ""
    match block:
        case Title():
            text = f"{escape(block.over)}\n\n" if block.over else ""
            text += f"# {escape(block.text)}"
        case Meta():
            text = escape(block.text)
        case Quote():
            lines = [f"> {escape(line)}".rstrip() for line in block.text.splitlines()]
            text = "\n".join([*lines, ">", f"> {escape(block.by)}"])
        case Heading():
            text = f"## {escape(block.text)}"
        case Lines():
            text = "\n".join(f"- {_line(item, base_url)}" for item in block.items)
        case Table():
            text = "\n".join(_table(block, base_url))
        case Plan():
            text = "\n".join(_plan(block, base_url))
        case Note():
            text = escape(block.text) + (f" {_link(block.link, base_url)}" if block.link else "")
    return text


def _line(line: Line, base_url: str) -> str:
    lead = [moon_character(line.moon) if line.moon is not None else "", mark_character(line.mark)]
    name = _link(line.link, base_url) if line.link else ""
    parts = [*lead, f"{escape(line.day)}:" if line.day else ""]
    parts.append(f"{name}: {escape(line.text)}" if name and line.text else name or escape(line.text))
    parts.append(f"({escape(line.person)})" if line.person else "")
    return " ".join(part for part in parts if part)


def _table(table: Table, base_url: str) -> Iterator[str]:
    yield "| " + " | ".join(escape(name) for name in table.columns) + " |"
    yield "|" + " --- |" * len(table.columns)
    for row in table.rows:
        yield "| " + " | ".join(_cells(row, base_url)) + " |"


def _cells(row: Row, base_url: str) -> Iterator[str]:
    for number, cell in enumerate(row.cells):
        yield _link(Link(cell, row.path), base_url) if number == 1 and row.path else escape(cell)


def _plan(plan: Plan, base_url: str) -> Iterator[str]:
    """A table; the launch has a column where the plan goes over several."""
    grouped = any(item.group for item in plan.items)
    heads = [*(["Launch"] if grouped else []), plan.noun, "Owner", "Due", "Done", "How it stands"]
    yield "| " + " | ".join(escape(head) for head in heads) + " |"
    yield "|" + " --- |" * len(heads)
    for item in plan.items:
        name = _link(Link(item.name, item.path), base_url) if item.path else escape(item.name)
        cells = [escape(item.group)] if grouped else []
        cells += [name, escape(item.owner or "nobody"), escape(when_words(item, plan.today))]
        cells.append(f"{moon_character(item.progress)} {percent(item.progress)}")
        cells.append(f"{mark_character(item.mark)} {escape(item.word)}".strip())
        yield "| " + " | ".join(cells) + " |"


def _link(link: Link, base_url: str) -> str:
    return f"[{escape(link.text)}](<{base_url}{link.path}>)"
