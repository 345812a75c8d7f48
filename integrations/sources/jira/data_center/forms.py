"""What an admin enters to connect Jira Data Center."""

from __future__ import annotations

from contextlib import closing

from integrations.account import Access, CheckReport
from integrations.sources.jira.data_center.source import DataCenterSource
from integrations.sources.jira.forms import (
    SOURCE_KINDS,
    JiraForm,
    address_field,
    read_query,
    token_ends_field,
    token_field,
)

__all__ = ["SOURCE_KINDS", "CredentialsForm", "read_query"]


class CredentialsForm(JiraForm):
    """The token says whose it is: there is no account to enter."""

    base_url = address_field("As in your browser up to the sign before /browse: https://jira.your-company.com")
    token = token_field("Personal access token", "Made in Jira: your profile, Personal Access Tokens.")
    token_ends_on = token_ends_field()

    def check(self, access: Access) -> CheckReport:
        """The address, the product, the account, its projects."""
        with closing(DataCenterSource(access, [])) as source:
            return source.check()
