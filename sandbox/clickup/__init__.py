"""ClickUp's face: API v2 with the hierarchy of a workspace, tasks of lists, codes of errors and limits a minute."""

from __future__ import annotations
