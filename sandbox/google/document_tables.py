"""The requests of documents.batchUpdate about tables."""

from __future__ import annotations

from dataclasses import replace

from sandbox.google.answers import RequestError
from sandbox.google.batch import mask
from sandbox.google.document import Document, TableMap
from sandbox.google.document_requests import REQUESTS, index_of, start_of_table
from sandbox.google.units import Json, merged

MOST_ROWS, MOST_COLUMNS = 1000, 20
SMALLEST_COLUMN_POINTS = 5


@REQUESTS.handler("insertTable")
def insert_table(document: Document, asked: Json) -> Json:
    rows, columns = int(asked.get("rows", 0)), int(asked.get("columns", 0))
    if not (1 <= rows <= MOST_ROWS and 1 <= columns <= MOST_COLUMNS):
        raise RequestError(f"Cannot insert a table of {rows} rows and {columns} columns.")
    document.insert_table(index_of(document, asked), rows, columns)
    return {}


def _change(document: Document, place: int, new: Json, fields: list[str]) -> None:
    unit = document.units[place]
    document.units[place] = replace(unit, more=merged(unit.more, new, fields))


def _chosen(indices: list[int], count: int, what: str) -> list[int]:
    """The asked indices, or all where none were named."""
    for index in indices:
        if not 0 <= index < count:
            raise RequestError(f"The {what} index {index} must be between 0 and {count - 1}.")
    return indices or list(range(count))


@REQUESTS.handler("updateTableCellStyle")
def update_table_cell_style(document: Document, asked: Json) -> Json:
    if ("tableRange" in asked) == ("tableStartLocation" in asked):
        raise RequestError("Exactly one of table_range and table_start_location must be set.")
    if "tableRange" in asked:
        places = _in_range(document, asked["tableRange"])
    else:
        places = [cell for row in document.table(start_of_table(asked)).cells for cell in row]
    for place in places:
        _change(document, place, asked.get("tableCellStyle", {}), mask(asked))
    return {}


def _in_range(document: Document, asked: Json) -> list[int]:
    where = asked.get("tableCellLocation", {})
    table: TableMap = document.table(start_of_table(where))
    row, column = int(where.get("rowIndex", 0)), int(where.get("columnIndex", 0))
    rows, columns = int(asked.get("rowSpan", 0)), int(asked.get("columnSpan", 0))
    if rows < 1 or columns < 1:
        raise RequestError("The row and column spans must be at least 1.")
    if row + rows > len(table.rows) or column + columns > len(table.cells[0]):
        raise RequestError("The table range is outside the bounds of the table.")
    return [cell for cells in table.cells[row : row + rows] for cell in cells[column : column + columns]]


@REQUESTS.handler("updateTableColumnProperties")
def update_table_column_properties(document: Document, asked: Json) -> Json:
    table = document.table(start_of_table(asked))
    new, fields = asked.get("tableColumnProperties", {}), mask(asked)
    width = new.get("width", {}).get("magnitude")
    if width is not None and width < SMALLEST_COLUMN_POINTS:
        raise RequestError("The column width must be at least 5 points.")
    if new.get("widthType") == "FIXED_WIDTH" and width is None:
        raise RequestError("The width must be set when the width type is FIXED_WIDTH.")
    columns = dict(document.units[table.start].more.get("columns", {}))
    for index in _chosen(asked.get("columnIndices", []), len(table.cells[0]), "column"):
        columns[str(index)] = merged(columns.get(str(index), {"widthType": "EVENLY_DISTRIBUTED"}), new, fields)
    _change(document, table.start, {"columns": columns}, ["columns"])
    return {}


@REQUESTS.handler("updateTableRowStyle")
def update_table_row_style(document: Document, asked: Json) -> Json:
    table = document.table(start_of_table(asked))
    for index in _chosen(asked.get("rowIndices", []), len(table.rows), "row"):
        _change(document, table.rows[index], asked.get("tableRowStyle", {}), mask(asked))
    return {}


@REQUESTS.handler("pinTableHeaderRows")
def pin_table_header_rows(document: Document, asked: Json) -> Json:
    table = document.table(start_of_table(asked))
    count = int(asked.get("pinnedHeaderRowsCount", 0))
    if not 0 <= count <= len(table.rows):
        raise RequestError("The number of pinned rows is outside the bounds of the table.")
    for number, row in enumerate(table.rows):
        _change(document, row, {"tableHeader": number < count}, ["tableHeader"])
    return {}
