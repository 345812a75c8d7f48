"""What an admin enters to connect either kind of Jira, and how a PM can choose tasks there."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from integrations import credentials_form
from integrations.account import Access
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.sources.jira import link_types, resolutions
from luna import clock
from luna.lib.text import clean_line, clean_text
from luna.ui.fields import DayField

_BROWSED = re.compile(r"/browse/([^/]+)")
DEFAULTS = {resolutions.OPTION: resolutions.DEFAULT, link_types.OPTION: link_types.DEFAULT}
"""The lists that an admin may change, by the names of their fields and of Connection.options."""
SOURCE_KINDS = (
    (SourceKind.EPIC, "Epic", "Its key, as CAL-2. Everything under it counts."),
    (SourceKind.JQL, "JQL query", "As in Jira’s search, as: project = CAL AND labels = launch"),
)


def address_field(help_text: str) -> forms.CharField:
    """Where the site is."""
    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"})
    return forms.CharField(max_length=300, label="Address", help_text=help_text, widget=widget)


def token_field(label: str, made: str = "") -> forms.CharField:
    """What Luna signs in with; `made` is a sentence that says where it comes from."""
    return forms.CharField(
        max_length=1000,
        label=label,
        help_text=f"{made} Stored encrypted, never shown again. Luna only reads, unless you allow links back.".strip(),
        widget=SecretInput(),
    )


def token_ends_field() -> DayField:
    """The day on which a token ends that was made with one; nobody but its maker is told."""
    told = "As Jira said when it was made; else leave it empty. Luna says so two weeks before."
    return DayField(required=False, label="The token ends on", help_text=told)


def read_query(kind: str, text: str) -> str:
    """An epic's key in capitals, also out of the address of its page; a JQL cleaned."""
    if kind != SourceKind.EPIC:
        return clean_text(text)
    typed = clean_line(text)
    browsed = _BROWSED.search(typed.partition("?")[0])
    return (browsed[1] if browsed else typed).upper()


class JiraForm(credentials_form.CredentialsForm):
    """What means cancelled, and what means waiting; each kind of Jira adds its address, account and token."""

    cancelled_resolutions = forms.CharField(
        required=False,
        label="Resolutions that mean “cancelled”",
        help_text="One per line, or parted by commas. Tasks resolved like this count neither as done nor as to do. "
        "After a change Luna reads everything again.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "plain", "spellcheck": "false"}),
    )
    blocking_links = forms.CharField(
        required=False,
        label="Links by which a task waits for another",
        help_text="The words that the waiting task shows, as “is blocked by”, or the link type’s name; one per line, "
        "or parted by commas.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "plain", "spellcheck": "false"}),
    )
    field_order = ["base_url", "account", "token", "token_ends_on", "name", *DEFAULTS]

    def __init__(self, *args: Any, stored: Access | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=stored, **kwargs)
        for name in DEFAULTS:
            self.fields[name].initial = "\n".join(self._stored_list(name))

    def _stored_list(self, name: str) -> list[str]:
        options = self.stored.options if self.stored else {}
        return list(options.get(name, DEFAULTS[name]))

    def clean_token_ends_on(self) -> date | None:
        """Of a new token a day to come."""
        day: date | None = self.cleaned_data["token_ends_on"]
        if day is not None and self.cleaned_data.get("token") and day <= timezone.localtime(clock.now()).date():
            raise forms.ValidationError("A new token ends on a later day. Enter it, or leave this empty.")
        return day

    def clean_cancelled_resolutions(self) -> list[str]:
        """The list; the stored one where the field was not sent at all."""
        return self._typed_list(resolutions.OPTION, "resolution")

    def clean_blocking_links(self) -> list[str]:
        """As the resolutions."""
        return self._typed_list(link_types.OPTION, "link type")

    def _typed_list(self, name: str, what: str) -> list[str]:
        if self.fields[name].widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name)):
            return self._stored_list(name)
        try:
            return resolutions.typed_list(str(self.cleaned_data[name]), what=what)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    @property
    def options(self) -> dict[str, Any]:
        """The lists, where they are others than the default ones."""
        kept = {name: value for name, value in super().options.items() if name not in DEFAULTS}
        chosen = {name: self.cleaned_data.get(name, self._stored_list(name)) for name in DEFAULTS}
        return kept | {name: names for name, names in chosen.items() if names != list(DEFAULTS[name])}
