"""What stands in the database, table by table, below Django's models."""

from __future__ import annotations

from hashlib import sha256

from django.db import connection

_ASIDE = {"django_session", "luna_cache"}
"""A visit may touch these: when a session was seen, and counters."""


def rows_of_tables() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def fingerprints() -> dict[str, str]:
    """One hash per table, but for those that a visit may touch."""
    return {
        table: sha256("\n".join(rows).encode()).hexdigest()
        for table, rows in rows_of_tables().items()
        if table not in _ASIDE
    }
