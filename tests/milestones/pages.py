"""What the tests of the pages share: addresses, what a row's form sends, how htmx asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from milestones.models import Milestone
from people.models import User

SignedIn = Callable[[User], Client]
DUE = date(2026, 12, 4)
DRAWER = {"HX-Request": "true", "HX-Target": "div#drawer-body"}
CANARY = "<script>alert(1)</script>"


def url(name: str, *args: Any) -> str:
    """An address of the launch BOOK."""
    return reverse(f"milestones:{name}", args=["BOOK", *args])


def row_of(milestone: Milestone, **changes: Any) -> dict[str, Any]:
    """What the row's form sends."""
    return {
        "version": milestone.version,
        "name": milestone.name,
        "owner": milestone.owner_id or "",
        "due_date": milestone.due_date or "",
        "state": milestone.state,
        "priority": milestone.priority,
        "why": "",
    } | changes


def fresh(milestone: Milestone) -> Milestone:
    """As it is saved now."""
    found: Milestone = Milestone.objects.get(pk=milestone.pk)
    return found
