"""What an admin enters to connect Asana, and how a PM can choose tasks there."""

from __future__ import annotations

import re
from contextlib import closing

from django import forms

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.sources.asana.source import AsanaSource
from luna.lib.text import clean_line

SOURCE_KINDS = (
    (SourceKind.PROJECT, "Project", "Pick one, or paste its address from Asana. Every task in it counts."),
    (SourceKind.SECTION, "Section", "Pick one. Every task that stands in it counts."),
)
# https://forum.asana.com/t/upcoming-new-v1-asana-url-format-in-the-browser/1011489
_ADDRESSES = {
    SourceKind.PROJECT: re.compile(r"/project/(\d+)|/0/(\d+)"),
    SourceKind.SECTION: re.compile(r"/sections?/(\d+)|/0/\d+/(\d+)"),
}


def read_query(kind: str, text: str) -> str:
    """What was typed or pasted as a gid; what is neither a gid nor an address of Asana's stays as it is."""
    typed = clean_line(text)
    pattern = _ADDRESSES.get(SourceKind(kind)) if kind in {SourceKind.PROJECT, SourceKind.SECTION} else None
    found = pattern.search(typed.partition("?")[0]) if pattern is not None and "://" in typed else None
    return next((gid for gid in found.groups() if gid), typed) if found else typed


class CredentialsForm(credentials_form.CredentialsForm):
    """A personal access token says all: the account and its workspaces."""

    where_tokens_are_made = "https://app.asana.com/0/my-apps"

    token = forms.CharField(
        max_length=1000,
        label="Personal access token",
        help_text="Made in Asana’s developer console. An account of its own is best: Luna sees what it sees. Stored "
        "encrypted, never shown again. Luna only reads.",
        widget=SecretInput(),
    )
    field_order = ["token", "name"]

    def check(self, access: Access) -> CheckReport:
        """The token, its workspaces, their projects."""
        with closing(AsanaSource(access, [])) as source:
            return source.check()
