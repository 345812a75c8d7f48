"""How many statements the main pages need, frozen in query_counts.json.

    with frozen_queries("portfolio"):
        client.get("/launches/")

`UPDATE_QUERY_COUNTS=1` writes what was counted; the difference is reviewed like any other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

_FILE = Path(__file__).with_suffix(".json")
_STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def _frozen() -> dict[str, int]:
    return dict(json.loads(_FILE.read_text(encoding="utf-8"))) if _FILE.exists() else {}


@contextmanager
def frozen_queries(name: str) -> Iterator[None]:
    """Fail if what runs inside needs another number of statements than the file says."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [
        query["sql"] for query in captured.captured_queries if query["sql"].lstrip("( ").startswith(_STATEMENTS)
    ]
    frozen = _frozen()
    if os.environ.get("UPDATE_QUERY_COUNTS") == "1":
        _FILE.write_text(
            json.dumps(dict(sorted((frozen | {name: len(statements)}).items())), indent=2) + "\n", encoding="utf-8"
        )
        return
    assert name in frozen, f"{name} has no frozen count: run the test with UPDATE_QUERY_COUNTS=1"
    listed = "\n".join(f"{number:3} {sql[:200]}" for number, sql in enumerate(statements, 1))
    assert len(statements) == frozen[name], f"{name}: {len(statements)} statements, {frozen[name]} are frozen\n{listed}"
