"""Asana in the tests of convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.domain.types import SourceKind
from integrations.sources.asana import client as asana_client
from luna.lib.redaction import Secret
from sandbox.asana.plan import PROJECTS, TOKEN
from tests.faults.convergence_tool import Happened, Outline, Tool
from tests.integrations.webhooks.signed import asana_call
from tests.integrations.world import open_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    import pytest
    from django.conf import LazySettings

    from integrations.models import Connection
    from people.models import User
    from tests.integrations.webhooks.signed import Call

LEGAL, PRICING, HIRING = PROJECTS
PROTECTION, LAUNCH, TRAINING = (section.gid for section in LEGAL.sections)
LETTERS, INTERVIEWS = PRICING.sections[0].gid, HIRING.sections[0].gid
QUERIES_OF = {
    PROTECTION: {PROTECTION, LEGAL.gid},
    LAUNCH: {LEGAL.gid},
    TRAINING: {LEGAL.gid},
    LETTERS: {LETTERS},
    INTERVIEWS: set[str](),
}
ACTIONS = {Happened.CREATED: "added", Happened.CHANGED: "changed", Happened.DELETED: "deleted"}


class Asana(Tool):
    """A project, one of its sections, and a section of another project are read; sub-tasks stand below some tasks."""

    face = "asana"
    read_call = "api/1.0/(tasks|batch)"
    queries = {LEGAL.gid: SourceKind.PROJECT, PROTECTION: SourceKind.SECTION, LETTERS: SourceKind.SECTION}

    def prepare(self, settings: LazySettings) -> None:
        open_to(self.sandbox, settings)
        settings.ASANA_URL = f"{self.sandbox.url}/asana/api/1.0"
        self.below: set[str] = set()

    def set_page(self, patch: pytest.MonkeyPatch, size: int) -> None:
        patch.setattr(asana_client, "PAGE_SIZE", size)

    def connect(self, admin: User) -> Connection:
        connection = connect(
            provider="asana", name="Asana", base_url="", account="", secret=Secret(TOKEN),
            info=AccountInfo("luna", "Fernhill"), actor=admin,
        )  # fmt: skip
        projects = [Project(one.gid, "", one.name) for one in (LEGAL, PRICING)]
        offer_projects(connection=connection, version=connection.version, projects=projects, actor=admin)
        return connection

    def fill(self, count: int) -> None:
        for section in (PROTECTION, LAUNCH, LETTERS):
            self.ids += self.control.create_asana_tasks(section, count=count // 4)
        for _ in range(4):
            self.add_below(count // 16)

    def add_below(self, count: int) -> list[str]:
        """As Asana keeps sub-tasks: in no section of their own."""
        parent = self.dice.choice([one for one in self.ids if one not in self.below])
        made = self.control.create_asana_tasks(LAUNCH, count=count, parent=parent)
        for gid in made:
            self.control.edit_asana_task(gid, sections=[])
        self.below.update(made)
        self.ids += made
        return made

    def outlines(self) -> dict[str, Outline]:
        rows = {row["gid"]: row for row in self.control.asana_tasks()}
        self.ids = [one for one in self.ids if one in rows]
        return {
            gid: Outline(row["modified"], frozenset(_places(rows, row)), not row["hidden"], gid in self.below)
            for gid, row in rows.items()
        }

    def edit(self, task_id: str) -> None:
        self.control.edit_asana_task(task_id, completed=self.dice.random() < 0.5, name=f"Now {self.dice.random()}")

    def add(self, count: int) -> Iterable[str]:
        if self.dice.random() < 0.3:
            return self.add_below(min(count, 3))
        made = self.control.create_asana_tasks(self.dice.choice([PROTECTION, LAUNCH, LETTERS]), count=count)
        self.ids += made
        return made

    def delete(self, task_id: str) -> None:
        """With what is below it."""
        self.control.delete_asana_task(task_id)

    def move(self, task_id: str) -> None:
        """Its `modified_at` stays as it was."""
        if task_id not in self.below:
            places = [[PROTECTION], [TRAINING], [LETTERS], [LETTERS, PROTECTION], [INTERVIEWS]]
            self.control.edit_asana_task(task_id, sections=self.dice.choice(places))

    def hide(self) -> None:
        for one in self.some():
            self.control.edit_asana_task(one, hidden=True)

    def show_all(self) -> None:
        for row in self.control.asana_tasks():
            if row["hidden"]:
                self.control.edit_asana_task(row["gid"], hidden=False)

    def call(self, task_id: str, what: Happened, number: int) -> Call:
        event = {"action": ACTIONS[what], "resource": {"gid": task_id, "resource_type": "task"}, "created_at": number}
        return asana_call([event])


def _places(rows: Mapping[str, Any], row: Mapping[str, Any]) -> set[str]:
    """Those of its sections; those of the task above it, too, for Luna reads what is below."""
    if row["hidden"]:
        return set()
    found = set().union(*(QUERIES_OF.get(section, set()) for section in row["sections"]))
    above = rows.get(row["parent"])
    return found | (_places(rows, above) if above is not None else set())
