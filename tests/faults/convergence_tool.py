"""One task tool in the tests of convergence: how it is filled and changed, what it calls with, what is true there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

    import pytest
    from django.conf import LazySettings

    from integrations.domain.types import SourceKind
    from integrations.models import Connection
    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.integrations.webhooks.signed import Call


class Happened(StrEnum):
    """What a tool calls about."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True)
class Outline:
    """A task as it stands at the tool, past all faults."""

    updated_ms: int
    places: frozenset[str]
    """The queries that find it for Luna's account."""
    is_visible: bool = True
    """Whether the account may see it, wherever it stands."""
    is_quiet: bool = False
    """Whether the tool shows its changes to nobody who asks for what changed: only a comparison finds them."""


class Tool(ABC):
    """`queries` are its sources, each the text of a query by its kind. Every change answers whom it was about."""

    face: ClassVar[str]
    """Its name in the sandbox."""
    read_call: ClassVar[str]
    """Finds the calls by which pages are read."""
    queries: ClassVar[Mapping[str, SourceKind]]
    has_index: ClassVar[bool] = False
    """Whether reads come out of a search index, which lags."""
    signed_out: ClassVar[Any] = None
    """Its words with a 401, where the sandbox's own do not do."""

    def __init__(self, sandbox: SandboxServer, control: SandboxControl, dice: random.Random) -> None:
        self.sandbox = sandbox
        self.control = control
        self.dice = dice
        self.ids: list[str] = []
        """The tasks that are there to be changed."""

    @abstractmethod
    def prepare(self, settings: LazySettings) -> None:
        """Let Luna reach it."""

    @abstractmethod
    def set_page(self, patch: pytest.MonkeyPatch, size: int) -> None:
        """How many tasks a page has."""

    @abstractmethod
    def connect(self, admin: User) -> Connection:
        """A connection that offers what the queries need, and more that nobody reads."""

    @abstractmethod
    def fill(self, count: int) -> None:
        """So many tasks more, for all queries."""

    @abstractmethod
    def outlines(self) -> dict[str, Outline]:
        """Every task by its id, as it stands."""

    @abstractmethod
    def edit(self, task_id: str) -> None:
        """Another title or state."""

    @abstractmethod
    def add(self, count: int) -> Iterable[str]:
        """New ones, somewhere."""

    @abstractmethod
    def delete(self, task_id: str) -> None:
        """For good."""

    @abstractmethod
    def move(self, task_id: str) -> None:
        """Where another query finds it, or none."""

    @abstractmethod
    def hide(self) -> None:
        """Take the account's access to something away."""

    def some(self, count: int = 1, *, among: Iterable[str] | None = None) -> list[str]:
        """Tasks that the account sees, among these."""
        there = self.outlines()
        wanted = self.ids if among is None else dict.fromkeys(among)
        seen = [one for one in wanted if one in there and there[one].is_visible]
        return self.dice.sample(seen, min(count, len(seen)))

    @abstractmethod
    def show_all(self) -> None:
        """Give all access back."""

    def fault_key(self, task_id: str) -> str:
        """How a fault of one task names it."""
        return task_id

    def shorten_pages(self) -> None:
        """Let it give less than it was asked for."""
        self.fault("short_pages")

    def rest(self) -> None:
        """Give back what its sources need to be read at all."""
        self.control.lift_faults("token_loop")

    @abstractmethod
    def call(self, task_id: str, what: Happened, number: int) -> Call:
        """What the tool calls with, signed; `number` tells the call from others."""

    def fault(self, kind: str, **more: Any) -> None:
        """Script one for this tool."""
        self.control.add_fault(self.face, kind, **more)
