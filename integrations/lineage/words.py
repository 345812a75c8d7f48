"""What stands on a task of the milestone that it serves."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from integrations.sources.writing import BEGINS, Note
from luna.lib.text import clean_line

if TYPE_CHECKING:
    from milestones.models import Milestone


def note_of(milestone: Milestone) -> Note:
    """The milestone's and the launch's names, what the launch is for where it says so, and the milestone's page."""
    launch = milestone.launch
    title = f"{BEGINS} “{clean_line(milestone.name)}” of launch “{clean_line(launch.name)}”"
    page = reverse("milestones:detail", args=[launch.key, milestone.pk])
    return Note(title, clean_line(launch.outcome), f"{settings.BASE_URL.rstrip('/')}{page}")


def digest_of(note: Note) -> str:
    """The same for the same words."""
    return hashlib.sha256(note.comment.encode()).hexdigest()
