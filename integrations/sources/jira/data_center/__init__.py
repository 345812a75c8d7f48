"""Jira Data Center and its older name, Server: REST v2, a personal access token."""

from __future__ import annotations
