"""Tags for where reports go and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from integrations.domain.types import PlaceKind
from reports import addresses
from reports.domain import places
from reports.domain.types import REPORT_WORDS, ReportKind

if TYPE_CHECKING:
    from integrations.models import Destination
    from launches.models import Launch

register = template.Library()


@register.simple_tag
def report_url(name: str, launch: Launch | None, *arguments: object) -> str:
    """`{% report_url "edition" launch edition.pk %}`: of the launch, or of all launches where there is none."""
    return addresses.report_url(name, launch or None, *arguments)


@register.filter
def place(destination: Destination) -> str:
    """`{{ destination|place }}`: `Slack: #launches`."""
    return places.place_words(destination.kind, destination.name)


@register.filter
def place_name(destination: Destination) -> str:
    """`{{ destination|place_name }}`: `#launches`."""
    return places.place_name(destination.kind, destination.name)


@register.filter
def opens(destination: Destination) -> str:
    """`{{ destination|opens }}`: `Open in Slack`."""
    return places.OPENS[PlaceKind(destination.kind)]


@register.filter
def report_word(kind: str) -> str:
    """`{{ edition.kind|report_word }}`: `Progress report`."""
    return REPORT_WORDS[ReportKind(kind)]
