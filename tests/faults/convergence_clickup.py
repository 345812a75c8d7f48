"""ClickUp in the tests of convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.domain.types import SourceKind
from luna.lib.redaction import Secret
from sandbox.clickup.workspace import CARRIERS, FIGURES, ODDS, SEARCH, SENDERS, STATUSES, TOKEN
from tests.faults.convergence_tool import Happened, Outline, Tool
from tests.integrations.webhooks.signed import clickup_call
from tests.integrations.world import open_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from django.conf import LazySettings

    from integrations.models import Connection
    from people.models import User
    from tests.integrations.webhooks.signed import Call

READ = (SEARCH, CARRIERS, FIGURES)
EVENTS = {Happened.CREATED: "taskCreated", Happened.CHANGED: "taskUpdated", Happened.DELETED: "taskDeleted"}


class ClickUp(Tool):
    """Three lists are read, one more is offered, and one is neither."""

    face = "clickup"
    read_call = "list/[0-9]+/task"
    queries = dict.fromkeys(READ, SourceKind.LIST)
    signed_out = {"err": "Token invalid", "ECODE": "OAUTH_025"}

    def prepare(self, settings: LazySettings) -> None:
        open_to(self.sandbox, settings)
        settings.CLICKUP_URL = f"{self.sandbox.url}/clickup/api/v2"
        self.closed: set[str] = set()

    def set_page(self, _patch: pytest.MonkeyPatch, size: int) -> None:
        """Of ClickUp's choosing."""
        self.page = size
        self.fault("short_pages", count_bytes=size)

    def connect(self, admin: User) -> Connection:
        connection = connect(
            provider="clickup", name="ClickUp", base_url="", account="", secret=Secret(TOKEN),
            info=AccountInfo("luna", "Fernhill"), actor=admin,
        )  # fmt: skip
        lists = [Project(one, "", one) for one in (*READ, SENDERS)]
        offer_projects(connection=connection, version=connection.version, projects=lists, actor=admin)
        return connection

    def fill(self, count: int) -> None:
        for list_id in READ:
            self.ids += self.control.create_clickup_tasks(list_id, count=count // len(READ))

    def outlines(self) -> dict[str, Outline]:
        found = {}
        for row in self.control.clickup_tasks():
            is_visible = not set(row["lists"]) <= self.closed
            is_put_away = row["archived"] and not row["finished"]
            places = set() if is_put_away or not is_visible else {*row["lists"]} & {*READ} - self.closed
            found[row["id"]] = Outline(row["updated"], frozenset(places), is_visible, row["archived"])
        return found

    def edit(self, task_id: str) -> None:
        status, is_archived = self.dice.choice(STATUSES), self.dice.random() < 0.15
        self.control.edit_clickup_task(
            task_id, status=status.name, name=f"Now {self.dice.random()}", archived=is_archived
        )

    def add(self, count: int) -> Iterable[str]:
        made = self.control.create_clickup_tasks(self.dice.choice(READ), count=count)
        self.ids += made
        return made

    def delete(self, task_id: str) -> None:
        self.control.delete_clickup_task(task_id)

    def move(self, task_id: str) -> None:
        list_id = self.dice.choice([*READ, SENDERS, ODDS])
        if self.dice.random() < 0.3:
            self.control.edit_clickup_task(task_id, also_in=[list_id])
        else:
            self.control.edit_clickup_task(task_id, list_id=list_id)

    def hide(self) -> None:
        """ClickUp closes whole lists."""
        list_id = self.dice.choice([FIGURES, SENDERS])
        self.closed.add(list_id)
        self.control.close_clickup_list(list_id)

    def show_all(self) -> None:
        for list_id in self.closed:
            self.control.close_clickup_list(list_id, is_closed=False)
        self.closed.clear()

    def shorten_pages(self) -> None:
        """Its own size is of its choosing; now and then it does not say which page is the last."""
        self.control.lift_faults("short_pages")
        self.fault("short_pages", count_bytes=self.dice.randint(3, self.page), key=self.dice.choice(["", "silent"]))

    def rest(self) -> None:
        """A list that is closed keeps its tasks in the mirror."""
        self.show_all()

    def call(self, task_id: str, what: Happened, number: int) -> Call:
        return clickup_call(task_id, EVENTS[what], item=str(number))
