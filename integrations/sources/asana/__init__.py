"""Asana: tasks read through the vendor's SDK."""

from __future__ import annotations
