"""Launches, who takes part in them, and what is said about them."""

from __future__ import annotations

from launches.models.launch import STATUS_WORDS, Label, Launch
from launches.models.participant import Participant
from launches.models.stage import Stage
from launches.models.summary import LaunchSummary
from launches.models.word import Comment, Notice, Update

__all__ = [
    "STATUS_WORDS",
    "Comment",
    "Label",
    "Launch",
    "LaunchSummary",
    "Notice",
    "Participant",
    "Stage",
    "Update",
]
