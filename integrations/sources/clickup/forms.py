"""What an admin enters to connect ClickUp, and how a PM can choose tasks there."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from django import forms

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.errors import ProviderError
from integrations.sources.clickup.lists import list_id_of
from integrations.sources.clickup.source import MOST_WALK_CALLS, ClickUpSource

SOURCE_KINDS = (
    (SourceKind.LIST, "List", "Its id, as 901200000001, or the address of its page. Closed tasks and subtasks count."),
)


def read_query(_kind: str, text: str) -> str:
    """The id out of a pasted address; what holds none stays as it was typed."""
    return list_id_of(text) or text.strip()


class AddProjectForm(forms.Form):
    """A list by its address: finding lists by itself, Luna stops after so many calls. `project` is what came of it."""

    link = forms.CharField(
        max_length=300,
        label="Address of a list",
        help_text="As your browser shows it, or the list’s id. Luna looks for lists with at most "
        f"{MOST_WALK_CALLS} calls, because ClickUp allows few in a minute: one that it did not find is added here.",
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access = access

    def clean(self) -> dict[str, Any]:
        """Ask ClickUp for the list."""
        text = str(self.cleaned_data.get("link") or "")
        if not text:
            return self.cleaned_data
        try:
            with closing(ClickUpSource(self.access, None)) as source:
                return self.cleaned_data | {"project": source.project(text)}
        except ProviderError as error:
            self.add_error("link", error.sentence)
            return self.cleaned_data


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
