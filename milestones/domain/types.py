"""The vocabularies of milestones, risks, decisions and approvals, and what health is computed from."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """A milestone's own workflow."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OPEN_STATES = (State.NOT_STARTED, State.IN_PROGRESS, State.IN_REVIEW)


class Priority(StrEnum):
    """MoSCoW."""

    MUST = "must"
    SHOULD = "should"
    COULD = "could"
    WONT = "wont"


class ProgressUnit(StrEnum):
    """What a milestone's progress counts."""

    TASKS = "tasks"
    ESTIMATE = "estimate"
    POINTS = "points"


class Level(StrEnum):
    """How bad a signal is, or how well a milestone stands."""

    ON_TRACK = "on_track"
    POSSIBLE_DELAYS = "possible_delays"
    AT_RISK = "at_risk"
    UNKNOWN = "unknown"


class RiskState(StrEnum):
    """A risk's life."""

    OPEN = "open"
    MITIGATING = "mitigating"
    OCCURRED = "occurred"
    CLOSED = "closed"


class Response(StrEnum):
    """What we do about a risk."""

    AVOID = "avoid"
    MITIGATE = "mitigate"
    TRANSFER = "transfer"
    ACCEPT = "accept"


class DecisionState(StrEnum):
    """A decision's life."""

    OPEN = "open"
    DECIDED = "decided"
    SUPERSEDED = "superseded"


class ApprovalState(StrEnum):
    """Where an approval stands: counted from its votes."""

    ASKED = "asked"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    STALE = "stale"
    WITHDRAWN = "withdrawn"


class VoteRule(StrEnum):
    """How many approvers must approve."""

    ALL = "all"
    ANY = "any"
    AT_LEAST = "at_least"


class Ballot(StrEnum):
    """What an approver says."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    ABSTAIN = "abstain"
