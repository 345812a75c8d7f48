"""The sandbox's time: real time plus an offset kept in a small file, which the demo's Luna reads too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

COMPANY_ZONE = ZoneInfo("Europe/Lisbon")


@dataclass(frozen=True)
class Clock:
    """`file` holds `{"offset_seconds": n}`; without a file, or before it exists, the offset is nothing."""

    file: Path | None

    def offset_seconds(self) -> float:
        if self.file is None:
            return 0.0
        try:
            return float(json.loads(self.file.read_text(encoding="utf-8"))["offset_seconds"])
        except FileNotFoundError:
            return 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds())

    def now_ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def today(self) -> date:
        """The day in the zone of the sample company."""
        return self.now().astimezone(COMPANY_ZONE).date()

    def advance(self, *, days: float) -> float:
        """Move the offset and return it in seconds; the file is replaced whole, so no reader sees half of it."""
        if self.file is None:
            raise RuntimeError("This sandbox has no clock file, so its time can't be moved.")
        offset_seconds = self.offset_seconds() + days * 86_400
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_name(self.file.name + ".new")
        beside.write_text(json.dumps({"offset_seconds": offset_seconds}), encoding="utf-8")
        beside.replace(self.file)
        return offset_seconds
