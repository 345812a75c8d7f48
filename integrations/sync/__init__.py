"""Reading the sources of a connection into the mirror of their tasks."""

from __future__ import annotations
