"""The forms in which a report can be had: one line each. A renderer is imported when its form is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from reports.content.document import Document
from reports.renderers.html import html_blocks


@dataclass(frozen=True)
class Setting:
    """What renderers may want to know besides the document."""

    base_url: str
    """Luna's own address, without a slash at its end."""
    more_path: str
    """Where all of it stands, for media that have to cut."""
    key: str
    """Names what is made: the same for the same report, and for no other."""
    template: bytes | None = None
    """A company's own file, for a medium that can take one."""


@dataclass(frozen=True)
class Medium:
    """A form: its renderer `(document, *, …)`, and which parts of the setting it takes by name."""

    renderer: str
    takes: tuple[str, ...] = ()
    is_requests: bool = False
    """Whether it makes a list of requests, the body of a batchUpdate."""

    @property
    def takes_template(self) -> bool:
        """Whether a company's own file can be given."""
        return "template" in self.takes


MEDIA: dict[str, Medium] = {
    "json": Medium("reports.content.document.to_data"),
    "markdown": Medium("reports.renderers.markdown.render_markdown", ("base_url",)),
    "html": Medium("reports.media.html_page", ("base_url",)),
    "slack": Medium("reports.renderers.slack.render_slack", ("base_url", "more_path")),
    "google-docs": Medium("reports.renderers.google_docs.render_google_docs", ("base_url", "key"), is_requests=True),
    "google-slides": Medium(
        "reports.renderers.google_slides.render_google_slides", ("base_url", "key"), is_requests=True
    ),
    "pptx": Medium("reports.renderers.pptx.render_pptx", ("base_url", "template")),
}


def draw(name: str, document: Document, setting: Setting) -> Any:
    """`document` in the form `name`: text, bytes, or data for JSON.

    Raises TemplateError, with a sentence for a person, where the setting's template can't be used.
    """
    medium = MEDIA[name]
    drawn = import_string(medium.renderer)(document, **{part: getattr(setting, part) for part in medium.takes})
    return {"requests": drawn} if medium.is_requests else drawn


def html_page(document: Document, *, base_url: str) -> str:
    """A page that stands alone; what it links to and how it looks comes from `base_url`."""
    context = {"blocks": html_blocks(document), "title": document.title, "base_url": base_url}
    return render_to_string("reports/document_page.html", context)
