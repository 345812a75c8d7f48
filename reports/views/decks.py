"""A report as a deck to keep: what was issued, or what stands now, as a PowerPoint file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from django.conf import settings
from django.http import HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from launches.access import get_launch
from luna.ui.htmx import HtmxRequest, redirect, toast
from people.selectors import workspace
from reports.access import get_edition
from reports.actions.previews import report_document
from reports.addresses import report_url
from reports.content.deck import TemplateError
from reports.content.document import from_data
from reports.views.scope import named_kind

if TYPE_CHECKING:
    from reports.content.document import Document

_MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_RENDERER: Final = "reports.renderers.pptx.render_pptx"
"""Loaded when the first file is asked for: web workers that never make one do without its library."""
_UNREADABLE: Final = "The company’s template can’t be read. An admin can mend LUNA_PPTX_TEMPLATE."

log = structlog.get_logger()


@require_safe
def edition_pptx(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """What an edition said, for ever."""
    edition = get_edition(request.user, key, pk)
    name = f"{edition.scope_key}-{edition.created_at:%Y-%m-%d}.pptx".lower()
    back = report_url("edition", edition.launch, edition.pk)
    return _file(request, from_data(edition.content), name, back)


@require_safe
def report_pptx(request: HtmxRequest, kind: str, key: str = "") -> HttpResponse:
    """The report as it stands now, on a launch or on all that the reader may see."""
    launch = get_launch(request.user, key) if key else None
    wanted = named_kind(kind)
    document = report_document(wanted, launch=launch, viewer=request.user)
    name = f"{launch.key if launch else 'launches'}-{wanted}-{workspace().today:%Y-%m-%d}.pptx".lower()
    return _file(request, document, name, report_url("report", launch, wanted))


def _file(request: HtmxRequest, document: Document, name: str, back: str) -> HttpResponse:
    """The deck, in the company's template where one is set; where that can't be used, back with a sentence why."""
    try:
        template = Path(settings.PPTX_TEMPLATE).read_bytes() if settings.PPTX_TEMPLATE else None
        deck = import_string(_RENDERER)(document, base_url=settings.BASE_URL, template=template)
    except OSError as error:
        log.warning("template_unreadable", reason=error.strerror)
        toast(request, _UNREADABLE)
        return redirect(request, back)
    except TemplateError as error:
        toast(request, str(error))
        return redirect(request, back)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(deck, content_type=_MEDIA_TYPE, headers=headers)
