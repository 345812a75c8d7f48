"""The few additions that a connection may allow: what Luna leaves on a task, the same for all tools.

Each folder's `writes.py` does this and nothing else: it never changes what a team wrote
(docs/decisions/0014-links-back.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from integrations.errors import ErrorKind, RefusedError

BEGINS = "Serves milestone"
"""With these words and its link Luna's own comment is known again."""


@dataclass(frozen=True)
class Note:
    """What a task serves, in words for those who work on it."""

    title: str
    """`Serves milestone “M” of launch “L”`."""
    outcome: str
    """What the launch is for; empty where it does not say."""
    url: str
    """The milestone's page."""

    @property
    def comment(self) -> str:
        """As one comment: the title, the outcome, the link."""
        return "\n".join(part for part in (f"{self.title}.", self.outcome, self.url) if part)


class LinkWriter(Protocol):
    """Writes links to milestones into one tool. Ids of tasks are the tool's own, `mark` is what finds a link again:
    the address that was written first.

    Every method may raise `RetryLaterError` (nothing was done), `NeedsAttentionError` or `RefusedError`.
    """

    @property
    def requests(self) -> int:
        """How many calls were made."""
        ...

    def write(self, task_id: str, note: Note, mark: str) -> str:
        """Leave the note, or bring it up to date where the tool can; its id there.

        Raises AmbiguousError when it may have been done.
        """
        ...

    def find(self, task_id: str, mark: str) -> str:
        """The id of what Luna left there under this mark; "" where it is not. Raises CannotLookUpError."""
        ...

    def remove(self, task_id: str, remote_id: str, mark: str) -> None:
        """Take it back; nothing happens where it is gone already, and trying again does no harm."""
        ...

    def close(self) -> None:
        """Let the kept connections go."""
        ...


def may_not_write(sentence: str, detail: str) -> RefusedError:
    """The account lacks the right to write; reading goes on."""
    return RefusedError(sentence, kind=ErrorKind.NO_RIGHTS, detail=detail)


def is_own(text: object, mark: str) -> bool:
    """Whether a comment is Luna's, with this link in it."""
    return isinstance(text, str) and text.lstrip().startswith(BEGINS) and mark in text
