"""Choosing: what a connection offers, and which tasks count for a milestone."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django import forms

from integrations.domain.types import SourceKind
from integrations.errors import ProviderError
from integrations.models import Connection
from integrations.registry import open_source, part
from integrations.selectors import task_connections
from integrations.sources.base import SourceQuery, TaskRecord
from luna.lib.text import clean_line, clean_text

SAMPLE_SIZE = 5


@dataclass(frozen=True)
class Preview:
    """What a query finds, before it is saved."""

    count: int
    sample: list[TaskRecord]


class OfferForm(forms.Form):
    """Which projects or channels are offered. `items` are (id, label) as the service tells them now."""

    chosen = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, label="Offered")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = items  # type: ignore[attr-defined]


class SourceForm(forms.Form):
    """A connection, a way to choose, and a query; `clean` asks the service."""

    connection = forms.ModelChoiceField(queryset=Connection.objects.none(), label="Connection", empty_label=None)
    kind = forms.ChoiceField(label="Choose tasks by")
    query = forms.CharField(
        max_length=2000,
        label="Epic or query",
        widget=forms.Textarea(attrs={"rows": 2, "class": "code", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, with_preview: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.with_preview = with_preview
        self.preview: Preview | None = None
        self.title = ""
        connections = list(task_connections())
        self.has_connections = bool(connections)
        self.fields["connection"].queryset = task_connections()  # type: ignore[attr-defined]
        self.fields["connection"].choices = [(row.pk, row.name) for row in connections]  # type: ignore[attr-defined]
        kinds = {
            str(value): (label, hint)
            for provider in sorted({connection.provider for connection in connections})
            for value, label, hint in part(provider, "forms.SOURCE_KINDS")
        }
        self.fields["kind"].choices = [(value, label) for value, (label, _) in kinds.items()]  # type: ignore[attr-defined]
        self.fields["query"].help_text = " ".join(f"{label}: {hint}" for label, hint in kinds.values())

    def clean_query(self) -> str:
        """Cleaned; an epic's key in capitals on one line."""
        text = str(self.cleaned_data["query"])
        if self.cleaned_data.get("kind") == SourceKind.EPIC:
            return clean_line(text).upper()
        return clean_text(text)

    def clean(self) -> dict[str, Any]:
        """Refuse what the service does not take; count and sample what it finds."""
        if not self.errors:
            query = SourceQuery(self.cleaned_data["kind"], self.cleaned_data["query"])
            try:
                with closing(open_source(self.cleaned_data["connection"])) as client:
                    self.title = client.verify(query)
                    count = client.count(query)
                    sample = client.sample(query, SAMPLE_SIZE) if self.with_preview else []
                    self.preview = Preview(count, sample)
            except ProviderError as error:
                self.add_error("query", error.sentence)
        return self.cleaned_data
