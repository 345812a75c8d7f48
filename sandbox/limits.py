"""Token buckets by which the faces say 429. Their time is the sandbox's clock, so that a moved clock refills them."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Rate:
    """`burst` calls at once, then `per_second` more each second."""

    per_second: float
    burst: int


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    limit: int
    remaining: int
    retry_after_seconds: int


class Limits:
    def __init__(self, now: Callable[[], datetime], defaults: dict[str, Rate]) -> None:
        self._now = now
        self._defaults = defaults
        self._lock = threading.Lock()
        self._rates = dict(defaults)
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def rates(self) -> dict[str, Rate]:
        with self._lock:
            return dict(self._rates)

    def set_rate(self, name: str, rate: Rate) -> None:
        """Change a limit; its buckets start full again."""
        with self._lock:
            self._rates[name] = rate
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if key[0] != name}

    def reset(self) -> None:
        with self._lock:
            self._rates = dict(self._defaults)
            self._buckets.clear()

    def spend(self, name: str, key: str) -> Verdict:
        """Take one token of the bucket `key` under the limit `name`."""
        moment = self._now().timestamp()
        with self._lock:
            rate = self._rates[name]
            tokens, since = self._buckets.get((name, key), (float(rate.burst), moment))
            tokens = min(float(rate.burst), tokens + max(0.0, moment - since) * rate.per_second)
            allowed = tokens >= 1
            self._buckets[name, key] = (tokens - 1 if allowed else tokens, moment)
        wait_seconds = 0 if allowed else max(1, math.ceil((1 - tokens) / rate.per_second))
        return Verdict(allowed, rate.burst, int(tokens - 1) if allowed else 0, wait_seconds)
