"""A slide's table drawn as SVG: rows as high as their text needs, and the borders that were asked for. In points."""

from __future__ import annotations

from itertools import accumulate

from sandbox.google.deck import Cell, Grid
from sandbox.google.draw_text import colour, drawn_lines, lines_of, points_of
from sandbox.google.layouts import EMU_PER_POINT
from sandbox.google.units import Json

INSET = 7.2
USUAL_POINTS = 14
USUAL_BORDER: Json = {"colour": "#9e9e9e", "weight": 0.75}
Edge = tuple[str, int, int]
"""A piece of border: `h` above, or `v` before, the cell of this row and column."""


def row_heights(grid: Grid) -> list[float]:
    """The heights as seen: a row grows with its text, as in the real editor."""
    widths = [width / EMU_PER_POINT for width in grid.widths]
    found = []
    for row, least in zip(grid.cells, grid.heights, strict=True):
        texts = [_text_height(cell, width) for cell, width in zip(row, widths, strict=True)]
        found.append(max([least / EMU_PER_POINT, *texts]))
    return found


def _text_height(cell: Cell, width: float) -> float:
    height = sum(line.height for line in lines_of(cell.text, width - 2 * INSET, USUAL_POINTS))
    return height + 2 * INSET if height else 0.0


def drawn_table(grid: Grid) -> str:
    """From its own corner; the caller moves it."""
    lefts = list(accumulate((width / EMU_PER_POINT for width in grid.widths), initial=0.0))
    tops = list(accumulate(row_heights(grid), initial=0.0))
    shown = []
    for row, cells in enumerate(grid.cells):
        for column, cell in enumerate(cells):
            width, height = lefts[column + 1] - lefts[column], tops[row + 1] - tops[row]
            shown.append(_cell(cell, lefts[column], tops[row], width, height))
    for (way, row, column), look in _borders(grid).items():
        if look:
            x2, y2 = (lefts[column + 1], tops[row]) if way == "h" else (lefts[column], tops[row + 1])
            ends = f'x1="{lefts[column]:.1f}" y1="{tops[row]:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            shown.append(f'<line {ends} stroke="{look["colour"]}" stroke-width="{look["weight"]:g}"/>')
    return "".join(shown)


def _cell(cell: Cell, x: float, y: float, width: float, height: float) -> str:
    fill = cell.properties.get("tableCellBackgroundFill", {})
    paint = "none" if fill.get("propertyState") == "NOT_RENDERED" else colour(
        fill.get("solidFill", {}).get("color"), "none")  # fmt: skip
    shown = f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{paint}"/>'
    if not cell.text.units:
        return shown
    lines = lines_of(cell.text, width - 2 * INSET, USUAL_POINTS)
    free = height - sum(line.height for line in lines)
    match cell.properties.get("contentAlignment", "TOP"):
        case "MIDDLE":
            top = free / 2
        case "BOTTOM":
            top = free - INSET
        case _:
            top = INSET
    return shown + drawn_lines(lines, x + INSET, y + top, width - 2 * INSET)


def _borders(grid: Grid) -> dict[Edge, Json]:
    """The look of every piece; nothing for one that isn't rendered."""
    rows, columns = len(grid.cells), len(grid.widths)
    whole = {"location": {}, "rowSpan": rows, "columnSpan": columns}
    edges = dict.fromkeys(_edges(whole, "ALL"), USUAL_BORDER)
    for asked in grid.borders:
        properties = asked.get("tableBorderProperties", {})
        fill = properties.get("tableBorderFill", {})
        for edge in _edges(asked.get("tableRange", whole), asked.get("borderPosition", "ALL")):
            old = edges[edge] or USUAL_BORDER
            weight = points_of(properties.get("weight"), old["weight"])
            look = {"colour": colour(fill.get("solidFill", {}).get("color"), old["colour"]), "weight": weight}
            is_hidden = fill.get("propertyState") == "NOT_RENDERED" or not weight
            edges[edge] = {} if is_hidden else look
    return edges


def _edges(asked: Json, position: str) -> list[Edge]:
    """The pieces of border that a position of a range means (BorderPosition)."""
    row, column = asked["location"].get("rowIndex", 0), asked["location"].get("columnIndex", 0)
    last_row, last_column = row + asked["rowSpan"], column + asked["columnSpan"]
    across, down = range(column, last_column), range(row, last_row)
    sides: dict[str, list[Edge]] = {
        "TOP": [("h", row, c) for c in across],
        "BOTTOM": [("h", last_row, c) for c in across],
        "LEFT": [("v", r, column) for r in down],
        "RIGHT": [("v", r, last_column) for r in down],
        "INNER_HORIZONTAL": [("h", r, c) for r in down[1:] for c in across],
        "INNER_VERTICAL": [("v", r, c) for r in down for c in across[1:]],
    }
    groups = {
        "INNER": ("INNER_HORIZONTAL", "INNER_VERTICAL"),
        "OUTER": ("TOP", "BOTTOM", "LEFT", "RIGHT"),
        "ALL": tuple(sides),
    }
    return [edge for side in groups.get(position, (position,)) for edge in sides[side]]
