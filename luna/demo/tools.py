"""Connecting the sample company to the sandbox, as its admin does it: through the forms of the providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing

from integrations.actions.connections import choose_places, connect, offer_projects
from integrations.actions.sources import link_source
from integrations.credentials import access_of
from integrations.destinations.base import Place
from integrations.models import Connection, Destination
from integrations.registry import PROVIDERS, open_destination, open_source, part
from integrations.sources.base import SourceQuery, TaskSourceClient
from luna.demo.company import Plan, Tasks
from luna.lib import work
from luna.lib.http import guarded_session
from milestones.models import Milestone
from people.models import User

ADMIN = "hannah"
NOT_OFFERED = {"OPS", "Private HR"}
"""What the account sees and nobody should read through Luna, by key or name."""
FOLDER = "folder-fernhill-launches"
# The sandbox's own tokens, which open nothing else.
JIRA_TOKEN = "sandbox-jira-token"  # noqa: S105
JIRA_DC_TOKEN = "sandbox-dc-token"  # noqa: S105
ASANA_TOKEN = "sandbox-asana-token"  # noqa: S105
CLICKUP_TOKEN = "pk_sandbox"  # noqa: S105
SLACK_TOKEN = "xoxb-sandbox"  # noqa: S105


def connect_tools(*, sandbox_url: str, plans: Sequence[Plan], people: dict[str, User]) -> None:
    """Connect the four trackers, link tasks to their milestones, and read them."""
    admin = people[ADMIN]
    tools = {name: _offering(_connect(*entered, admin), admin) for name, entered in _trackers(sandbox_url).items()}
    with ExitStack() as opened:
        clients = {name: opened.enter_context(closing(open_source(tool))) for name, tool in tools.items()}
        for plan in plans:
            _link(plan, tools, clients, people)
    work.drain("sync", "recompute")


def connect_places(*, sandbox_url: str, people: dict[str, User]) -> dict[str, Destination]:
    """Connect Slack and Google; the places that reports go to by name, a folder's by their kind."""
    admin = people[ADMIN]
    slack = _connect("slack", {"name": "Fernhill Slack", "token": SLACK_TOKEN}, admin)
    choose_places(connection=slack, version=None, places=open_destination(slack).places(), actor=admin)
    key = guarded_session().get(f"{sandbox_url}/_sandbox/google/service-account.json").text
    google = _connect("google", {"name": "Fernhill Google", "method": "key", "token": key}, admin)
    choose_places(connection=google, version=None, places=_places_of_folder(google), actor=admin)
    channels = {row.name.lstrip("#"): row for row in Destination.objects.filter(connection=slack)}
    return channels | {row.kind: row for row in Destination.objects.filter(connection=google)}


def _trackers(sandbox_url: str) -> dict[str, tuple[str, dict[str, str]]]:
    """What an admin enters, by the short names that the sample's tasks have."""
    ines = "ines@fernhill.example"
    return {
        "jira": (
            "jira_cloud",
            {"name": "Fernhill Jira", "base_url": f"{sandbox_url}/jira", "account": ines, "token": JIRA_TOKEN},
        ),
        "jira-dc": (
            "jira_data_center",
            {"name": "Hosting Jira", "base_url": f"{sandbox_url}/jira-dc", "token": JIRA_DC_TOKEN},
        ),
        "asana": ("asana", {"name": "Fernhill Asana", "token": ASANA_TOKEN}),
        "clickup": ("clickup", {"name": "Fernhill ClickUp", "token": CLICKUP_TOKEN}),
    }


def _connect(provider: str, entered: Mapping[str, str], admin: User) -> Connection:
    """Through the provider's own form, with its live test."""
    form = part(provider, "forms.CredentialsForm")(data=entered)
    if not form.is_valid():
        raise RuntimeError(f"the sandbox refused {PROVIDERS[provider].label}: {form.errors.as_text()}")
    return connect(
        provider=provider,
        name=form.cleaned_data["name"],
        base_url=form.address,
        account=form.identity,
        secret=form.new_secret,
        info=form.info,
        options=form.options,
        actor=admin,
    )


def _offering(tool: Connection, admin: User) -> Connection:
    """With all its projects offered but those that are nobody's business."""
    with closing(open_source(tool)) as client:
        offered = [project for project in client.projects() if not NOT_OFFERED & {project.key, project.name}]
    offer_projects(connection=tool, version=tool.version, projects=offered, actor=admin)
    return tool


def _link(
    plan: Plan, tools: Mapping[str, Connection], clients: Mapping[str, TaskSourceClient], people: dict[str, User]
) -> None:
    milestones = {row.name: row for row in Milestone.objects.filter(launch__key=plan.key).select_related("launch")}
    linked: list[tuple[Milestone, Tasks]] = [(milestones[step.name], one) for step in plan.steps for one in step.tasks]
    for milestone, tasks in linked:
        link_source(
            milestone=milestone,
            connection=tools[tasks.tool],
            kind=tasks.kind,
            query=tasks.query,
            title=clients[tasks.tool].verify(SourceQuery(tasks.kind, tasks.query)),
            actor=people[plan.owner],
        )


def _places_of_folder(google: Connection) -> list[Place]:
    """What a report can become in the folder, as its link brings it."""
    form = part("google", "forms.AddPlaceForm")(data={"link": FOLDER}, access=access_of(google))
    if not form.is_valid():
        raise RuntimeError(f"the sandbox's folder can't be used: {form.errors.as_text()}")
    return list(form.cleaned_data["places"])
