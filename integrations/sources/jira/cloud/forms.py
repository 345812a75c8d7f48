"""What an admin enters to connect Jira Cloud."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

from django import forms

from integrations.account import Access, CheckReport
from integrations.errors import ErrorKind
from integrations.sources.jira.cloud.addresses import CLOUD_ID, cloud_id_of
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
    token = token_field("API token", "With scopes (read:jira-work and read:jira-user) or without.")

    cloud_id = ""
    """The site's id at the gateway, where only that takes the token."""

    def check(self, access: Access) -> CheckReport:
        """The address, the product, the account, its projects; a token with scopes by way of the gateway."""
        others = {name: value for name, value in access.options.items() if name != CLOUD_ID}
        report = _checked(replace(access, options=others))
        if report.error is None or report.error.kind != ErrorKind.SIGN_IN_REFUSED:
            return report
        cloud_id = cloud_id_of(access.base_url)
        through = _checked(replace(access, options=others | {CLOUD_ID: cloud_id})) if cloud_id else report
        if through.error is not None and through.error.kind == ErrorKind.SIGN_IN_REFUSED:
            return report
        self.cloud_id = cloud_id
        return through

    @property
    def options(self) -> dict[str, Any]:
        """With the way by the gateway, as the check found it."""
        others = {name: value for name, value in super().options.items() if name != CLOUD_ID}
        return others | {CLOUD_ID: self.cloud_id} if self.cloud_id else others


def _checked(access: Access) -> CheckReport:
    with closing(CloudSource(access, [])) as source:
        return source.check()
