"""ClickUp: tasks of lists, read by plain HTTP, because the vendor offers no SDK."""

from __future__ import annotations
