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


class RemovedWhy(StrEnum):
    """Why the mirror no longer counts a task. It stays as it was last seen."""

    DELETED = "deleted"
    """The tool says that it is gone for good."""
    MOVED = "moved"
    """It is still there, but no source finds it any more: it left the epic, list, project or query."""
    NO_ACCESS = "no_access"
    """The tool no longer shows it to the connection's account, or not through what the connection offers."""
    UNLINKED = "unlinked"
    """A person took away the source through which it came."""


class ScopeKind(StrEnum):
    """How a milestone's scope changed."""

    ADDED = "added"
    REMOVED = "removed"
    RE_ESTIMATED = "re_estimated"


class WebhookState(StrEnum):
    """How a tool's calls to Luna do. Polling goes on in every state."""

    OFF = "off"
    ASKED = "asked"
    """Registration was begun; the tool has not yet confirmed it."""
    ON = "on"
    BY_HAND = "by_hand"
    """The tool's API does not let Luna register it: an admin follows the instructions."""
    FAILING = "failing"


class LinkState(StrEnum):
    """What became of a link that Luna leaves on a task."""

    WAITING = "waiting"
    """To be written, or to be brought up to date."""
    WRITING = "writing"
    """A call began whose outcome is not known: the words may stand there, and Luna looks before it tries again."""
    STANDS = "stands"
    DROPPED = "dropped"
    """People took it, or its task, away over there: it is not written again."""
    REFUSED = "refused"
    """The tool did not take it; tried again after a day."""
    LEAVING = "leaving"
    """To be taken back, because its launch is no longer open."""


class SuggestionState(StrEnum):
    """What became of a suggested dependency."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"


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
    WEBHOOK = "webhook"
    CENSUS = "census"
    """The scheduled comparison of ids."""
