"""One task of the sandbox in each tool, to write on; and how the sandbox calls what it keeps there."""

from __future__ import annotations

import html
from dataclasses import dataclass

import requests

from integrations.account import Access
from integrations.sources.asana.writes import open_writer as asana_writer
from integrations.sources.clickup.writes import open_writer as clickup_writer
from integrations.sources.jira.cloud.writes import open_writer as cloud_writer
from integrations.sources.jira.data_center.writes import open_writer as data_center_writer
from integrations.sources.writing import LinkWriter
from luna.lib.redaction import Secret
from sandbox.asana.plan import PROJECTS
from sandbox.company.people import JIRA_DC_TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.webhooks.tools import ASANA_PROJECT, CLICKUP_LIST
from tests.integrations.world import EMAIL, TOKEN

TOOLS = ("jira", "jira-dc", "asana", "clickup")


@dataclass(frozen=True)
class Place:
    """`call` is the path of the call that writes, `wrote` and `unwrote` the ledger's words, `page` the sandbox's."""

    face: str
    writer: LinkWriter
    task_id: str
    call: str
    wrote: str
    unwrote: str
    page: str

    def shown(self) -> str:
        """The page on which a person sees what was written."""
        return html.unescape(requests.get(self.page, timeout=30).text)

    def count(self, control: SandboxControl, action: str) -> int:
        """How often the sandbox accepted it."""
        return sum(line["face"] == self.face and line["action"] == action for line in control.ledger())


def make_place(tool: str, sandbox: SandboxServer, control: SandboxControl) -> Place:
    """A new task in that tool."""
    url = sandbox.url
    if tool in {"jira", "jira-dc"}:
        [key] = control.create_issues("CAL" if tool == "jira" else "HOST")
        writer: LinkWriter = (
            cloud_writer(Access(f"{url}/jira", EMAIL, Secret(TOKEN)))
            if tool == "jira"
            else data_center_writer(Access(f"{url}/jira-dc", "", Secret(JIRA_DC_TOKEN)))
        )
        words = ("remote link", "remote link deleted")
        return Place(tool, writer, key, "POST .*/remotelink", *words, f"{url}/{tool}/browse/{key}")
    words = ("comment", "comment deleted")
    if tool == "asana":
        [gid] = control.create_asana_tasks(PROJECTS[0].sections[0].gid)
        writer = asana_writer(Access("", "", Secret("sandbox-asana-token")))
        return Place(tool, writer, gid, "POST .*/stories", *words, f"{url}/asana/projects/{ASANA_PROJECT}")
    [task_id] = control.create_clickup_tasks(CLICKUP_LIST)
    writer = clickup_writer(Access("", "", Secret("pk_sandbox")))
    return Place(tool, writer, task_id, "POST .*/comment", *words, f"{url}/clickup/t/{task_id}")
