"""What else ran on the machine while something was measured: a time over its limit may be theirs."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

_STATES = Path("/proc/stat")


@dataclass(frozen=True)
class Machine:
    """As it was `at` an instant: seconds of work of all its cores, and of those what was ours."""

    at: float
    worked: float
    ours: float

    @classmethod
    def now(cls) -> Machine:
        """Ours are this process and its children as far as they have ended. Without /proc nobody else is seen."""
        used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        ours = sum(one.ru_utime + one.ru_stime for one in used)
        return cls(monotonic(), _worked() if _STATES.exists() else ours, ours)

    def since(self) -> str:
        """How many cores others took since then, on average, and the load."""
        now = Machine.now()
        others = max(0.0, now.worked - self.worked - (now.ours - self.ours)) / max(0.001, now.at - self.at)
        return f"other programs took {others:.1f} of {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}"


def _worked() -> float:
    """User, nice, system and both interrupts, without idle and waiting: https://man7.org/linux/man-pages/man5/proc_stat.5.html"""
    user, nice, system, _idle, _waiting, *interrupts = map(int, _STATES.read_text().split("\n", 1)[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")
