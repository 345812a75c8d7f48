"""What an admin enters to connect either kind of Jira, and how a PM can choose tasks there."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from integrations import credentials_form
from integrations.account import Access
from integrations.credentials_form import SecretInput
from integrations.domain.types import SourceKind
from integrations.sources.jira import resolutions
from luna.lib.text import clean_line, clean_text

_BROWSED = re.compile(r"/browse/([^/]+)")
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
        help_text=f"{made} Stored encrypted, never shown again. Luna only reads.".strip(),
        widget=SecretInput(),
    )


def read_query(kind: str, text: str) -> str:
    """An epic's key in capitals, also out of the address of its page; a JQL cleaned."""
    if kind != SourceKind.EPIC:
        return clean_text(text)
    typed = clean_line(text)
    browsed = _BROWSED.search(typed.partition("?")[0])
    return (browsed[1] if browsed else typed).upper()


class JiraForm(credentials_form.CredentialsForm):
    """What means cancelled; each kind of Jira adds its address, account and token."""

    cancelled_resolutions = forms.CharField(
        required=False,
        label="Resolutions that mean “cancelled”",
        help_text="One per line, or parted by commas. Tasks resolved like this count neither as done nor as to do. "
        "After a change Luna reads everything again.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "plain", "spellcheck": "false"}),
    )
    field_order = ["base_url", "account", "token", "name", "cancelled_resolutions"]

    def __init__(self, *args: Any, stored: Access | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=stored, **kwargs)
        self.fields["cancelled_resolutions"].initial = "\n".join(self._stored_resolutions())

    def _stored_resolutions(self) -> list[str]:
        options = self.stored.options if self.stored else {}
        return list(options.get(resolutions.OPTION, resolutions.DEFAULT))

    def clean_cancelled_resolutions(self) -> list[str]:
        """The list; the stored one where the field was not sent at all."""
        field = self.fields["cancelled_resolutions"]
        name = self.add_prefix("cancelled_resolutions")
        if field.widget.value_omitted_from_data(self.data, self.files, name):
            return self._stored_resolutions()
        try:
            return resolutions.typed_list(str(self.cleaned_data["cancelled_resolutions"]))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    @property
    def options(self) -> dict[str, Any]:
        """The list, where it is another than the default one."""
        others = {name: value for name, value in super().options.items() if name != resolutions.OPTION}
        chosen = self.cleaned_data.get("cancelled_resolutions", self._stored_resolutions())
        return others if chosen == list(resolutions.DEFAULT) else others | {resolutions.OPTION: chosen}
