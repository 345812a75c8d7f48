"""Connecting the sample company to the sandbox's Jira and Slack, and its first digests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from integrations.actions.connections import choose_places, connect, offer_projects
from integrations.actions.sources import link_source
from integrations.domain.types import SourceKind
from integrations.models import Connection, Destination
from integrations.registry import open_destination, open_source, part
from launches.models import Launch
from luna.demo.company import ZONE, Plan
from luna.lib import work
from luna.lib.redaction import Secret
from milestones.models import Milestone
from people.models import User
from reports.actions.editions import send_report
from reports.actions.schedules import ScheduleFields, create_schedule

ADMIN = "hannah"
NOT_OFFERED = "OPS"
JIRA_TOKEN = "sandbox-jira-token"  # noqa: S105  the sandbox's own
SLACK_TOKEN = "xoxb-sandbox"  # noqa: S105  the sandbox's own


def connect_tools(*, sandbox_url: str, plans: Sequence[Plan], people: dict[str, User]) -> None:
    """Connect, link every epic to its milestone, sync, schedule the digests and send the first ones."""
    jira = _connect(
        "jira_cloud",
        {
            "name": "Fernhill Jira",
            "base_url": f"{sandbox_url}/jira",
            "account": "ines@fernhill.example",
            "token": JIRA_TOKEN,
        },
        people[ADMIN],
    )
    offered = [project for project in open_source(jira).projects() if project.key != NOT_OFFERED]
    offer_projects(connection=jira, version=jira.version, projects=offered, actor=people[ADMIN])
    for plan in plans:
        _link_epics(plan, jira, people)
    work.drain("sync", "recompute")
    slack = _connect("slack", {"name": "Fernhill Slack", "token": SLACK_TOKEN}, people[ADMIN])
    channels = _open_channels(slack, people[ADMIN])
    for plan in plans:
        if plan.channel:
            _digest(plan, channels[plan.channel], people[plan.owner])


def _connect(provider: str, entered: Mapping[str, str], admin: User) -> Connection:
    """As an admin does it: through the provider's own form, with its live test."""
    form = part(provider, "forms.CredentialsForm")(data=entered)
    if not form.is_valid():
        raise RuntimeError(f"the sandbox refused {provider}: {form.errors.as_text()}")
    return connect(
        provider=provider,
        name=form.cleaned_data["name"],
        base_url=form.address,
        account=form.identity,
        secret=Secret(entered["token"]),
        info=form.info,
        actor=admin,
    )


def _link_epics(plan: Plan, jira: Connection, people: dict[str, User]) -> None:
    milestones = {row.name: row for row in Milestone.objects.filter(launch__key=plan.key).select_related("launch")}
    for step in plan.steps:
        if step.epic:
            link_source(
                milestone=milestones[step.name],
                connection=jira,
                kind=SourceKind.EPIC,
                query=step.epic,
                title=step.name,
                actor=people[plan.owner],
            )


def _open_channels(slack: Connection, admin: User) -> dict[str, Destination]:
    """The channels that the launches post to, by name."""
    choose_places(connection=slack, places=open_destination(slack).places(), actor=admin)
    return {place.name.lstrip("#"): place for place in Destination.objects.filter(connection=slack)}


def _digest(plan: Plan, channel: Destination, owner: User) -> None:
    launch = Launch.objects.get(key=plan.key)
    every_monday = ScheduleFields(weekday=0, local_time=time(9), time_zone=ZONE)
    create_schedule(launch=launch, fields=every_monday, destinations=[channel], actor=owner)
    send_report(launch=launch, destinations=[channel], actor=owner)
