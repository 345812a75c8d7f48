"""The vocabularies of reports."""

from __future__ import annotations

from enum import StrEnum


class ReportKind(StrEnum):
    """What a report is."""

    DIGEST = "digest"
    PROGRESS = "progress"
    ROADMAP = "roadmap"


REPORT_WORDS: dict[ReportKind, str] = {
    ReportKind.DIGEST: "Digest",
    ReportKind.PROGRESS: "Progress report",
    ReportKind.ROADMAP: "Roadmap",
}
ALL_LAUNCHES = "All launches"
"""How a report is called that belongs to no single launch."""


class DeliveryState(StrEnum):
    """The inner states of a delivery (docs/decisions/0007-deliveries-arrive-once.md)."""

    QUEUED = "queued"
    SENDING = "sending"
    """The creating call is about to be made, or was made: only its answer or a look-up ends this."""
    UNKNOWN = "unknown"
    """No clear answer: look up before anything else."""
    CREATED = "created"
    """It is there, known by its remote id, and has yet to be filled; filling it twice changes nothing."""
    RETRY_WAIT = "retry_wait"
    HELD = "held"
    """Can't be looked up: a person says whether it arrived."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


SHOWN_STATES: dict[DeliveryState, str] = {
    DeliveryState.QUEUED: "waiting",
    DeliveryState.SENDING: "sending",
    DeliveryState.UNKNOWN: "sending",
    DeliveryState.CREATED: "sending",
    DeliveryState.RETRY_WAIT: "waiting",
    DeliveryState.HELD: "needs_answer",
    DeliveryState.DONE: "sent",
    DeliveryState.FAILED: "failed",
    DeliveryState.CANCELLED: "skipped",
    DeliveryState.SKIPPED: "skipped",
}
"""How pages call them (luna.ui.vocabulary)."""
FINAL_STATES = (DeliveryState.DONE, DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.SKIPPED)
FOUND_BY_HAND = "found by hand"
"""The remote id of what a person found, not Luna: it names nothing that a place knows."""
