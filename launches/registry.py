"""What can be commented on. Things of the apps to the left are known here by name, and looked up when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import reverse


@dataclass(frozen=True)
class Subject:
    """A kind of thing: its model, and the page on which its comments stand."""

    model_label: str
    url_name: str
    has_own_page: bool = False

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.model_label)

    def path(self, key: str, pk: int) -> str:
        """Where to read it."""
        return reverse(self.url_name, args=[key, pk] if self.has_own_page else [key])


SUBJECTS = {
    "launch": Subject("launches.Launch", "reports:launch"),
    "update": Subject("launches.Update", "launches:updates"),
    "milestone": Subject("milestones.Milestone", "milestones:detail", has_own_page=True),
    "risk": Subject("milestones.Risk", "milestones:risk", has_own_page=True),
    "decision": Subject("milestones.Decision", "milestones:decision", has_own_page=True),
    "approval": Subject("milestones.Approval", "milestones:approval", has_own_page=True),
}


def existing_rows(subject: Subject, launch_id: int) -> models.QuerySet[Any]:
    """Its rows that belong to the launch and are not deleted."""
    own = {"pk": launch_id} if subject.model_label == "launches.Launch" else {"launch_id": launch_id}
    rows = subject.model._default_manager.filter(**own)
    if any(field.name == "deleted_at" for field in subject.model._meta.get_fields()):
        rows = rows.filter(deleted_at__isnull=True)
    return rows
