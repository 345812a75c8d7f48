"""What `manage.py check --deploy` says about a set-up that works but could be better."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning  # noqa: A004 (Django's own name)

# Versions before it can, very rarely, damage a database in WAL mode when two connections tidy up at once.
_SOUND_SQLITE = (3, 51, 3)
_SOUND_PATCHES = {(3, 50): 7, (3, 44): 6}
_LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def check_address(**_options: Any) -> list[CheckMessage]:
    """People's passwords should not travel in the open."""
    if settings.BASE_URL.startswith("https://") or settings.BASE_URL.startswith(_LOCAL):
        return []
    return [Warning("LUNA_BASE_URL is not https://, so passwords and sessions travel in the open.", id="luna.W001")]


def check_database(**_options: Any) -> list[CheckMessage]:
    """SQLite is for one machine, and its newer versions are safer."""
    if settings.DATABASE_URL:
        return []
    found: list[CheckMessage] = []
    if not is_sound(sqlite3.sqlite_version_info):
        hint = "Keep backups, or set LUNA_DATABASE_URL."
        found.append(Info(f"SQLite {sqlite3.sqlite_version} has a rare fault in WAL mode.", hint=hint, id="luna.I001"))
    if settings.REDIS_URL:
        found.append(Info("With SQLite there may be one worker only, also with Redis.", id="luna.I002"))
    return found


def is_sound(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the correction, also where it was brought back to an older series."""
    series, patch = version[:2], version[2]
    return version >= _SOUND_SQLITE or patch >= _SOUND_PATCHES.get(series, patch + 1)
