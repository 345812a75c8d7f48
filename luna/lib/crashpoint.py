"""Places where a fault test may kill the process: `LUNA_CRASH_AT=name` ends it there with SIGKILL, once per file."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def crashpoint(name: str) -> None:
    """Do nothing, unless a fault test names this point.

    `LUNA_CRASH_AT` is `name` or `name@path`; with a path the process is killed only while that file is absent,
    and the file is made first, so that the restarted worker gets past the point.
    """
    wanted = os.environ.get("LUNA_CRASH_AT", "")
    if not wanted or wanted.partition("@")[0] != name:
        return
    marker = wanted.partition("@")[2]
    if marker:
        if Path(marker).exists():
            return
        Path(marker).touch()
    os.kill(os.getpid(), signal.SIGKILL)
