"""The vocabularies of launches."""

from __future__ import annotations

from enum import StrEnum


class StageCategory(StrEnum):
    """What a configurable stage means."""

    BACKLOG = "backlog"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CLOSED = "closed"


class Status(StrEnum):
    """What the owner declares."""

    ON_TRACK = "on_track"
    POSSIBLE_DELAYS = "possible_delays"
    AT_RISK = "at_risk"
    PAUSED = "paused"


class Visibility(StrEnum):
    """Open to all but guests, or private to participants and admins."""

    OPEN = "open"
    PRIVATE = "private"


class LaunchRole(StrEnum):
    """What a participant may do in the launch."""

    EDITOR = "editor"
    PARTICIPANT = "participant"


class NoticeReason(StrEnum):
    """Why someone gets a notice."""

    VOTE_ASKED = "vote_asked"
    CHANGES_REQUESTED = "changes_requested"
    DECISION_ASKED = "decision_asked"
    MADE_OWNER = "made_owner"
    STATUS_DOUBTED = "status_doubted"
    MENTIONED = "mentioned"
    DELIVERY_HELD = "delivery_held"
    DELIVERY_FAILED = "delivery_failed"
    CONNECTION_BROKEN = "connection_broken"
