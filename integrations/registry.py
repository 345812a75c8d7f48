"""The services that Luna knows: one line each. A folder is imported when its service is first used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from integrations.credentials import access_of
from integrations.models import Connection
from integrations.own_list import rows_of

if TYPE_CHECKING:
    from integrations.destinations.base import DestinationClient
    from integrations.sources.base import TaskSourceClient
    from integrations.sources.webhooks import WebhookRegistrar
    from integrations.sources.writing import LinkWriter


@dataclass(frozen=True)
class ProviderEntry:
    """A service: what people call it, what Luna does with it, and the folder that knows it.

    The folder of a task tool holds `source.open_source`, that of a place `destination.open_destination`; both hold
    `forms.CredentialsForm`, a task tool `forms.SOURCE_KINDS` too.
    """

    label: str
    about: str
    folder: str
    offers: str = "project"
    """What an admin chooses among, in the singular: where tasks are read from, or where reports go to."""

    form: str = ""
    """The form of reports (reports.media) that a place takes, where its kind does not say it."""

    webhooks: str = ""
    """How a task tool comes to call Luna: "registered" by Luna (its folder holds `registration.open_registrar` and
    `webhook`), or "either" so or by an admin's hand (`registration.can_ask` says what Luna may try). Empty where it
    can't."""

    links: str = ""
    """What Luna may leave on a task of the tool where an admin allows it: a "link" that follows new names, or a
    "comment" (its folder holds `writes.open_writer`). Empty where it leaves nothing."""

    links_by_consent: bool = False
    """Whether a person's consent may cover reading alone, and be asked for again for links (`consent.may_write`)."""

    is_own_list: bool = False
    """Whether there is no service behind it: Luna keeps what people give, and its folder reads the kept rows."""

    @property
    def is_task_tool(self) -> bool:
        """Whether tasks are read from it; else reports are sent to it."""
        return ".sources." in self.folder


PROVIDERS: dict[str, ProviderEntry] = {
    "jira_cloud": ProviderEntry(
        "Jira Cloud",
        "Reads the tasks behind milestones.",
        "integrations.sources.jira.cloud",
        webhooks="either",
        links="link",
        links_by_consent=True,
    ),
    "jira_data_center": ProviderEntry(
        "Jira Data Center",
        "Reads the tasks behind milestones.",
        "integrations.sources.jira.data_center",
        webhooks="either",
        links="link",
    ),
    "asana": ProviderEntry(
        "Asana",
        "Reads the tasks behind milestones.",
        "integrations.sources.asana",
        webhooks="registered",
        links="comment",
    ),
    "clickup": ProviderEntry(
        "ClickUp",
        "Reads the tasks behind milestones.",
        "integrations.sources.clickup",
        "list",
        webhooks="registered",
        links="comment",
    ),
    "upload": ProviderEntry(
        "Your own list",
        "Takes tasks from a CSV file, a spreadsheet or JSON, for teams on other tools.",
        "integrations.sources.upload",
        "list",
        is_own_list=True,
    ),
    "google": ProviderEntry(
        "Google Workspace",
        "Writes documents and slides into folders of Drive.",
        "integrations.destinations.google",
        "folder",
    ),
    "slack": ProviderEntry("Slack", "Posts reports into channels.", "integrations.destinations.slack", "channel"),
}


def task_tools() -> list[str]:
    """The providers that tasks are read from."""
    return [name for name, entry in PROVIDERS.items() if entry.is_task_tool]


def places() -> list[str]:
    """The providers that reports are sent to."""
    return [name for name, entry in PROVIDERS.items() if not entry.is_task_tool]


@cache
def part(provider: str, dotted: str) -> Any:
    """`dotted` out of the provider's folder, as `forms.CredentialsForm`."""
    return import_string(f"{PROVIDERS[provider].folder}.{dotted}")


def open_source(connection: Connection) -> TaskSourceClient:
    """A client of the connection's task tool, limited to the projects that it offers.

    Raises NeedsAttentionError when the stored secret can't be read.
    """
    client: TaskSourceClient
    if PROVIDERS[connection.provider].is_own_list:
        client = part(connection.provider, "source.open_source")(rows_of(connection))
        return client
    client = part(connection.provider, "source.open_source")(access_of(connection), connection.offered)
    return client


def open_registrar(connection: Connection) -> WebhookRegistrar:
    """What asks the connection's tool to call. Raises NeedsAttentionError when the stored secret can't be read."""
    opened = part(connection.provider, "registration.open_registrar")
    registrar: WebhookRegistrar = opened(access_of(connection), connection.offered)
    return registrar


def open_writer(connection: Connection) -> LinkWriter:
    """What leaves links in the connection's tool. Raises NeedsAttentionError when the stored secret can't be read."""
    writer: LinkWriter = part(connection.provider, "writes.open_writer")(access_of(connection))
    return writer


def open_destination(connection: Connection) -> DestinationClient:
    """A client of the connection's place. Raises NeedsAttentionError when the stored secret can't be read."""
    client: DestinationClient = part(connection.provider, "destination.open_destination")(access_of(connection))
    return client
