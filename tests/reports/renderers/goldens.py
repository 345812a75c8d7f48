"""Kept outputs: a renderer's output must equal its file; `UPDATE_GOLDENS=1` writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "goldens"


def assert_golden(name: str, text: str) -> None:
    """Compare with tests/reports/goldens/`name`."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{name} changed: look at it, then UPDATE_GOLDENS=1"
