"""What the pages of reports share: the frame that they stand in, and which report is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404

from launches.views.page import launch_context
from reports.domain.types import REPORT_WORDS, ReportKind

if TYPE_CHECKING:
    from launches.models import Launch
    from people.models import User


def scope_context(user: User, launch: Launch | None) -> dict[str, Any]:
    """The frame of the launch's pages, or that of the reports on all launches."""
    if launch is not None:
        return {**launch_context(user, launch, "reports"), "frame": "base_launch.html"}
    return {
        "frame": "reports/base_portfolio.html",
        "launch": None,
        "can_edit": user.can_create_launches,
        "section": "reports",
    }


def kind_context(kind: ReportKind) -> dict[str, Any]:
    """Which report it is, and which there are."""
    return {"kind": kind, "kind_word": REPORT_WORDS[kind], "kinds": list(REPORT_WORDS.items())}


def wanted_kind(word: str) -> ReportKind:
    """The kind of that name, the digest for what is none: an address may be typed."""
    return ReportKind(word) if word in set(ReportKind) else ReportKind.DIGEST


def named_kind(word: str) -> ReportKind:
    """The kind of that name. Raises Http404."""
    if word not in set(ReportKind):
        raise Http404
    return ReportKind(word)
