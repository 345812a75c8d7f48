"""What the pages of risks, decisions and approvals share: the frame of their tab, and the answer to a stale save."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Manager

from launches.access import Need, may
from launches.views.page import launch_context
from milestones.selectors_governance import last_change, milestones_to_name

if TYPE_CHECKING:
    from django.http import QueryDict

    from launches.models import Launch
    from luna.lib.versions import VersionedRow
    from luna.ui.htmx import HtmxRequest


def tab_context(request: HtmxRequest, launch: Launch, tab: str, **counts: int) -> dict[str, Any]:
    """The frame of a tab; `counts` are newer than those last computed."""
    frame = launch_context(request.user, launch, tab)
    frame["launch_tabs"] |= counts
    return frame | {"can_contribute": may(request.user, launch, Need.CONTRIBUTE)}


def posted(request: HtmxRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, if anything was."""
    return request.POST if request.method == "POST" else None


def milestone_asked_for(request: HtmxRequest, launch: Launch) -> Any:
    """The launch's milestone that the address names (`?milestone=7`), for a form that was opened there."""
    asked = request.GET.get("milestone", "")
    return milestones_to_name(launch).filter(pk=asked).first() if re.fullmatch(r"[0-9]{1,18}", asked) else None


def initial_of(row: VersionedRow, names: Iterable[str]) -> dict[str, Any]:
    """The row's values under the names of a form's fields."""
    values = {name: getattr(row, name) for name in names if hasattr(row, name)}
    return {name: list(value.all()) if isinstance(value, Manager) else value for name, value in values.items()}


def stale_context(form: forms.Form, current: VersionedRow) -> dict[str, Any]:
    """Both versions, field by field; the form keeps what was typed and carries the newer version from now on."""
    rows = []
    for name, saved in initial_of(current, form.fields).items():
        field = form.fields[name]
        theirs, mine = _words(field, saved), _words(field, form.cleaned_data.get(name))
        if name != "version" and theirs != mine:
            rows.append((field.label or name.capitalize().replace("_", " "), theirs, mine))
    data = cast("QueryDict", form.data).copy()
    data["version"] = str(current.version)
    form.data = data
    change = last_change(current)
    return {
        "stale": rows,
        "saved_by": change.actor if change else None,
        "saved_at": change.recorded_at if change else None,
    }


def _words(field: forms.Field, value: Any) -> str:
    """A field's value as its page says it."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(str(one) for one in value) or "–"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        words = {str(key): word for key, word in cast("Iterable[tuple[Any, Any]]", field.choices)}
        return str(words.get(str(value), value))
    return "–" if value in {None, ""} else str(value)
