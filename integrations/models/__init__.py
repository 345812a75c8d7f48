"""Connections, places, sources, the mirror of tasks, runs."""

from __future__ import annotations

from integrations.models.connection import Connection, Destination
from integrations.models.sync_run import QuarantinedPayload, SyncRun
from integrations.models.task import SourceTask, Task, TaskSource

__all__ = ["Connection", "Destination", "QuarantinedPayload", "SourceTask", "SyncRun", "Task", "TaskSource"]
