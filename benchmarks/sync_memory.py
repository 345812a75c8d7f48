"""What a process holds while it syncs for the first time, over what it holds idle: the same for any number of issues.

On PostgreSQL, in a process of its own: `benchmarks.on_postgres` starts it. `FULL=1` adds a million issues.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django

MEBIBYTES, FLAT_MEBIBYTES = 24.0, 4.0
SIZES = (10_000, 100_000, *((1_000_000,) if os.environ.get("FULL") else ()))


def sync_memory() -> Iterator[tuple[bool, str]]:
    """(holds, words) of each size."""
    from benchmarks.company import make_company  # noqa: PLC0415  models come after the settings
    from benchmarks.prepared_jira import PreparedJira, connect_to, link_stream, work_to_the_end  # noqa: PLC0415

    user = make_company(2, 5)
    with PreparedJira() as jira:
        # One page first, as idle workers have the SDK loaded.
        link_stream(connect_to(jira, user), 0, 10_000, 100, user)
        work_to_the_end()
        gc.collect()
        idle, smallest = _held("VmRSS"), 0.0
        for place, size in enumerate(SIZES, 1):
            # A connection and issues of its own: the other streams are not read again, and no task is shared.
            link_stream(connect_to(jira, user, f"{size:,} issues"), place, 10_000 * (place + 1), size, user)
            # Forgets the peak so far: https://www.kernel.org/doc/html/latest/filesystems/proc.html
            Path("/proc/self/clear_refs").write_text("5")
            work_to_the_end()
            over = _held("VmHWM") - idle
            smallest = smallest or over
            yield (
                over <= MEBIBYTES and over - smallest <= FLAT_MEBIBYTES,
                f"first sync of {size:,} issues: at most {over:.1f} MiB over an idle worker's {idle:.0f} "
                f"(limit {MEBIBYTES:g}, and {FLAT_MEBIBYTES:g} over {SIZES[0]:,} issues' {smallest:.1f})",
            )


def _held(line: str) -> float:
    found = re.search(rf"{line}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def main() -> int:
    """Print each figure; 1 when one is over."""
    django.setup()
    fine = True
    for holds, words in sync_memory():
        print(f"{'ok  ' if holds else 'OVER'}  {words}", flush=True)
        fine = fine and holds
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
