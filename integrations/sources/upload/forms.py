"""What an admin enters to begin a list of one's own: its name."""

from __future__ import annotations

from integrations import credentials_form
from integrations.account import Access, AccountInfo, CheckReport, Step
from integrations.domain.types import SourceKind
from integrations.sources.upload.source import ALL

SOURCE_KINDS = ((SourceKind.LIST, "List", f"Enter “{ALL}”: a list of your own is read as a whole."),)


class CredentialsForm(credentials_form.CredentialsForm):
    """A name; the key for sending JSON is made on the connection's page."""

    def check(self, access: Access) -> CheckReport:  # noqa: ARG002  there is nobody to ask
        """Always well."""
        return CheckReport((Step("Kept in Luna", "ok"),), AccountInfo("", "Your own list"))
