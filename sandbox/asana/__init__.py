"""A stand-in for Asana's API."""

from __future__ import annotations
