"""Milestones, their dependencies, history and health, risks, decisions and approvals."""

from __future__ import annotations

from milestones.models.forecast import Forecast
from milestones.models.governance import Approval, Approver, Decision, Risk, Vote
from milestones.models.history import Snapshot, WorkDay
from milestones.models.milestone import PRIORITY_WORDS, STATE_WORDS, Dependency, Milestone
from milestones.models.movement import DateMovement, KeptInputs, Since
from milestones.models.verdict import HealthSettings, HealthVerdict

__all__ = [
    "PRIORITY_WORDS",
    "STATE_WORDS",
    "Approval",
    "Approver",
    "DateMovement",
    "Decision",
    "Dependency",
    "Forecast",
    "HealthSettings",
    "HealthVerdict",
    "KeptInputs",
    "Milestone",
    "Risk",
    "Since",
    "Snapshot",
    "Vote",
    "WorkDay",
]
