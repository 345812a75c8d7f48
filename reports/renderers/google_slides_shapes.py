"""Elements of a slide as requests to Google Slides: native text, shapes, lines and tables, in points.

Google keeps 7.2 points free around the text of shapes and cells, which cannot be changed, and has neither free forms
nor bullets of one's own: a moon is laid of ellipses, and a bullet is a character before the hanging text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from typing import Any, Final

from reports.renderers.deck_points import shortened
from reports.renderers.deck_shapes import (
    LINE,
    LINE_FIRM,
    MOONLIGHT,
    NIGHT,
    PADDING,
    PAPER,
    SKY,
    Box,
    Element,
    Grid,
    Moon,
    Paragraph,
    Rule,
    Run,
    Shape,
    Steps,
    TextBox,
)
from reports.renderers.deck_text import text_width

Request = dict[str, Any]

_ANCHORS: Final = {"top": "TOP", "middle": "MIDDLE", "bottom": "BOTTOM"}
_SHAPES: Final = {"rectangle": "RECTANGLE", "ellipse": "ELLIPSE", "diamond": "DIAMOND"}
_ALIGNS: Final = {"start": "START", "center": "CENTER", "end": "END"}
_DASHES: Final = ("SOLID", "DASH", "DOT", "DASH_DOT")
_HAIR: Final = 0.01
"""The width of an upright line, in points: a size of nothing has no place on a page."""


def fill_of(color: str) -> Request:
    """A solidFill of the colour `RRGGBB`."""
    return {"color": _rgb(color)}


@dataclass
class SlidePen:
    """Writes the elements of one slide under ids that start with the slide's."""

    slide: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def element(self, element: Element) -> Iterator[Request]:
        """The requests that draw `element`."""
        match element:
            case TextBox():
                yield from self._text_box(element)
            case Shape():
                yield from self._shape(element)
            case Rule():
                yield from self._rule(element)
            case Steps():
                yield from self._steps(element)
            case Moon():
                yield from self._moon(element)
            case Grid():
                yield from self._grid(element)

    def words(self, paragraphs: Sequence[Paragraph], shape: str, cell: Request | None = None) -> Iterator[Request]:
        """The text of a shape or of a table's cell, with its looks. Positions count UTF-16 code units."""
        where: Request = {"objectId": shape} | ({"cellLocation": cell} if cell else {})
        hanging = [_with_bullet(paragraph) for paragraph in paragraphs]
        text = "\n".join(paragraph.text for paragraph in hanging)
        if not text:
            return
        yield {"insertText": {**where, "text": text, "insertionIndex": 0}}
        start = 0
        for paragraph in hanging:
            end = start + _units(paragraph.text)
            yield from _styled(paragraph, where, start, end)
            start = end + 1

    def _text_box(self, box: TextBox) -> Iterator[Request]:
        if box.ground:  # a frame's own fill would reach as far as the room that Google keeps free in it
            yield from self._shape(Shape("rectangle", box.box, box.ground))
        shape = self._next()
        around = box.box
        wide = around.width + 2 * PADDING
        frame = Box(around.left - PADDING, around.top - PADDING, wide, around.height + 2 * PADDING)
        yield self._made("createShape", shape, frame, shapeType="TEXT_BOX")
        look: Request = {"contentAlignment": _ANCHORS[box.anchor]}
        yield {"updateShapeProperties": {"objectId": shape, "shapeProperties": look, "fields": "contentAlignment"}}
        yield from self.words(box.paragraphs, shape)

    def _shape(self, shape: Shape) -> Iterator[Request]:
        name = self._next()
        yield self._made("createShape", name, shape.box, shapeType=_SHAPES[shape.kind])
        look: Request = {}
        fields = []
        for part, color, inner in (
            ("shapeBackgroundFill", shape.fill, "solidFill"),
            ("outline", shape.outline, "outlineFill"),
        ):
            if not color:
                look[part] = {"propertyState": "NOT_RENDERED"}
                fields.append(f"{part}.propertyState")
            elif part == "outline":
                look[part] = {inner: {"solidFill": fill_of(color)}, "weight": _points(shape.weight)}
                fields += ["outline.outlineFill.solidFill.color", "outline.weight"]
            else:
                look[part] = {inner: fill_of(color)}
                fields.append("shapeBackgroundFill.solidFill.color")
        yield {"updateShapeProperties": {"objectId": name, "shapeProperties": look, "fields": ",".join(fields)}}
        yield from _said(name, shape.alt)

    def _rule(self, rule: Rule) -> Iterator[Request]:
        yield from self._straight(rule.start, rule.end, rule.color, rule.weight, "DOT" if rule.is_dashed else "SOLID")

    def _steps(self, steps: Steps) -> Iterator[Request]:
        """Straight lines, corner after corner; the first one tells what they all are."""
        alt = steps.alt
        for begin, end in pairwise(steps.places):
            first, last = sorted((begin, end))  # upright ones go down
            yield from self._straight(first, last, steps.color, steps.weight, _DASHES[steps.dash], alt)
            alt = ""

    def _straight(
        self, start: tuple[float, float], end: tuple[float, float], color: str, weight: float, dash: str, alt: str = ""
    ) -> Iterator[Request]:
        """A line to the right or down; one that rises is one that falls, turned over."""
        name = self._next()
        (left, top), (right, bottom) = start, end
        box = Box(left, top, max(right - left, _HAIR), max(abs(bottom - top), _HAIR))
        yield self._made("createLine", name, box, is_turned=bottom < top, lineCategory="STRAIGHT")
        look: Request = {
            "lineFill": {"solidFill": fill_of(color)},
            "weight": _points(weight),
            "dashStyle": dash,
        }
        fields = "lineFill.solidFill.color,weight,dashStyle"
        yield {"updateLineProperties": {"objectId": name, "lineProperties": look, "fields": fields}}
        yield from _said(name, alt)

    def _moon(self, moon: Moon) -> Iterator[Request]:
        """On the night's ground its lit part is laid of ellipses, by day its dark part; then the rim."""
        box, lit = moon.box, min(max(moon.fraction, 0.0), 1.0)
        ink, part = (MOONLIGHT, lit) if moon.ground == NIGHT else (SKY, 1 - lit)
        covers_left = moon.ground == NIGHT
        half = box.width / 2
        reach = half * abs(1 - 2 * part)
        middle = Box(box.left + half - reach, box.top, 2 * reach, box.height)
        side = Box(box.left - 1 if covers_left else box.left + half, box.top - 1, half + 1, box.height + 2)
        if part > 0:
            yield from self._shape(Shape("ellipse", box, ink))
        if 0 < part < 1:
            yield from self._shape(Shape("rectangle", side, moon.ground))
            if reach >= 0.5:
                yield from self._shape(Shape("ellipse", middle, ink if part > 0.5 else moon.ground))
        yield from self._shape(Shape("ellipse", box, "", SKY, max(0.75, half / 40), moon.alt))

    def _grid(self, grid: Grid) -> Iterator[Request]:
        name = self._next()
        yield self._made("createTable", name, grid.box, rows=len(grid.rows), columns=len(grid.widths))
        for number, width in enumerate(grid.widths):
            change: Request = {"objectId": name, "columnIndices": [number], "fields": "columnWidth"}
            yield {"updateTableColumnProperties": change | {"tableColumnProperties": {"columnWidth": _points(width)}}}
        for number, height in enumerate(grid.heights):
            change = {"objectId": name, "rowIndices": [number], "fields": "minRowHeight"}
            yield {"updateTableRowProperties": change | {"tableRowProperties": {"minRowHeight": _points(height)}}}
        yield from self._looks_of_grid(grid, name)
        for row, cells in enumerate(grid.rows):
            for column, cell in enumerate(cells):
                kept = cell if len(cells) == len(grid.widths) else shortened(cell, grid.widths[0] - 2 * PADDING, 1)
                yield from self.words((kept,), name, {"rowIndex": row, "columnIndex": column})
        yield from _said(name, grid.alt)

    def _looks_of_grid(self, grid: Grid, name: str) -> Iterator[Request]:
        """No frame, hairlines under the rows, text in the middle of its row."""
        columns = len(grid.widths)
        whole = _range(0, 0, len(grid.rows), columns)
        yield _border(name, whole, "ALL", "", 1)
        yield _border(name, whole, "INNER_HORIZONTAL", LINE, 1)
        yield _border(name, _range(0, 0, 1, columns), "BOTTOM", LINE_FIRM, 1)
        yield _border(name, _range(len(grid.rows) - 1, 0, 1, columns), "BOTTOM", LINE, 1)
        cells = {"objectId": name, "tableRange": whole, "fields": "contentAlignment"}
        yield {"updateTableCellProperties": cells | {"tableCellProperties": {"contentAlignment": "MIDDLE"}}}

    def _made(self, request: str, name: str, box: Box, *, is_turned: bool = False, **more: Any) -> Request:
        size = {"width": _points(box.width), "height": _points(box.height)}
        place: Request = {"scaleX": 1, "scaleY": -1 if is_turned else 1, "unit": "PT"}
        place |= {"translateX": _round(box.left), "translateY": _round(box.top)}
        properties = {"pageObjectId": self.slide, "size": size, "transform": place}
        return {request: {"objectId": name, "elementProperties": properties, **more}}

    def _next(self) -> str:
        return f"{self.slide}_{next(self._numbers)}"


