"""A clock that tests move instead of sleeping: it writes the file that `luna.clock` and the sandbox read."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class MovingClock:
    """One offset on real time, kept in `file`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._offset = timedelta(0)
        self._writes = 0
        self.move(timedelta(0))

    def now(self) -> datetime:
        """The instant that Luna sees."""
        return datetime.now(UTC) + self._offset  # noqa: TID251 (this is what moves the clock)

    def move(self, by: timedelta) -> None:
        """Move on (or back) by a duration."""
        self._offset += by
        whole_seconds = int(self._offset.total_seconds())
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps({"offset_seconds": whole_seconds}), encoding="utf-8")
        # Readers look again when the file's time changes; two writes in one tick of the file system must differ.
        self._writes += 1
        os.utime(fresh, ns=(0, self._writes * 1_000_000_000))
        fresh.replace(self.file)

    def set(self, instant: datetime) -> None:
        """Make it `instant` now, to the second."""
        self.move(instant - self.now())
