"""The few additions that a connection may allow: what Luna leaves on a task, the same for all tools.

Each folder's `writes.py` does this and nothing else: it never changes what a team wrote
(docs/decisions/0014-links-back.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from integrations.errors import ErrorKind, NotFoundError, ProviderError, RefusedError

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


class Calls(Protocol):
    """A client of a tool."""

    requests: int

    def close(self) -> None:
        """Let the kept connections go."""
        ...


class CommentCalls(Calls, Protocol):
    """A client of a tool that takes comments."""

    def comment(self, task_id: str, text: str) -> str:
        """The id of a new one. Raises AmbiguousError when it may have been made."""
        ...

    def delete(self, comment_id: str) -> None:
        """Raises NotFoundError where it is gone."""
        ...


_Client = TypeVar("_Client", bound=Calls)
_Comments = TypeVar("_Comments", bound=CommentCalls)


class Writer(Generic[_Client]):
    """What the writers of all tools have in common."""

    may_not: str
    """What to do where the account lacks the right to write."""

    def __init__(self, client: _Client) -> None:
        self._client = client

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return self._client.requests

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    @contextmanager
    def _right_to_write(self) -> Iterator[None]:
        """A missing right stops the writing alone: whether the account may read is for the sync to find out."""
        try:
            yield
        except ProviderError as error:
            if error.kind != ErrorKind.MISSING_SCOPE:
                raise
            raise RefusedError(self.may_not, kind=ErrorKind.NO_RIGHTS, detail=error.detail) from None


class CommentWriter(Writer[_Comments]):
    """For tools that take comments, which have no key of their own. How to look for one, each tool knows."""

    def write(self, task_id: str, note: Note, _mark: str) -> str:
        """One comment."""
        with self._right_to_write():
            return self._client.comment(task_id, note.comment)

    def remove(self, _task_id: str, remote_id: str, _mark: str) -> None:
        """Delete it, unless it is gone; what is hidden counts as a missing right."""
        try:
            with self._right_to_write():
                self._client.delete(remote_id)
        except NotFoundError:
            return


def is_own(text: object, mark: str) -> bool:
    """Whether a comment is Luna's, with this link in it."""
    return isinstance(text, str) and text.lstrip().startswith(BEGINS) and mark in text
