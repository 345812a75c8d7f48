"""What an admin enters to connect Jira Cloud, and how a PM can choose tasks there."""

from __future__ import annotations

from contextlib import closing

from django import forms

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.sources.jira.source import JiraSource

SOURCE_KINDS = (
    (SourceKind.EPIC, "Epic", "Its key, as CAL-2. Everything under it counts."),
    (SourceKind.JQL, "JQL query", "As in Jira’s search, as: project = CAL AND labels = launch"),
)


class CredentialsForm(credentials_form.CredentialsForm):
    """Address, account, token."""

    where_tokens_are_made = "https://id.atlassian.com/manage-profile/security/api-tokens"

    base_url = forms.CharField(
        max_length=300,
        label="Address",
        help_text="As in your browser, without the path: https://your-site.atlassian.net",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    account = forms.EmailField(
        label="E-mail of the account that reads",
        help_text="An account of its own is best: Luna sees what it sees, and nothing else.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    token = forms.CharField(
        max_length=1000,
        label="API token",
        help_text="Stored encrypted, never shown again. Luna only reads.",
        widget=SecretInput(),
    )
    field_order = ["base_url", "account", "token", "name"]

    def check(self, access: Access) -> CheckReport:
        """The address, the product, the account, its projects."""
        with closing(JiraSource(access, [])) as source:
            return source.check()
