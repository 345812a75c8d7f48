"""The values of a spreadsheet, row by row. Formulas are not run: a cell is the value that was computed for it last."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from integrations.errors import RefusedError

MOST_UNPACKED = 200 * 1024 * 1024
"""A spreadsheet is a ZIP archive: what it may hold unpacked."""


def sheet_rows(raw: bytes, *, columns: int) -> Iterator[list[Any]]:
    """The rows of the first sheet, their first `columns` cells. Raises RefusedError.

    https://openpyxl.readthedocs.io/en/stable/optimized.html (read-only mode, data_only)
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise RefusedError("The spreadsheet is far larger than it looks. Save what Luna is to read as CSV.")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=columns):
            yield list(row)
    except RefusedError:
        raise
    except Exception:  # a damaged archive fails in as many ways as it has parts
        raise RefusedError("The spreadsheet is damaged or locked by a password. Save it anew, or as CSV.") from None
