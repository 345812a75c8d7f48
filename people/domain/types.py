"""The vocabularies of people."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What someone may do in the whole workspace."""

    ADMIN = "admin"
    MAKER = "maker"
    MEMBER = "member"
    GUEST = "guest"


class TeamKind(StrEnum):
    """Whether a team delivers or enables (legal, finance, procurement, IT, marketing …)."""

    DELIVERY = "delivery"
    ENABLING = "enabling"


class Theme(StrEnum):
    """The colours a reader chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
