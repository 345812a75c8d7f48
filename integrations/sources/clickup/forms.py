"""What an admin enters to connect ClickUp, and how a PM can choose tasks there."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.errors import ErrorKind, ProviderError
from integrations.sources.clickup.grants import Grant, grant_of, sealed_form
from integrations.sources.clickup.lists import list_id_of
from integrations.sources.clickup.source import MOST_WALK_CALLS, ClickUpSource
from luna.lib.redaction import Secret

SOURCE_KINDS = (
    (SourceKind.LIST, "List", "Its id, as 901200000001, or the address of its page. Closed tasks and subtasks count."),
)


def read_query(_kind: str, text: str) -> str:
    """The id out of a pasted address; what holds none stays as it was typed."""
    return list_id_of(text) or text.strip()


TOKEN, CONSENT = "key", "person"
_WAYS = {"token": TOKEN, "client_id": CONSENT, "client_secret": CONSENT}
"""Which of the two ways needs the field."""


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
    """A personal token, or a person's consent on ClickUp's page: either says all, the account and its workspaces."""

    where_tokens_are_made = "https://app.clickup.com/settings/apps"

    method = forms.ChoiceField(
        required=False,
        label="Luna signs in with",
        choices=[(TOKEN, "A personal token"), (CONSENT, "A person’s consent")],
        widget=forms.RadioSelect,
        initial=TOKEN,
        help_text="By consent a person chooses the workspaces on ClickUp’s own page, and can end it there.",
    )
    token = forms.CharField(
        required=False,
        max_length=1000,
        label="Personal API token",
        help_text="Begins with pk_. Luna sees what its account sees, so an account of its own is best. Stored "
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
        self.fields["client_id"].help_text = f"Of an app in ClickUp, Settings, Apps, with the redirect URL {back}"
        self.kept = grant_of(stored.secret) if stored is not None else None
        if self.kept is not None:
            self.initial.update(method=CONSENT, client_id=self.kept.client_id)
            self.fields["token"].widget.attrs.pop("placeholder", None)
            self.fields["client_secret"].widget.attrs["placeholder"] = "Kept, not shown."

    def check(self, access: Access) -> CheckReport:
        """The token, its workspaces, their lists."""
        with closing(ClickUpSource(access, [])) as source:
            return source.check()

    @property
    def pending_secret(self) -> Secret:
        """The app for which a person has to agree on ClickUp's page before anything can be tried."""
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
            self.add_error("token", "Paste a personal token.")
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
            self.add_error("client_id", "Enter the client ID of an app in ClickUp.")
        elif not typed and client_id != kept.client_id:
            self.add_error("client_secret", "Enter the client secret that belongs to this client ID.")
        elif typed or self._has_ended(kept):
            self.pending = Grant(client_id, typed or kept.client_secret)

    def _has_ended(self, kept: Grant) -> bool:
        """Whether the stored consent is no good any more, so that the way leads to ClickUp's page again."""
        error = self.check(Access("", "", sealed_form(kept))).error
        return error is not None and error.kind in {ErrorKind.SIGN_IN_REFUSED, ErrorKind.MISSING_SCOPE}
