"""Lines of figures as a CSV file that opens in a spreadsheet without becoming formulas (pure)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARK = "\ufeff"
"""By which spreadsheets know UTF-8."""


def to_csv(head: Sequence[str], lines: Iterable[Sequence[str | float | None]]) -> str:
    """Comma-separated, one line each below the head (RFC 4180). Nothing for None.

    Text that a spreadsheet would take for a formula is marked as text by an apostrophe
    (https://owasp.org/www-community/attacks/CSV_Injection); numbers stay numbers.
    """
    out = StringIO()
    out.write(_MARK)
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(one) for one in line] for line in lines)
    return out.getvalue()


def _cell(value: str | float | None) -> str | float | None:
    if isinstance(value, str) and value.lstrip(" ").startswith(_BEGINS_A_FORMULA):
        return f"'{value}"
    return value