def _styled(paragraph: Paragraph, where: Request, start: int, end: int) -> Iterator[Request]:
    if end == start:
        return
    left = "END" if paragraph.is_right_to_left else "START"
    look: Request = {
        "alignment": left if paragraph.align == "left" else _ALIGNS[paragraph.align],
        "direction": "RIGHT_TO_LEFT" if paragraph.is_right_to_left else "LEFT_TO_RIGHT",
        "lineSpacing": 100,
        "spaceAbove": _points(0),
        "spaceBelow": _points(paragraph.after),
        "indentStart": _points(_hanging(paragraph)),
        "indentFirstLine": _points(0),
    }
    span = {"type": "FIXED_RANGE", "startIndex": start, "endIndex": end}
    yield {"updateParagraphStyle": {**where, "textRange": span, "style": look, "fields": ",".join(look)}}
    for run in paragraph.runs:
        end = start + _units(run.text)
        if run.text:
            style = _style(run, paragraph.size)
            span = {"type": "FIXED_RANGE", "startIndex": start, "endIndex": end}
            yield {"updateTextStyle": {**where, "textRange": span, "style": style, "fields": ",".join(style)}}
        start = end


def _style(run: Run, size: float) -> Request:
    style: Request = {
        "bold": run.bold,
        "fontSize": _points(size),
        "foregroundColor": {"opaqueColor": _rgb(run.color)},
    }
    if run.voice:
        style["fontFamily"] = "Georgia"
    if run.href:
        style |= {"link": {"url": run.href}, "underline": True}
    return style


