"""How each status, state and level of Luna is shown: its shape, its tone and its word (pure)."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    mark: str
    """Name of the shape in icons.svg, without `m-`."""
    tone: str
    """ok, warn, bad or still: the colour."""
    word: str


LOOKS: dict[str, Look] = {
    # Declared status and computed health.
    "on_track": Look("ok", "ok", "On track"),
    "possible_delays": Look("warn", "warn", "Possible delays"),
    "at_risk": Look("bad", "bad", "At risk"),
    "paused": Look("paused", "still", "Paused"),
    "unknown": Look("unknown", "still", "Not known"),
    # States of milestones, launches, risks, blockers and decisions.
    "not_started": Look("none", "still", "Not started"),
    "in_progress": Look("half", "still", "In progress"),
    "in_review": Look("review", "still", "In review"),
    "completed": Look("done", "still", "Completed"),
    "cancelled": Look("fail", "still", "Cancelled"),
    "open": Look("none", "still", "Open"),
    "mitigating": Look("half", "still", "Mitigating"),
    "occurred": Look("bad", "bad", "Occurred"),
    "closed": Look("done", "still", "Closed"),
    "decided": Look("done", "still", "Decided"),
    "superseded": Look("fail", "still", "Superseded"),
    # Approvals and votes.
    "approve": Look("done", "ok", "Approved"),
    "approved": Look("done", "ok", "Approved"),
    "request_changes": Look("bad", "bad", "Changes requested"),
    "changes_requested": Look("bad", "bad", "Changes requested"),
    "abstain": Look("none", "still", "Abstained"),
    "requested": Look("half", "still", "Requested"),
    "asked": Look("half", "still", "Asked"),
    "stale": Look("warn", "warn", "Asked again"),
    "withdrawn": Look("fail", "still", "Withdrawn"),
    # Work that goes out or comes in.
    "waiting": Look("none", "still", "Waiting"),
    "sending": Look("half", "still", "Sending"),
    "sent": Look("done", "still", "Sent"),
    "needs_answer": Look("warn", "warn", "Needs your answer"),
    "failed": Look("bad", "bad", "Failed"),
    "skipped": Look("fail", "still", "Skipped"),
    "connected": Look("done", "still", "Connected"),
    "slow": Look("warn", "warn", "Slow"),
    "partly": Look("warn", "warn", "Partly"),
    "needs_attention": Look("bad", "bad", "Needs someone"),
    "revoked": Look("bad", "bad", "Signed out"),
    "disconnected": Look("fail", "still", "Disconnected"),
    "running": Look("half", "still", "Reading"),
    "done": Look("done", "still", "Done"),
    "to_do": Look("none", "still", "To do"),
}


def look_of(value: str | None) -> Look:
    """The look of a vocabulary's value; a value without one keeps its own word and the mark of what is not known."""
    if not value:
        return LOOKS["unknown"]
    return LOOKS.get(value) or Look("unknown", "still", value.replace("_", " ").capitalize())
