"""Calls from task tools: received, worked, asked for and kept up. They hint; polls decide."""

from __future__ import annotations
