"""The requests of presentations.batchUpdate about tables."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.google.answers import RequestError
from sandbox.google.batch import mask
from sandbox.google.deck import Cell, Deck, Element, Grid, emu, shift
from sandbox.google.deck_requests import REQUESTS, page_of, size_of, transform_of
from sandbox.google.deck_text import cell_of
from sandbox.google.layouts import PAGE_HEIGHT, PAGE_WIDTH
from sandbox.google.units import Json, merged

LEAST_COLUMN = 406_400
USUAL_ROW = 381_000


@REQUESTS.handler("createTable")
def create_table(deck: Deck, asked: Json) -> Json:
    slide, properties = page_of(deck, asked)
    rows, columns = asked.get("rows", 0), asked.get("columns", 0)
    if rows < 1 or columns < 1:
        raise RequestError("The number of rows and columns must be at least 1.")
    width, height = 8_520_600, USUAL_ROW * rows
    if "size" in properties:
        width, height = size_of(properties)
    column, row = max(LEAST_COLUMN, width // columns), max(1, height // rows)
    cells = [[Cell() for _ in range(columns)] for _ in range(rows)]
    grid = Grid(cells, [column] * columns, [row] * rows)
    where = transform_of(properties.get("transform"), may_scale=False)
    if "transform" not in properties:
        where = shift((PAGE_WIDTH - width) // 2, (PAGE_HEIGHT - height) // 2)
    made = Element(
        deck.claim(asked.get("objectId", "")), "table", "TABLE", column * columns, row * rows, where, grid=grid
    )
    slide.elements.append(made)
    return {"objectId": made.id}


def _grid(deck: Deck, asked: Json) -> tuple[Element, Grid]:
    element = deck.element(asked.get("objectId", ""), "table")
    if element.grid is None:
        raise RequestError(f"The object ({element.id}) is not a table.")
    return element, element.grid


def _cells(grid: Grid, asked: Json) -> Iterator[Cell]:
    """The cells of the range, or all without one."""
    if "tableRange" not in asked:
        yield from (cell for row in grid.cells for cell in row)
        return
    where = asked["tableRange"].get("location", {})
    for row in range(asked["tableRange"].get("rowSpan", 0)):
        for column in range(asked["tableRange"].get("columnSpan", 0)):
            at = {"rowIndex": where.get("rowIndex", 0) + row, "columnIndex": where.get("columnIndex", 0) + column}
            yield cell_of(grid, at)


@REQUESTS.handler("updateTableCellProperties")
def update_cells(deck: Deck, asked: Json) -> Json:
    _, grid = _grid(deck, asked)
    for cell in list(_cells(grid, asked)):
        cell.properties = merged(cell.properties, asked.get("tableCellProperties", {}), mask(asked))
    return {}


def _chosen(indices: list[int], count: int, what: str) -> list[int]:
    for index in indices:
        if not 0 <= index < count:
            raise RequestError(f"The {what} index ({index}) should be less than the number of {what}s ({count}).")
    return indices or list(range(count))


@REQUESTS.handler("updateTableColumnProperties")
def update_columns(deck: Deck, asked: Json) -> Json:
    element, grid = _grid(deck, asked)
    mask(asked)
    width = round(emu(asked.get("tableColumnProperties", {}).get("columnWidth", {"magnitude": LEAST_COLUMN})))
    if width < LEAST_COLUMN:
        raise RequestError(f"The column width ({width} EMU) should not be less than {LEAST_COLUMN} EMU.")
    for index in _chosen(asked.get("columnIndices", []), len(grid.widths), "column"):
        grid.widths[index] = width
    element.width = sum(grid.widths)
    return {}


@REQUESTS.handler("updateTableRowProperties")
def update_rows(deck: Deck, asked: Json) -> Json:
    element, grid = _grid(deck, asked)
    mask(asked)
    height = round(emu(asked.get("tableRowProperties", {}).get("minRowHeight", {})))
    for index in _chosen(asked.get("rowIndices", []), len(grid.heights), "row"):
        grid.heights[index] = height
    element.height = sum(grid.heights)
    return {}


@REQUESTS.handler("updateTableBorderProperties")
def update_borders(deck: Deck, asked: Json) -> Json:
    _, grid = _grid(deck, asked)
    list(_cells(grid, asked))
    known = {name: asked[name] for name in ("tableRange", "borderPosition", "tableBorderProperties") if name in asked}
    grid.borders.append(known | {"fields": ",".join(mask(asked))})
    return {}
