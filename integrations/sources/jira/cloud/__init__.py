"""Jira Cloud: REST v3, an account's e-mail with its API token."""

from __future__ import annotations
