"""Where a run is, as it stands in SyncRun.position."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Position:
    """In a source once `begun`, else behind it. `touched` outlives the source: milestones that are to be counted."""

    source: int = 0
    begun: bool = False
    is_full: bool = False
    since_ms: int | None = None
    token: str | None = None
    newest_ms: int | None = None
    pages: int = 0
    mark: str = ""
    """Of a page token further back: one that comes again shows that the pages go round in a circle."""
    lacking: list[str] = field(default_factory=list)
    """Of a census: ids at the source that the mirror lacks, still to be fetched."""
    unmirrored: int = 0
    """How many tasks the source found that could not be mirrored."""
    is_read: bool = False
    """The last page was committed; now come the links that the run did not see."""
    refused: str = ""
    """Why the source can't be read, where only its tasks are asked for by id, because the offer does not hold it."""
    compared: int = 0
    """The last of those links that was dealt with."""
    touched: list[int] = field(default_factory=list)
    is_retry: bool = False
    """Of a census: it only compares what an earlier one left out. Outlives the source."""
    asks_record: bool = False
    """The tool's own record of changes is read first, from `bookmark` on."""
    bookmark: str = ""
    """Where that record stands: kept with the source's end. "" where the tool keeps none."""

    def behind(self, source_id: int) -> Position:
        """Done with the source."""
        return Position(source=source_id, touched=self.touched, is_retry=self.is_retry)

    def touching(self, milestone_ids: set[int]) -> list[int]:
        """`touched` with these."""
        return sorted({*self.touched, *milestone_ids})


def started_over(position: dict[str, Any]) -> dict[str, Any]:
    """The position of a run that begins anew: what its pages changed is still to be counted."""
    touched = position.get("touched")
    return {"touched": touched} if touched else {}


def stored(position: Position) -> dict[str, Any]:
    """As JSON has it."""
    return asdict(position)
