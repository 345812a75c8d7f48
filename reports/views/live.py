"""A report as it stands now: a page for everybody who may read what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from launches.access import get_launch
from luna.ui.htmx import HtmxRequest, render_page
from people.selectors import workspace
from reports.actions.previews import report_document
from reports.renderers.html import html_blocks
from reports.renderers.markdown import render_markdown
from reports.views.scope import kind_context, named_kind, scope_context

if TYPE_CHECKING:
    from launches.models import Launch
    from reports.content.document import Document
    from reports.domain.types import ReportKind


@require_safe
def show_report(request: HtmxRequest, kind: str, key: str = "") -> HttpResponse:
    """On a launch, or on all that the reader may see."""
    wanted, launch, document = _report(request, kind, key)
    context = {
        **scope_context(request.user, launch),
        **kind_context(wanted),
        "blocks": html_blocks(document),
        "today": workspace().today,
    }
    return render_page(request, "reports/report.html", context)


@require_safe
def report_markdown(request: HtmxRequest, kind: str, key: str = "") -> HttpResponse:
    """The same as a Markdown file."""
    wanted, launch, document = _report(request, kind, key)
    name = f"{launch.key if launch else 'launches'}-{wanted}-{workspace().today:%Y-%m-%d}.md".lower()
    return markdown_file(document, name)


def markdown_file(document: Document, name: str) -> HttpResponse:
    """The document as a file to keep."""
    text = render_markdown(document, base_url=settings.BASE_URL)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)


def _report(request: HtmxRequest, kind: str, key: str) -> tuple[ReportKind, Launch | None, Document]:
    launch = get_launch(request.user, key) if key else None
    wanted = named_kind(kind)
    return wanted, launch, report_document(wanted, launch=launch, viewer=request.user)
