"""What an admin enters to connect ClickUp, and how a PM can choose tasks there."""

from __future__ import annotations

from contextlib import closing

from django import forms

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.sources.clickup.lists import list_id_of
from integrations.sources.clickup.source import ClickUpSource

SOURCE_KINDS = (
    (SourceKind.LIST, "List", "Its id, as 901200000001, or the address of its page. Closed tasks and subtasks count."),
)


def read_query(_kind: str, text: str) -> str:
    """The id out of a pasted address; what holds none stays as it was typed."""
    return list_id_of(text) or text.strip()


class CredentialsForm(credentials_form.CredentialsForm):
    """A personal token says all: the account and its workspaces."""

    where_tokens_are_made = "https://app.clickup.com/settings/apps"

    token = forms.CharField(
        max_length=1000,
        label="Personal API token",
        help_text="Begins with pk_. Luna sees what its account sees, so an account of its own is best. Stored "
        "encrypted, never shown again. Luna only reads.",
        widget=SecretInput(),
    )
    field_order = ["token", "name"]

    def check(self, access: Access) -> CheckReport:
        """The token, its workspaces, their lists."""
        with closing(ClickUpSource(access, [])) as source:
            return source.check()
