"""JQL, the query language: its syntax as data, the parser, and the translation into SQL."""

from __future__ import annotations
