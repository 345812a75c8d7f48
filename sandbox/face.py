"""What a stand-in for one service brings along; the sandbox wears all of them at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import Flask

from sandbox.limits import Rate


def _nothing(_connection: sqlite3.Connection, _when: date | datetime) -> None:
    """A face without a history of its own."""


@dataclass(frozen=True)
class Face:
    """`install` adds its routes and pages; `fill` writes the company's history into an empty store as it stands on a
    day; `live` lets the teams work the hours before an instant."""

    name: str
    title: str
    """What the pages call it."""
    page: str
    """The endpoint of its first page for people."""
    install: Callable[[Flask], None]
    schema: str = ""
    """SQL that creates its tables where they are missing."""
    rates: Mapping[str, Rate] = field(default_factory=dict)
    fill: Callable[[sqlite3.Connection, date], None] = _nothing
    live: Callable[[sqlite3.Connection, datetime], None] = _nothing
