"""Connections, places, sources, the mirror of tasks, runs, calls from outside, links left there, suggestions."""

from __future__ import annotations

from integrations.models.connection import Connection, Destination
from integrations.models.inbound import InboundEvent, Webhook
from integrations.models.link_back import LinkBack, LinkRound
from integrations.models.own_list import ListedTask
from integrations.models.suggestion import DependencySuggestion
from integrations.models.sync_run import QuarantinedPayload, SyncRun
from integrations.models.task import ScopeChange, SourceTask, Task, TaskBlocker, TaskShare, TaskSource

__all__ = [
    "Connection",
    "DependencySuggestion",
    "Destination",
    "InboundEvent",
    "LinkBack",
    "LinkRound",
    "ListedTask",
    "QuarantinedPayload",
    "ScopeChange",
    "SourceTask",
    "SyncRun",
    "Task",
    "TaskBlocker",
    "TaskShare",
    "TaskSource",
    "Webhook",
]
