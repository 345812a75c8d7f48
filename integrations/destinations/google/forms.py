"""What an admin enters to connect Google: a service account's key, or an OAuth client for a person's consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.urls import reverse

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.destinations.google.credentials import (
    PersonGrant,
    ServiceAccount,
    from_secret,
    read_key_file,
    sealed_form,
)
from integrations.destinations.google.destination import TEMPLATE_OPTION, GoogleDestination, id_in
from integrations.errors import ErrorKind, ProviderError
from luna.lib.redaction import Secret
from luna.lib.text import clean_line

if TYPE_CHECKING:
    from django.http import QueryDict

KEY, PERSON = "key", "person"
NO_TEMPLATE_OF_A_PERSON = (
    "By a person’s consent Luna sees only files that it made itself, so it can’t use a template. Leave this empty, or "
    "connect a service account with which the deck is shared."
)
_WAYS = {"token": KEY, "account": KEY, "client_id": PERSON, "client_secret": PERSON, "template": KEY}
"""Which of the two ways needs the field."""


class CredentialsForm(credentials_form.CredentialsForm):
    """Either way leads to the same connection; a person's way goes on to Google's consent page."""

    where_tokens_are_made = "https://console.cloud.google.com/apis/credentials"

    method = forms.ChoiceField(
        label="Luna writes as",
        choices=[(KEY, "A service account"), (PERSON, "A person’s account")],
        widget=forms.RadioSelect,
        initial=KEY,
        help_text="A service account belongs to no person and needs a shared drive, or the right to act for somebody.",
    )
    token = forms.CharField(
        required=False,
        max_length=12_000,
        label="JSON key",
        help_text="The whole file that Google Cloud gave you. Stored encrypted, never shown again.",
        widget=SecretInput(),
    )
    account = forms.EmailField(
        required=False,
        label="Act as",
        help_text="Optional, only with domain-wide delegation: the person in whose name files are made.",
    )
    client_id = forms.CharField(required=False, max_length=200, label="Client ID")
    client_secret = forms.CharField(required=False, max_length=200, label="Client secret", widget=SecretInput())
    template = forms.CharField(
        required=False,
        max_length=300,
        label="Template deck",
        help_text="Optional: link to a Google Slides deck whose look new decks take. It says {{title}} "
        "on one of its slides.",
    )
    field_order = ["name", "method", "token", "account", "client_id", "client_secret", "template"]

    def __init__(self, *args: Any, stored: Access | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=stored, **kwargs)
        self.pending: PersonGrant | None = None
        for name, way in _WAYS.items():
            self.fields[name].way = way  # type: ignore[attr-defined]  # read by templates/_shared/field.html
        back = f"{settings.BASE_URL}{reverse('integrations:consent')}"
        self.fields[
            "client_id"
        ].help_text = f"Of an OAuth client of the kind Web application with the redirect URI {back}"
        self.kept = _kept(stored)
        if isinstance(self.kept, PersonGrant):
            self.initial.update(method=PERSON, client_id=self.kept.client_id, account="")
            self.fields["client_secret"].widget.attrs["placeholder"] = "Kept, not shown."
        if stored is not None:
            self.initial["template"] = stored.options.get(TEMPLATE_OPTION, "")

    def check(self, access: Access) -> CheckReport:
        """Token, the three APIs, folders; then the template, if there is one."""
        place = GoogleDestination(access)
        report = place.check()
        template = self.options[TEMPLATE_OPTION]
        if report.error is None and template:
            try:
                place.check_template(template)
            except ProviderError as error:
                self.add_error("template", error.sentence)
        return report

    @property
    def pending_secret(self) -> Secret:
        """The OAuth client for which a person has to agree on Google's page before anything can be tried."""
        return sealed_form(self.pending) if self.pending else Secret("")

    @property
    def identity(self) -> str:
        """For whom a service account acts; whoever consented says it himself."""
        return "" if self.is_person else str(self.cleaned_data.get("account", ""))

    @property
    def is_person(self) -> bool:
        """Whether a person's consent is meant, not a key."""
        return self.cleaned_data.get("method") == PERSON

    @property
    def options(self) -> dict[str, Any]:
        """With the template's id."""
        return super().options | {TEMPLATE_OPTION: id_in(self.cleaned_data.get("template") or "")}

    @property
    def new_secret(self) -> Secret | None:
        """The key that was pasted. A person's comes with the consent."""
        typed = self.cleaned_data.get("token") or ""
        return sealed_form(read_key_file(typed)) if typed and not self.is_person else None

    def clean_token(self) -> str:
        """As it is: white space in a key has a meaning."""
        typed = str(self.cleaned_data["token"]).strip()
        if typed and self.data.get(self.add_prefix("method")) != PERSON:
            try:
                read_key_file(typed)
            except ProviderError as error:
                raise forms.ValidationError(error.sentence) from None
        return typed

    def clean(self) -> dict[str, Any]:
        """Try a key at once; a new OAuth client only after the consent."""
        if not self.errors:
            self._complete()
        return self.cleaned_data if self.errors or self.needs_consent else super().clean()

    def _complete(self) -> None:
        if not self.is_person:
            if not self.cleaned_data["token"] and not isinstance(self.kept, ServiceAccount):
                self.add_error("token", "Paste the JSON key of a service account.")
            return
        kept = self.kept if isinstance(self.kept, PersonGrant) else PersonGrant("", "")
        client_id = self.cleaned_data["client_id"].strip()
        typed = self.cleaned_data["client_secret"].strip()
        if self.cleaned_data["template"]:
            self.add_error("template", NO_TEMPLATE_OF_A_PERSON)
        if not client_id:
            self.add_error("client_id", "Enter the client ID of an OAuth client.")
        elif not typed and client_id != kept.client_id:
            self.add_error("client_secret", "Enter the client secret that belongs to this client ID.")
        elif typed or not kept.refresh_token or self._has_ended(kept):
            self.pending = PersonGrant(client_id, typed or kept.client_secret)

    def _has_ended(self, kept: PersonGrant) -> bool:
        """Whether the stored consent is no good any more, so that the way leads to Google's page again."""
        report = GoogleDestination(Access("", "", sealed_form(kept))).check()
        return report.error is not None and report.error.kind == ErrorKind.SIGN_IN_REFUSED


