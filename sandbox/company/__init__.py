"""Fernhill, the invented maker of software for clinics whose trackers and channels the sandbox holds."""

from __future__ import annotations
