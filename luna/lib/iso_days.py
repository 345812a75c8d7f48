"""Days read as text, and back: for pages that are computed from tens of thousands of rows."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField
from django.db.models.sql.compiler import SQLCompiler


class IsoDay(Func):
    """A date as `2026-05-03`, or null. SQLite keeps it so, and making dates of it takes half of the time of reading."""

    function = "TO_CHAR"
    template = "%(function)s(%(expressions)s, 'YYYY-MM-DD')"
    arity = 1

    def __init__(self, day: Any) -> None:
        super().__init__(day, output_field=TextField())

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """As it is kept, but no longer a date to whoever reads it."""
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS text)", **context)


@lru_cache(maxsize=8_192)
def day_of(text: str) -> date:
    """The same day, of which there are few. Raises ValueError."""
    return date.fromisoformat(text)
