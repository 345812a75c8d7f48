"""The values of a spreadsheet, row by row. Formulas are not run: a cell is the value that was computed for it last."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from time import monotonic
from typing import Any

from openpyxl import load_workbook

from integrations.errors import RefusedError

MOST_UNPACKED = 100 * 1024 * 1024
"""A spreadsheet is a ZIP archive: what it may hold unpacked."""
MOST_SHARED = 30 * 1024 * 1024
"""Of its texts, which stand apart from the cells and are held in memory as a whole."""
MOST_SHEET_ROWS = 100_000
"""Empty ones count: a sheet of a few bytes may say that it has a million."""
MOST_SECONDS = 20.0
LARGER = "The spreadsheet is far larger than it looks. Save what Luna is to read as CSV."
NEVER_COMPUTED = (
    "It holds formulas that were never computed, so their values are not known, and Luna runs no formulas. Open it in "
    "a spreadsheet program, save it there and give it again, or save it as CSV."
)
_CHUNK = 1024 * 1024
_LONGEST_CELL = 40_000
_NO_VALUE = re.compile(
    rb'<c(?=[\s>])(?![^<>]*\bt="str")[^<>]*>\s*<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
"""A cell with a formula and without a value; one whose value is an empty text says so by its type."""


def sheet_rows(raw: bytes, *, columns: int) -> Iterator[list[Any]]:
    """The rows of the first sheet, their first `columns` cells. Raises RefusedError.

    https://openpyxl.readthedocs.io/en/stable/optimized.html (read-only mode, data_only)
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _refuse_large(archive)
            _refuse_never_computed(archive)
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        ends = monotonic() + MOST_SECONDS
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True, max_col=columns)):
            if number > MOST_SHEET_ROWS or monotonic() > ends:
                raise RefusedError(LARGER)
            yield list(row)
    except RefusedError:
        raise
    except Exception:  # a damaged archive fails in as many ways as it has parts
        raise RefusedError("The spreadsheet is damaged or locked by a password. Save it anew, or as CSV.") from None


def _refuse_large(archive: zipfile.ZipFile) -> None:
    """By what its parts say; one that says less than it holds is damaged to whoever unpacks it."""
    parts = archive.infolist()
    shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if sum(part.file_size for part in parts) > MOST_UNPACKED or shared > MOST_SHARED:
        raise RefusedError(LARGER)


def _refuse_never_computed(archive: zipfile.ZipFile) -> None:
    """Programs that only write spreadsheets leave out the values of formulas; read as empty they would be wrong."""
    for name in archive.namelist():
        if not name.startswith("xl/worksheets/"):
            continue
        with archive.open(name) as sheet:
            before = b""
            while chunk := sheet.read(_CHUNK):
                if _NO_VALUE.search(before + chunk):
                    raise RefusedError(NEVER_COMPUTED)
                before = chunk[-_LONGEST_CELL:]
