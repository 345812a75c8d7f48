"""How the places that reports go to are called."""

from __future__ import annotations

from integrations.domain.types import PlaceKind

SERVICES: dict[PlaceKind, str] = {
    PlaceKind.CHANNEL: "Slack",
    PlaceKind.DOCUMENT: "Google Docs",
    PlaceKind.RUNNING_DOCUMENT: "Google Docs",
    PlaceKind.DECK: "Google Slides",
}
OPENS: dict[PlaceKind, str] = {
    PlaceKind.CHANNEL: "Open in Slack",
    PlaceKind.DOCUMENT: "Open the document",
    PlaceKind.RUNNING_DOCUMENT: "Open the document",
    PlaceKind.DECK: "Open the slides",
}


def place_name(kind: str, name: str) -> str:
    """`#launches` for a channel, the name as it is for everything else."""
    return f"#{name.removeprefix('#')}" if kind == PlaceKind.CHANNEL else name


def place_words(kind: str, name: str) -> str:
    """`Slack: #launches`, `Google Docs: Launch reports`."""
    return f"{SERVICES[PlaceKind(kind)]}: {place_name(kind, name)}"
