"""Finding launches and milestones by their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from launches.models import Launch
from milestones.models import Milestone

if TYPE_CHECKING:
    from people.models import User

MOST = 12


@dataclass(frozen=True)
class Hit:
    """A launch, or a milestone of one."""

    kind: str
    name: str
    key: str
    pk: int
    under: str


def find(user: User, text: str) -> list[Hit]:
    """Launches first, then milestones, of what this person may see: two statements; nothing for no words."""
    if not text:
        return []
    seen = Launch.objects.visible_to(user)
    launches = seen.filter(Q(name__icontains=text) | Q(key__istartswith=text)).order_by("name")[:MOST]
    milestones = (
        Milestone.objects.existing()
        .filter(name__icontains=text, launch__in=seen)
        .select_related("launch")
        .order_by("name")[:MOST]
    )
    hits = [Hit("launch", launch.name, launch.key, launch.pk, launch.key) for launch in launches]
    return hits + [Hit("milestone", m.name, m.launch.key, m.pk, m.launch.name) for m in milestones]
