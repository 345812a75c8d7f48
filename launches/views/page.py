"""What the pages of one launch share."""

from __future__ import annotations

from typing import Any

from launches.access import can_edit
from launches.models import Launch
from people.models import User


def launch_context(user: User, launch: Launch, tab: str = "") -> dict[str, Any]:
    """What templates/base_launch.html needs."""
    summary = launch.summary
    return {
        "launch": launch,
        "tab": tab,
        "can_edit": can_edit(user, launch),
        "moon_label": f"{summary.milestones_completed} of {summary.milestones_total} milestones completed",
        "launch_tabs": {
            "milestones": summary.milestones_total,
            "risks": summary.open_risks,
            "decisions": summary.open_decisions,
            "approvals": summary.open_approvals,
        },
    }
