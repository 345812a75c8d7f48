"""Jira Cloud and Jira Data Center in the tests of convergence."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, ClassVar

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.domain.types import SourceKind
from integrations.sources.jira import source as jira_source
from luna.lib.redaction import Secret
from sandbox.company.people import JIRA_DC_TOKEN, JIRA_TOKEN
from sandbox.company.plan import PROJECTS
from tests.faults.convergence_tool import Happened, Outline, Tool
from tests.integrations.webhooks.signed import jira_call
from tests.integrations.world import open_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from django.conf import LazySettings

    from integrations.models import Connection
    from people.models import User
    from tests.integrations.webhooks.signed import Call

STATUSES = ("To Do", "In Progress", "Done")
LABEL = "wave"
EVENTS = {
    Happened.CREATED: "jira:issue_created",
    Happened.CHANGED: "jira:issue_updated",
    Happened.DELETED: "jira:issue_deleted",
}
PROJECT_IDS = {project.key: str(10_000 + place) for place, project in enumerate(PROJECTS)}


class Jira(Tool):
    """One epic, one label and one project are read."""

    has_index = True
    provider: ClassVar[str]
    token: ClassVar[str]
    offered: ClassVar[tuple[str, ...]]
    home: ClassVar[str]
    other: ClassVar[str]
    elsewhere: ClassVar[str]
    """A project that the account sees, and the connection does not offer."""
    epics: ClassVar[tuple[str, ...]]
    """The first one is read."""
    id_page: ClassVar[str]
    _numbers = count(5000)

    def prepare(self, settings: LazySettings) -> None:
        open_to(self.sandbox, settings)
        self.keys: dict[str, str] = {}
        self.hidden: set[str] = set()

    def set_page(self, patch: pytest.MonkeyPatch, size: int) -> None:
        patch.setattr(jira_source, "PAGE_SIZE", size)
        patch.setattr(self.id_page, size)

    def connect(self, admin: User) -> Connection:
        connection = connect(
            provider=self.provider,
            name="Jira",
            base_url=f"{self.sandbox.url}/{self.face}",
            account="ines@fernhill.example",
            secret=Secret(self.token),
            info=AccountInfo("ines@fernhill.example", "Fernhill", "Europe/Lisbon"),
            actor=admin,
        )
        projects = [Project(PROJECT_IDS[key], key, key) for key in self.offered]
        offer_projects(connection=connection, version=connection.version, projects=projects, actor=admin)
        return connection

    def fill(self, count: int) -> None:
        self._create(self.home, count // 2, parent=self.epics[0])
        self._create(self.other, count // 4, labels=[LABEL])
        self._create(self.home, count - count // 2 - count // 4)

    def _create(self, project: str, count: int, **values: object) -> list[str]:
        keys = set(self.control.create_issues(project, count=count, **values))
        self.outlines()
        made = [one for one, key in self.keys.items() if key in keys]
        self.ids += made
        return made

    def outlines(self) -> dict[str, Outline]:
        rows = self.control.issues()
        self.keys = {row["id"]: row["key"] for row in rows}
        epic = next(row["id"] for row in rows if row["key"] == self.epics[0])
        found = {}
        for row in rows:
            is_visible = row["key"] not in self.hidden
            places = set()
            if is_visible and row["project_key"] in self.offered:
                places |= {self.epics[0]} if row["parent_id"] == epic else set()
                places |= {f"labels = {LABEL}"} if LABEL in row["labels"] else set()
                places |= {f"project = {self.home}"} if row["project_key"] == self.home else set()
            found[row["id"]] = Outline(row["updated"], frozenset(places), is_visible)
        return found

    def edit(self, task_id: str) -> None:
        status, title = self.dice.choice(STATUSES), f"Now {self.dice.random()}"
        self.control.edit_issue(task_id, status=status, summary=title)

    def add(self, count: int) -> Iterable[str]:
        labels = self.dice.choice([[], [LABEL]])
        return self._create(self.home, count, parent=self.dice.choice(self.epics), labels=labels)

    def delete(self, task_id: str) -> None:
        self.control.delete_issue(task_id)

    def move(self, task_id: str) -> None:
        """Below another epic, to another label, or to another project, where its key is another one."""
        match self.dice.randrange(3):
            case 0:
                self.control.edit_issue(task_id, parent=self.dice.choice(self.epics))
            case 1:
                self.control.edit_issue(task_id, labels=self.dice.choice([[], [LABEL]]))
            case _:
                project = self.dice.choice([self.home, self.other, self.elsewhere])
                self.control.edit_issue(task_id, key=f"{project}-{next(self._numbers)}", project_key=project)

    def hide(self) -> None:
        for one in self.some():
            self.hidden.add(self.keys[one])
            self.fault("hidden_issue", key=self.keys[one])

    def show_all(self) -> None:
        self.hidden.clear()
        self.control.lift_faults("hidden_issue")

    def fault_key(self, task_id: str) -> str:
        return self.keys[task_id]

    def call(self, task_id: str, what: Happened, number: int) -> Call:
        return jira_call(task_id, EVENTS[what], key=f"call-{number}")


class JiraCloud(Jira):
    """REST v3, pages by token."""

    face = "jira"
    read_call = "search/jql"
    provider = "jira_cloud"
    token = JIRA_TOKEN
    offered = ("CAL", "PAY", "EUD")
    home, other, elsewhere = "CAL", "PAY", "OPS"
    epics = ("CAL-2", "CAL-1", "EUD-1")
    queries = {"CAL-2": SourceKind.EPIC, f"labels = {LABEL}": SourceKind.JQL, "project = CAL": SourceKind.JQL}
    id_page = "integrations.sources.jira.cloud.source.IDS_PAGE"


class JiraDataCenter(Jira):
    """REST v2, pages by number."""

    face = "jira-dc"
    read_call = "api/2/search"
    provider = "jira_data_center"
    token = JIRA_DC_TOKEN
    offered = ("HOST", "PAR")
    home, other, elsewhere = "HOST", "PAR", "FIV"
    epics = ("HOST-1", "PAR-1")
    queries = {"HOST-1": SourceKind.EPIC, f"labels = {LABEL}": SourceKind.JQL, "project = HOST": SourceKind.JQL}
    id_page = "integrations.sources.jira.data_center.source.IDS_PAGE"
