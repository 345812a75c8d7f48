"""What an admin enters to connect Asana, and how a PM can choose tasks there."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.errors import ErrorKind
from integrations.sources.asana.grants import Grant, grant_of, sealed_form
from integrations.sources.asana.source import AsanaSource
from luna.lib.redaction import Secret
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


TOKEN, CONSENT = "key", "person"
_WAYS = {"token": TOKEN, "client_id": CONSENT, "client_secret": CONSENT}
"""Which of the two ways needs the field."""


class CredentialsForm(credentials_form.CredentialsForm):
    """A personal access token, or a person's consent on Asana's page: either says the account and its workspaces."""

    where_tokens_are_made = "https://app.asana.com/0/my-apps"

    method = forms.ChoiceField(
        required=False,
        label="Luna signs in with",
        choices=[(TOKEN, "A personal token"), (CONSENT, "A person’s consent")],
        widget=forms.RadioSelect,
        initial=TOKEN,
        help_text="By consent nothing is copied but the app’s secret, and the person can end it in Asana.",
    )
    token = forms.CharField(
        required=False,
        max_length=1000,
        label="Personal access token",
        help_text="Made in Asana’s developer console. An account of its own is best: Luna sees what it sees. Stored "
        "encrypted, never shown again. Luna only reads, unless you allow links back.",
        widget=SecretInput(),
    )
    client_id = forms.CharField(required=False, max_length=200, label="Client ID")
    client_secret = forms.CharField(required=False, max_length=200, label="Client secret", widget=SecretInput())
    field_order = ["method", "token", "client_id", "client_secret", "name"]

    def __init__(self, *args: Any, stored: Access | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=stored, **kwargs)
        self.pending: Grant | None = None
        for name, way in _WAYS.items():
            self.fields[name].way = way  # type: ignore[attr-defined]  # read by templates/_shared/field.html
        back = f"{settings.BASE_URL}{reverse('integrations:consent')}"
        self.fields[
            "client_id"
        ].help_text = f"Of an app in Asana’s developer console with full permissions and the redirect URL {back}"
        self.kept = grant_of(stored.secret) if stored is not None else None
        if self.kept is not None:
            self.initial.update(method=CONSENT, client_id=self.kept.client_id)
            self.fields["token"].widget.attrs.pop("placeholder", None)
            self.fields["client_secret"].widget.attrs["placeholder"] = "Kept, not shown."

    def check(self, access: Access) -> CheckReport:
        """The token, its workspaces, their projects."""
        with closing(AsanaSource(access, [])) as source:
            return source.check()

    @property
    def pending_secret(self) -> Secret:
        """The app for which a person has to agree on Asana's page before anything can be tried."""
        return sealed_form(self.pending) if self.pending else Secret("")

    @property
    def new_secret(self) -> Secret | None:
        """The token that was typed. A person's comes with the consent."""
        return None if self.cleaned_data.get("method") == CONSENT else super().new_secret

    def clean(self) -> dict[str, Any]:
        """Try a token at once; a new app only after the consent."""
        if not self.errors and self.cleaned_data["method"] == CONSENT:
            self._ask_consent()
        elif not self.errors and not self.cleaned_data["token"] and not self._keeps_token:
            self.add_error("token", "Paste a personal access token.")
        return self.cleaned_data if self.errors or self.needs_consent else super().clean()

    def clean_method(self) -> str:
        """A token, unless something else is said."""
        return self.cleaned_data["method"] or TOKEN

    @property
    def _keeps_token(self) -> bool:
        """Whether a personal token is stored already."""
        return self.stored is not None and bool(self.stored.secret) and self.kept is None

    def _ask_consent(self) -> None:
        kept = self.kept or Grant("", "")
        client_id = self.cleaned_data["client_id"].strip()
        typed = self.cleaned_data["client_secret"].strip()
        if not client_id:
            self.add_error("client_id", "Enter the client ID of an app in Asana.")
        elif not typed and client_id != kept.client_id:
            self.add_error("client_secret", "Enter the client secret that belongs to this client ID.")
        elif typed or self._has_ended(kept):
            self.pending = Grant(client_id, typed or kept.client_secret)

    def _has_ended(self, kept: Grant) -> bool:
        """Whether the stored consent is no good any more, so that the way leads to Asana's page again."""
        error = self.check(Access("", "", sealed_form(kept))).error
        return error is not None and error.kind in {ErrorKind.SIGN_IN_REFUSED, ErrorKind.MISSING_SCOPE}