def _with_bullet(paragraph: Paragraph) -> Paragraph:
    if not paragraph.bullet:
        return paragraph
    return replace(paragraph, runs=(Run(f"{paragraph.bullet} ", color=paragraph.bullet_color), *paragraph.runs))


def _hanging(paragraph: Paragraph) -> float:
    """As far as the bullet before its first line reaches."""
    return text_width(f"{paragraph.bullet} ", paragraph.size) if paragraph.bullet else 0.0


def _border(name: str, cells: Request, position: str, color: str, weight: float) -> Request:
    """A line of a table; without a colour it cannot be seen."""
    fill = {"color": _rgb(color or PAPER), "alpha": 1 if color else 0}
    look = {"tableBorderFill": {"solidFill": fill}, "weight": _points(weight), "dashStyle": "SOLID"}
    change = {"objectId": name, "tableRange": cells, "borderPosition": position, "tableBorderProperties": look}
    return {"updateTableBorderProperties": change | {"fields": "tableBorderFill,weight,dashStyle"}}


def _range(row: int, column: int, rows: int, columns: int) -> Request:
    return {"location": {"rowIndex": row, "columnIndex": column}, "rowSpan": rows, "columnSpan": columns}


def _said(name: str, alt: str) -> Iterator[Request]:
    if alt:
        yield {"updatePageElementAltText": {"objectId": name, "description": alt}}


def _rgb(color: str) -> Request:
    red, green, blue = (round(part / 255, 4) for part in bytes.fromhex(color))
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}


def _points(length: float) -> Request:
    return {"magnitude": _round(length), "unit": "PT"}


def _round(length: float) -> float:
    return round(length, 2)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
