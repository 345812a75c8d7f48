"""Google Workspace: documents and decks in folders of Drive, through the vendor's SDK."""

from __future__ import annotations
