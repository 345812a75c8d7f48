"""Reading about the workspace and its people."""

from __future__ import annotations

from people.models import Workspace


def workspace() -> Workspace:
    """The one workspace, made with defaults when it is not there yet."""
    return Workspace.objects.filter(pk=1).first() or Workspace.objects.create(pk=1)
