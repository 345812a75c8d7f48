"""What an admin enters to connect Jira Cloud."""

from __future__ import annotations

from contextlib import closing

from django import forms

from integrations.account import Access, CheckReport
from integrations.sources.jira.cloud.source import CloudSource
from integrations.sources.jira.forms import SOURCE_KINDS, JiraForm, address_field, read_query, token_field

__all__ = ["SOURCE_KINDS", "CredentialsForm", "read_query"]


class CredentialsForm(JiraForm):
    """With the account that the token belongs to."""

    where_tokens_are_made = "https://id.atlassian.com/manage-profile/security/api-tokens"

    base_url = address_field("As in your browser, without the path: https://your-site.atlassian.net")
    account = forms.EmailField(
        label="E-mail of the account that reads",
        help_text="An account of its own is best: Luna sees what it sees, and nothing else.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    token = token_field("API token")

    def check(self, access: Access) -> CheckReport:
        """The address, the product, the account, its projects."""
        with closing(CloudSource(access, [])) as source:
            return source.check()
