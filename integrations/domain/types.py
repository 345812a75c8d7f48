"""The vocabularies of connections, sources, tasks and runs."""

from __future__ import annotations

from enum import StrEnum


class ConnectionState(StrEnum):
    """How a connection does."""

    OK = "ok"
    PAUSED = "paused"
    """Until `paused_until`, because the provider asked for it or does not answer."""
    NEEDS_ATTENTION = "needs_attention"
    """A person has to mend something: the sentence says what."""
    DISCONNECTED = "disconnected"


class SourceKind(StrEnum):
    """How tasks are chosen."""

    JQL = "jql"
    EPIC = "epic"
    PROJECT = "project"
    SECTION = "section"
    LIST = "list"


class PlaceKind(StrEnum):
    """What becomes of a report at a place."""

    CHANNEL = "channel"
    """A message in a channel."""
    DOCUMENT = "document"
    """A new document for each edition, in a folder."""
    RUNNING_DOCUMENT = "running_doc"
    """A section on top of the launch's one document, in a folder."""
    DECK = "deck"
    """A new deck of slides for each edition, in a folder."""

    @property
    def makes_files(self) -> bool:
        """Whether something is made first and filled afterwards, and its mark finds it."""
        return self is not PlaceKind.CHANNEL


class TaskState(StrEnum):
    """A task's state category."""

    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    """A sync run's life."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RunTrigger(StrEnum):
    """Why a run was started."""

    SCHEDULE = "schedule"
    PERSON = "person"
    NEW_SOURCE = "new_source"
