"""The PowerPoint file: the same bytes each time, native and accessible, in Luna's look or a company's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches

from reports.content.deck import WENT
from reports.content.document import Document, Heading, Line, Lines, Link, Quote, Title
from reports.content.samples import busy_digest, quiet_digest
from reports.renderers.pptx import render_pptx
from tests.reports.renderers.plans import BASE, DOCUMENTS, document_of, moves_of, plan_of

_SAMPLES = [busy_digest(), quiet_digest(), document_of(plan_of(20, groups=3), moves_of(9)), Document()]


@cache
def _made(document: Document) -> bytes:
    """Each is looked at by many tests."""
    return render_pptx(document, base_url=BASE)


def _open(document: Document, template: bytes | None = None) -> Any:
    made = render_pptx(document, base_url=BASE, template=template) if template else _made(document)
    return Presentation(BytesIO(made))


def _texts(slide: Any) -> str:
    return "\n".join(node.text or "" for node in slide._element.iter(qn("a:t")))


def _bytes(file: Any) -> bytes:
    written = BytesIO()
    file.save(written)
    return written.getvalue()


@pytest.mark.parametrize("document", _SAMPLES)
def test_the_same_report_makes_the_same_bytes(document: Document) -> None:
    assert render_pptx(document, base_url=BASE) == _made(document)


def test_neither_the_package_nor_its_properties_know_when_it_was_made() -> None:
    made = render_pptx(busy_digest(), base_url=BASE)
    with ZipFile(BytesIO(made)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert max(Counter(package.namelist()).values()) == 1
    properties = Presentation(BytesIO(made)).core_properties
    assert (properties.title, properties.author) == ("Patient self-booking, week 47", "Luna")
    assert str(properties.modified) == "2026-11-23 00:00:00"


@settings(deadline=None, max_examples=12)
@given(DOCUMENTS)
def test_any_report_makes_a_file_that_opens(document: Document) -> None:
    assert len(_open(document).slides) >= 1


@pytest.mark.parametrize("document", _SAMPLES)
def test_every_slide_has_its_title_where_screen_readers_look_for_it(document: Document) -> None:
    file = _open(document)
    for slide in file.slides:
        assert slide.shapes.title is not None
        assert slide.shapes.title.text_frame.text
        assert all(shape.text_frame.text for shape in slide.placeholders)


@pytest.mark.parametrize("document", _SAMPLES)
def test_pictures_of_meaning_have_words_and_the_rest_says_that_it_is_decoration(document: Document) -> None:
    for slide in _open(document).slides:
        named = list(slide._element.iter(qn("p:cNvPr")))
        numbers = [node.get("id") for node in named]
        assert len(numbers) == len(set(numbers))
        for shape in _drawn(slide):
            node = shape._element._nvXxPr.cNvPr
            is_decoration = "adec:decorative" in node.xml
            assert bool(node.get("descr")) != is_decoration, shape.name


def _drawn(slide: Any) -> Iterator[Any]:
    for shape in slide.shapes:
        if not shape.has_text_frame or shape.shape_type in {MSO_SHAPE_TYPE.AUTO_SHAPE, MSO_SHAPE_TYPE.FREEFORM}:
            yield shape


def test_milestones_are_a_native_table_and_native_shapes() -> None:
    slides = list(_open(document_of(plan_of(5))).slides)
    table = next(shape.table for slide in slides for shape in slide.shapes if shape.has_table)
    assert [cell.text for cell in table.rows[0].cells] == ["Milestone", "Owner", "Due", "Progress", "Status"]
    assert table.first_row
    assert len(table.rows) == 6
    kinds = Counter(node.get("prst") for slide in slides for node in slide._element.iter(qn("a:prstGeom")))
    assert kinds["diamond"] >= 4
    assert kinds["line"] >= 3


def test_a_trend_is_a_free_form_for_each_milestone_and_a_slope_that_rises() -> None:
    slides = _open(document_of(plan_of(2), moves_of(3))).slides
    slide = next(slide for slide in slides if slide.shapes.title.text == WENT)
    forms = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.FREEFORM]
    assert len(forms) >= 3
    assert sum("at first" in shape._element._nvXxPr.cNvPr.get("descr", "") for shape in forms) == 3
    assert len({dash.get("val") for form in forms for dash in form._element.iter(qn("a:prstDash"))}) == 2
    assert any(frame.get("flipV") == "1" for frame in slide._element.iter(qn("a:xfrm")))


def test_a_launchs_name_goes_over_the_whole_table() -> None:
    slides = _open(document_of(plan_of(4, groups=2))).slides
    table = next(shape.table for slide in slides for shape in slide.shapes if shape.has_table)
    first = table.cell(1, 0)
    assert first.is_merge_origin
    assert (first.span_width, first.text) == (5, "Launch 1")


def test_links_lead_to_luna() -> None:
    file = _open(busy_digest())
    found = {
        relation.target_ref for slide in file.slides for relation in slide.part.rels.values() if relation.is_external
    }
    assert f"{BASE}/launches/BOOK/milestones/2/" in found
    assert all(address.startswith(f"{BASE}/launches/BOOK/") for address in found)


def test_what_was_cut_is_in_the_speaker_notes() -> None:
    words = "A line that says a lot. " * 30
    file = _open(Document((Title("A"), Heading("List"), Lines((Line(text=words),)))))
    slide = file.slides[1]
    assert "…" in _texts(slide)
    assert slide.notes_slide.notes_text_frame.text == words.strip()


def test_characters_that_no_file_can_hold_are_left_out() -> None:
    odd = "a\x00b\x0bc\ud800d\ufffee<&>\"'"
    file = _open(
        Document((Title(odd), Heading(odd), Lines((Line(text=odd, link=Link(odd, "/x?a=1&b=2")),)), Quote(odd, odd)))
    )
    assert file.slides[0].shapes.title.text_frame.text == "abcde<&>\"'"
    assert _texts(file.slides[1]).count("abcde<&>\"'") >= 3


def test_text_from_the_right_starts_at_the_right() -> None:
    file = _open(Document((Title("خارطة الطريق"), Heading("חתימה"), Lines((Line(text="اعتماد"), Line(text="Ana"))))))
    looks = [node.attrib for node in file.slides[1]._element.iter(qn("a:pPr"))]
    assert [(look["algn"], look.get("rtl")) for look in looks[:3]] == [("r", "1"), ("r", "1"), ("l", None)]


def test_the_file_is_wide_and_in_lunas_colours() -> None:
    file = _open(quiet_digest())
    assert (file.slide_width, file.slide_height) == (Inches(10), Inches(5.625))
    with ZipFile(BytesIO(render_pptx(quiet_digest(), base_url=BASE))) as package:
        theme = package.read("ppt/theme/theme1.xml").decode()
        assert not [name for name in package.namelist() if "thumbnail" in name]
    assert re.search(r'<a:accent1><a:srgbClr val="3E44B1"/>', theme)
    assert theme.count('<a:latin typeface="Arial"/>') == 2


def _template(width: float, height: float, *, slides: int = 1) -> Any:
    file = Presentation()
    file.slide_width, file.slide_height = Inches(width), Inches(height)
    for _ in range(slides):
        file.slides.add_slide(file.slide_layouts[1]).shapes.title.text = "Ours, to be left out"
    return file


@pytest.mark.parametrize(("width", "height"), [(13.333, 7.5), (10, 7.5), (10, 5.625)])
def test_a_companys_template_keeps_its_size_and_look(width: float, height: float) -> None:
    file = _open(document_of(plan_of(5)), _bytes(_template(width, height)))
    assert (file.slide_width, file.slide_height) == (Inches(width), Inches(height))
    assert not any("left out" in _texts(slide) for slide in file.slides)
    assert [slide.slide_layout.name for slide in file.slides][:2] == ["Title Slide", "Title Only"]
    for slide in file.slides:
        assert slide.follow_master_background
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= file.slide_width + 1
            assert shape.top + shape.height <= file.slide_height + 1


def test_a_template_makes_the_same_bytes_too() -> None:
    template = _bytes(_template(13.333, 7.5))
    first = render_pptx(busy_digest(), base_url=BASE, template=template)
    assert first == render_pptx(busy_digest(), base_url=BASE, template=template)


def test_a_template_whose_first_layout_has_no_subtitle_still_tells_it() -> None:
    template = _template(10, 5.625)
    _remove(template.slide_layouts[0], lambda kind: kind == "subTitle")
    assert "Fernhill · Weekly digest · BOOK" in _texts(_open(busy_digest(), _bytes(template)).slides[0])


def _remove(layout: Any, is_unwanted: Any) -> None:
    for shape in list(layout.placeholders):
        if is_unwanted(shape._element.ph.get("type")):
            shape._element.getparent().remove(shape._element)


def test_a_template_without_a_title_is_refused_in_a_sentence() -> None:
    template = _template(10, 5.625, slides=0)
    for layout in template.slide_layouts:
        _remove(layout, lambda kind: kind in {"title", "ctrTitle"})
    with pytest.raises(ValueError, match=r"no layout with a title\. In PowerPoint’s slide master, add the layouts"):
        render_pptx(quiet_digest(), base_url=BASE, template=_bytes(template))


def _not_a_deck() -> bytes:
    written = BytesIO()
    with ZipFile(written, "w") as package:
        package.writestr("hello.txt", "hello")
    return written.getvalue()


@pytest.mark.parametrize("file", [b"", b"not a file of PowerPoint", b"PK\x03\x04broken", _not_a_deck()])
def test_a_file_that_is_no_template_is_refused_in_a_sentence(file: bytes) -> None:
    with pytest.raises(
        ValueError, match=r"not a PowerPoint file that Luna can read\. Save it as \.pptx and try again\."
    ):
        render_pptx(quiet_digest(), base_url=BASE, template=file)
