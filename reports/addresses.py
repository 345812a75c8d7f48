"""Addresses of reports: those on one launch stand under its key, those on all launches under a word of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from launches.models import Launch

_NAMED_AFTER_THE_LAUNCH = {"reports", "report", "report_markdown", "report_pptx"}


def report_url(name: str, launch: Launch | None, *arguments: object) -> str:
    """The address of a page or endpoint of `launch`, or of all launches where it is None."""
    if launch is None:
        return reverse(f"reports:portfolio_{name}", args=arguments)
    full = f"launch_{name}" if name in _NAMED_AFTER_THE_LAUNCH else name
    return reverse(f"reports:{full}", args=[launch.key, *arguments])
