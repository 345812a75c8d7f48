"""A list of tasks that people keep themselves: uploaded as a file, or sent as JSON."""

from __future__ import annotations
