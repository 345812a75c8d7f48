"""A document as data for templates/reports/_document.html: the template draws, autoescaping."""

from __future__ import annotations

from dataclasses import dataclass

from reports.content.document import Block, Document, kind_of


@dataclass(frozen=True)
class HtmlBlock:
    """One block and the name by which the template tells it from others."""

    kind: str
    block: Block


def html_blocks(document: Document) -> list[HtmlBlock]:
    """The blocks in order."""
    return [HtmlBlock(kind_of(block), block) for block in document.blocks]
