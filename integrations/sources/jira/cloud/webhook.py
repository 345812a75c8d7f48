"""Jira Cloud's calls: signed, registered by an admin by hand."""

from __future__ import annotations

from integrations.sources.jira.webhook import is_signed, read

IS_SIGNED = True
HANDSHAKE = ""

__all__ = ["HANDSHAKE", "IS_SIGNED", "is_signed", "read"]
