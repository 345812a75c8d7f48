"""A document as a PowerPoint file: native text, tables and shapes, the same bytes for the same document."""

from __future__ import annotations

import gc
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as PresentationFile
from pptx.slide import Slide

from reports.content.document import Document, Plan
from reports.renderers.deck_layout import lay_out
from reports.renderers.deck_shapes import BODY_TOP, HEIGHT, NIGHT, Page, TextBox
from reports.renderers.deck_text import plain
from reports.renderers.pptx_template import TITLES, Canvas, company_canvas, own_canvas
from reports.renderers.pptx_xml import EMU, Pen

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_RGB_COLOR: Any = RGBColor  # its constructor has no types
_NO_DAY: Final = date(1980, 1, 1)
_SUBTITLES: Final = (PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY)


def render_pptx(document: Document, *, base_url: str, template: bytes | None = None) -> bytes:
    """The deck of `document` as a .pptx; links start with `base_url`.

    With a company's `template` (a .pptx) it keeps that file's master, theme and size; its own slides are left out.
    Raises TemplateError, with a sentence for the person who chose it, where the template cannot be used.
    """
    written = _written(document, base_url=base_url, template=template)
    # python-pptx leaves its trees in circles: thousands of nodes that stay until a late collection, and by then lie
    # scattered, so that the process never gets smaller (230 MiB after 75 decks of 40 slides, 78 MiB with this line).
    gc.collect()
    return written


def _written(document: Document, *, base_url: str, template: bytes | None) -> bytes:
    canvas = own_canvas() if template is None else company_canvas(template)
    for page in lay_out(document, base_url=base_url):
        _draw(page, canvas, is_own_look=template is None)
    _sign(canvas.file, document)
    written = BytesIO()
    canvas.file.save(written)
    return _always_the_same(written.getvalue())


def _draw(page: Page, canvas: Canvas, *, is_own_look: bool) -> None:
    slide = canvas.file.slides.add_slide(canvas.opening if page.is_opening else canvas.content)
    pen = Pen(lambda url: _relation(slide, url), canvas.scale, canvas.left, canvas.top, is_own_look)
    if page.is_opening and is_own_look:
        ground: Any = slide.background.fill
        ground.solid()
        ground.fore_color.rgb = _RGB_COLOR(*bytes.fromhex(NIGHT))
    subtitle = next((box for box in page.elements if isinstance(box, TextBox) and box.role == "subtitle"), None)
    is_placed = _fill_placeholders(slide, page.title, subtitle, pen)
    for element in page.elements:
        if element is not subtitle or not is_placed:
            slide.shapes._spTree.append(parse_xml(pen.element(element)))
    if page.notes and slide.notes_slide.notes_text_frame is not None:
        slide.notes_slide.notes_text_frame.text = page.notes


def _fill_placeholders(slide: Slide, title: TextBox, subtitle: TextBox | None, pen: Pen) -> bool:
    """The slide's title and subtitle, and whether it had a place for the latter; further ones are taken away."""
    left_over: list[Any] = []
    for shape in slide.placeholders:
        kind = shape.placeholder_format.type
        if kind in TITLES:
            _fill_placeholder(shape, title, pen)
        elif subtitle is not None and kind in _SUBTITLES:
            _fill_placeholder(shape, subtitle, pen)
            subtitle = None
        else:
            left_over.append(shape._element)
    for element in left_over:
        element.getparent().remove(element)
    return subtitle is None


def _fill_placeholder(shape: Any, box: TextBox, pen: Pen) -> None:
    """Where the template has it, unless that is Luna's own or reaches into what is drawn below or off the slide."""
    end = HEIGHT if box.box.top > BODY_TOP else BODY_TOP
    if pen.is_own_look or (shape.top + shape.height) / EMU > end * pen.scale + pen.top:
        shape.left, shape.top, shape.width, shape.height = pen.place(box.box)
    shape._element.replace(shape._element.txBody, parse_xml(pen.text_body(box)))


def _relation(slide: Slide, url: str) -> str:
    return slide.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)


def _sign(file: PresentationFile, document: Document) -> None:
    """The file's properties; its day is the report's, as far as the report tells one."""
    day = next((block.today for block in document.blocks if isinstance(block, Plan)), _NO_DAY)
    at = datetime.combine(day, time(), UTC)
    properties = file.core_properties
    properties.title, properties.author, properties.last_modified_by = plain(document.title)[:255], "Luna", "Luna"
    properties.created, properties.modified, properties.revision = at, at, 1


def _always_the_same(package: bytes) -> bytes:
    """`package` with one fixed time in place of the instants at which its parts were written."""
    written = BytesIO()
    with ZipFile(BytesIO(package)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            fixed = ZipInfo(entry.filename, date_time=_ZIP_TIME)
            fixed.compress_type = ZIP_DEFLATED
            new.writestr(fixed, old.read(entry))
    return written.getvalue()
