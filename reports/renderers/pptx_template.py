"""What a deck is written into: Luna's own plain 16:9 file, or a company's template with its master and theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.presentation import Presentation as PresentationFile
from pptx.slide import SlideLayout
from pptx.util import Emu

from reports.content.deck import TemplateError
from reports.renderers.deck_shapes import ACCENT, HEIGHT, INK, INK_2, MOONLIGHT, PAPER, SKY, TONES, WIDTH
from reports.renderers.pptx_xml import EMU

TITLES: Final = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_COLORS: Final = {
    "dk1": INK,
    "lt1": PAPER,
    "dk2": INK_2,
    "lt2": "F5F3EE",
    "accent1": ACCENT,
    "accent2": SKY,
    "accent3": TONES["ok"],
    "accent4": TONES["warn"],
    "accent5": TONES["bad"],
    "accent6": MOONLIGHT,
    "hlink": ACCENT,
    "folHlink": ACCENT,
}
_UNREADABLE: Final = "The template is not a PowerPoint file that Luna can read. Save it as .pptx and try again."
_NO_TITLE: Final = (
    "The template has no layout with a title. In PowerPoint’s slide master, add the layouts “Title Slide” and “Title "
    "Only”, and try again."
)


@dataclass(frozen=True)
class Canvas:
    """An empty presentation, and where Luna's slides go in it."""

    file: PresentationFile
    opening: SlideLayout
    content: SlideLayout
    scale: float
    left: float
    top: float
    """Points by which a slide with another shape than 16:9 moves what is drawn, so that it stays in the middle."""


def own_canvas() -> Canvas:
    """python-pptx's plain file, made wide, in Luna's colours and in a typeface that every machine has."""
    file = Presentation()
    height = round(HEIGHT * EMU)
    squeeze = height / (file.slide_height or height)
    file.slide_width, file.slide_height = Emu(round(WIDTH * EMU)), Emu(height)
    for place in (file.slide_master, *file.slide_layouts):
        for shape in place.placeholders:
            if shape._element.spPr.xfrm is not None:  # what has no place of its own inherits one
                shape.top, shape.height = Emu(round(shape.top * squeeze)), Emu(round(shape.height * squeeze))
    theme: Any = file.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _in_lunas_colors(theme.blob.decode("utf-8")).encode("utf-8")
    for name, relation in list(file.part.package._rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:  # it shows another deck
            file.part.package._rels.pop(name)
    return _canvas(file)


def company_canvas(template: bytes) -> Canvas:
    """A company's template without its slides.

    Raises TemplateError, with a sentence for the person who chose it, where it cannot be read or has no layout with a
    title.
    """
    try:
        file = Presentation(BytesIO(template))
    except (PythonPptxError, BadZipFile, KeyError, SyntaxError, ValueError) as error:  # lxml's are SyntaxErrors
        raise TemplateError(_UNREADABLE) from error
    slides = file.slides._sldIdLst
    for slide in list(slides):
        file.part.drop_rel(slide.rId)
        slides.remove(slide)
    return _canvas(file)


def _canvas(file: PresentationFile) -> Canvas:
    width, height = (file.slide_width or 0) / EMU, (file.slide_height or 0) / EMU
    scale = min(width / WIDTH, height / HEIGHT)
    return Canvas(
        file,
        _layout(file, "title"),
        _layout(file, "titleOnly"),
        scale,
        (width - WIDTH * scale) / 2,
        (height - HEIGHT * scale) / 2,
    )


def _layout(file: PresentationFile, kind: str) -> SlideLayout:
    """The layout of that kind; else, of those with a title, the one with the fewest other places for content."""
    titled: list[SlideLayout] = [
        layout for master in file.slide_masters for layout in master.slide_layouts if _has_title(layout)
    ]
    if not titled:
        raise TemplateError(_NO_TITLE)
    exact = (layout for layout in titled if layout._element.get("type") == kind)
    return next(exact, min(titled, key=lambda layout: len(list(layout.placeholders))))


def _has_title(layout: SlideLayout) -> bool:
    placeholders: Any = layout.placeholders
    return any(shape.placeholder_format.type in TITLES for shape in placeholders)


def _in_lunas_colors(theme: str) -> str:
    for name, color in _COLORS.items():
        theme = re.sub(rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{color}"/></a:{name}>', theme, count=1)
    theme = re.sub(r'(<a:(?:major|minor)Font><a:latin typeface=)"[^"]*"', r'\1"Arial"', theme)
    return theme.replace('name="Office Theme"', 'name="Luna"', 1)
