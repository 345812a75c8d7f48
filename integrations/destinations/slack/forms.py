"""What an admin enters to connect Slack."""

from __future__ import annotations

from django import forms

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.destinations.slack.destination import SlackDestination


class CredentialsForm(credentials_form.CredentialsForm):
    """A bot token says all: the workspace and the account."""

    where_tokens_are_made = "https://api.slack.com/apps"

    token = forms.CharField(
        max_length=1000,
        label="Bot token",
        help_text="Begins with xoxb-. The app needs chat:write, channels:read, groups:read, channels:history and "
        "groups:history. Stored encrypted, never shown again.",
        widget=SecretInput(),
    )
    field_order = ["token", "name"]

    def check(self, access: Access) -> CheckReport:
        """The token, and whether channels can be listed."""
        return SlackDestination(access).check()
