"""Choosing: what a connection offers, and which tasks count for a milestone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms

from integrations.domain.types import SourceKind
from integrations.errors import ProviderError
from integrations.models import Connection
from integrations.registry import PROVIDERS, open_source, part
from integrations.selectors import task_connections
from integrations.sources.base import SourceQuery, TaskRecord
from integrations.troubles import Reader, refusal_for
from luna.lib.text import clean_text

if TYPE_CHECKING:
    from django.http import QueryDict

SAMPLE_SIZE = 5
MOST_COUNTED = 2000
"""Beyond it a count is told as “more than”: some tools only count by reading."""


@dataclass(frozen=True)
class Preview:
    """What a query finds, before it is saved."""

    count: int
    sample: list[TaskRecord]

    @property
    def words(self) -> str:
        """How many, as people say it."""
        if self.count > MOST_COUNTED:
            return f"More than {MOST_COUNTED:,} tasks"
        return f"About {self.count:,} task{'' if self.count == 1 else 's'}"


class OfferForm(forms.Form):
    """Which projects or channels are offered. `items` are (id, label) as the service tells them now."""

    chosen = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, label="Offered")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = items  # type: ignore[attr-defined]

    def meet(self, current: Connection, names: list[str]) -> None:
        """Say what somebody else chose meanwhile. What is ticked here stays, and another save keeps it."""
        said = ", ".join(names) or "nothing"
        self.add_error(None, f"Someone else saved this meanwhile and chose {said}. Save again to keep your choice.")
        posted = cast("QueryDict", self.data).copy()
        posted[self.add_prefix("version")] = str(current.version)
        self.data = posted


class _OneOfThem(forms.CharField):
    """One of several fields is needed: none is called optional, and the form itself looks whether one is there."""

    def validate(self, value: str) -> None:
        """Takes nothing, too."""


class SourceForm(forms.Form):
    """Tasks of one connection: picked among what it offers, or a way to choose and what is typed for it.

    The ways follow the connection: `chosen`, or the one that was posted. `clean` asks the service.
    """

    connection = forms.ModelChoiceField(queryset=Connection.objects.none(), widget=forms.HiddenInput)
    pick = _OneOfThem(label="Tasks of", widget=forms.Select)
    kind = _OneOfThem(label="Choose tasks by", widget=forms.Select)
    query = _OneOfThem(max_length=2000)
    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        reader: Reader,
        chosen: Connection | None = None,
        with_preview: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.with_preview = with_preview
        self.preview: Preview | None = None
        self.title = ""
        self.kinds: list[str] = []
        self.trouble = ""
        """Why what the connection offers can't be listed now."""
        self.connections = list(task_connections())
        self.fields["connection"].queryset = task_connections()  # type: ignore[attr-defined]
        posted = str(self.data.get("connection", ""))
        self.chosen = chosen or next((row for row in self.connections if str(row.pk) == posted), None)
        if self.chosen is not None:
            self.fields["connection"].initial = self.chosen.pk
            self._follow(self.chosen)

    def _follow(self, connection: Connection) -> None:
        """Show the ways to choose that this connection's tool has."""
        kinds = part(connection.provider, "forms.SOURCE_KINDS")
        labels = _either([label for _, label, _ in kinds])
        kind, query = self.fields["kind"], self.fields["query"]
        self.kinds = [str(value) for value, *_ in kinds]
        kind.initial = self.kinds[0]
        if len(kinds) == 1:
            kind.widget = forms.HiddenInput()
        else:
            kind.widget.choices = [(str(value), label) for value, label, _ in kinds]
        query.label = labels
        hints = [f"{label}: {hint[0].lower()}{hint[1:]}" for _, label, hint in kinds]
        query.help_text = " ".join(hints) if len(kinds) > 1 else kinds[0][2]
        if any(value == SourceKind.JQL for value, *_ in kinds):
            query.widget = forms.Textarea(attrs={"rows": 2, "class": "code", "spellcheck": "false"})

    @property
    def can_pick(self) -> bool:
        """Whether what the connection offers is listed."""
        return bool(self.fields["pick"].widget.choices)

    @property
    def is_typed(self) -> bool:
        """Whether something was typed, or has to be."""
        return not self.can_pick or bool(self["query"].value())

    def list_choices(self) -> None:
        """Ask the service what can be picked."""
        if self.chosen is None:
            return
        try:
            with closing(open_source(self.chosen)) as client:
                found = client.choices()
        except ProviderError as error:
            self.trouble = self._told(error, self.chosen)
            return
        if found:
            picks = [(f"{one.query.kind}:{one.query.text}", one.label) for one in found]
            self.fields["pick"].widget.choices = [("", "Choose…"), *picks]

    def clean(self) -> dict[str, Any]:
        """Refuse what the service does not take; count and sample what it finds."""
        if self.errors:
            return self.cleaned_data
        where = "query" if self.cleaned_data["query"].strip() else "pick"
        query = self._query()
        if query is None:
            self.add_error("query" if self.is_typed else "pick", "Choose or enter which tasks count.")
        elif query.kind not in self.kinds:
            tool = PROVIDERS[self.cleaned_data["connection"].provider].label
            self.add_error(where, f"{tool} chooses tasks by {str(self.fields['query'].label).lower()}, not by this.")
        else:
            self._ask(query, where)
        return self.cleaned_data

    def _ask(self, query: SourceQuery, where: str) -> None:
        """Let the service verify, count and sample; its refusal stands at the field `where`."""
        self.cleaned_data |= {"kind": query.kind, "query": query.text}
        try:
            with closing(open_source(self.cleaned_data["connection"])) as client:
                self.title = client.verify(query)
                count = client.count(query)
                sample = client.sample(query, SAMPLE_SIZE) if self.with_preview else []
                self.preview = Preview(count, sample)
        except ProviderError as error:
            self.add_error(where, self._told(error, self.cleaned_data["connection"]))

    def _told(self, error: ProviderError, connection: Connection) -> str:
        return refusal_for(error, PROVIDERS[connection.provider].label, connection.name, self.reader)

    def _query(self) -> SourceQuery | None:
        """What was typed, else what was picked; None without either."""
        kind, text = self.cleaned_data["kind"] or self.kinds[0], self.cleaned_data["query"]
        if not text.strip():
            kind, _, text = self.cleaned_data["pick"].partition(":")
        if not text.strip():
            return None
        if kind not in self.kinds:
            return SourceQuery(kind, text)
        return SourceQuery(kind, _reader(self.cleaned_data["connection"].provider)(kind, text))


def _reader(provider: str) -> Callable[[str, str], str]:
    """The tool's own way to read what was typed or pasted; where it has none, the text cleaned."""
    try:
        found: Callable[[str, str], str] = part(provider, "forms.read_query")
    except ImportError:
        return lambda _kind, text: clean_text(text)
    return found


def _either(labels: list[str]) -> str:
    """`Epic or JQL query`."""
    return " or ".join([labels[0], *(label if label[:2].isupper() else label.lower() for label in labels[1:])])
