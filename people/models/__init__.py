"""People, teams, invitations and the workspace."""

from __future__ import annotations

from people.models.invitation import Invitation
from people.models.team import Team
from people.models.user import User
from people.models.workspace import Holiday, Workspace

__all__ = ["Holiday", "Invitation", "Team", "User", "Workspace"]