def _kept(stored: Access | None) -> ServiceAccount | PersonGrant | None:
    if stored is None or not stored.secret:
        return None
    try:
        return from_secret(stored.secret)
    except ProviderError:
        return None


class AddPlaceForm(forms.Form):
    """A folder that Luna does not name by itself: by its link, or made anew. `places` are what came of it."""

    link = forms.CharField(
        required=False,
        max_length=300,
        label="Link to a folder",
        help_text="As your browser shows it in Drive, or its id. Luna’s account has to be allowed to write there.",
    )
    new_folder = forms.CharField(
        required=False,
        max_length=80,
        label="Or make a folder named",
        help_text="In the person’s own Drive, where Luna sees only what it made. Move and share it as you like.",
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access = access
        if not GoogleDestination(access).acts_for_a_person:
            del self.fields["new_folder"]

    def clean(self) -> dict[str, Any]:
        """Ask Google for the folder, and who can see it."""
        link = id_in(str(self.cleaned_data.get("link") or ""))
        name = clean_line(str(self.cleaned_data.get("new_folder") or ""))
        if not link and not name:
            self.add_error("link", "Paste the link of a folder.")
            return self.cleaned_data
        place = GoogleDestination(self.access)
        try:
            folder = link or place.make_folder(name)
        except ProviderError as error:
            self.add_error("new_folder", error.sentence)
            return self.cleaned_data
        try:
            found = place.places_in(folder)
        except ProviderError as error:
            self._keep(folder)
            self.add_error("link", error.sentence)
            return self.cleaned_data
        if found[0].trouble:
            self.add_error("link", found[0].trouble)
        return self.cleaned_data | {"places": found}

    def _keep(self, folder: str) -> None:
        """Show the folder as the one that was pasted: what was made once isn't made again by another try."""
        posted = cast("QueryDict", self.data).copy()
        posted[self.add_prefix("link")] = folder
        posted[self.add_prefix("new_folder")] = ""
        self.data = posted
