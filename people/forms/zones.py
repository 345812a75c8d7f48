"""Choosing a time zone."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms


@cache
def zone_choices() -> list[tuple[str, str]]:
    """IANA zones as people know them: places, and UTC."""
    kept = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [(zone, zone.replace("_", " ")) for zone in ("UTC", *kept)]


class ZoneField(forms.ChoiceField):
    """An IANA time zone."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Time zone")
        super().__init__(choices=zone_choices, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return value in available_timezones()
