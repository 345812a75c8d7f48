"""The pages on which a person reads what was written to Google: folders, a document, a deck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.control import SandboxControl
from sandbox.google.deck import Cell, Deck, Element, Grid, Slide, Text, shift
from sandbox.google.document import Document
from sandbox.google.draw_deck import box_of, drawn_slide
from sandbox.google.draw_document import drawn_document
from sandbox.google.draw_table import row_heights
from sandbox.google.draw_text import lines_of
from tests.sandbox.google_clients import DECK, LAUNCHES, Google, google, service_credentials

EMU = 12_700


@pytest.fixture
def luna(sandbox_url: str, control: SandboxControl) -> Iterator[Google]:
    service = google(sandbox_url, service_credentials(sandbox_url))
    yield service
    service.close()


def words(text: str) -> Text:
    made = Text()
    made.insert(0, text)
    return made


def box(kind: str = "shape", name: str = "RECTANGLE", **more: Any) -> Element:
    return Element("box_1", kind, name, 100 * EMU, 50 * EMU, shift(10 * EMU, 20 * EMU), **more)


def drawn(*elements: Element) -> str:
    return str(drawn_slide(Slide("s", "BLANK", "n", list(elements))))


def test_pages_under_the_strict_policy(luna: Google, sandbox_url: str) -> None:
    document, deck = luna.create(), luna.create(DECK)
    pages = ("", f"drive/folders/{LAUNCHES}", f"document/d/{document}/edit", f"presentation/d/{deck}/edit")
    for page in pages:
        answer = requests.get(f"{sandbox_url}/google/{page}", timeout=5)
        assert answer.status_code == 200, page
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<h1>" in answer.text
        assert " style=" not in answer.text
        assert "<script" not in answer.text
    listed = requests.get(f"{sandbox_url}/google/{pages[1]}", timeout=5).text
    assert f'href="/google/document/d/{document}/edit"' in listed
    for page in ("drive/folders/none", f"document/d/{deck}/edit", f"presentation/d/{document}/edit"):
        assert requests.get(f"{sandbox_url}/google/{page}", timeout=5).status_code == 404


def test_a_document_becomes_html() -> None:
    document = Document.empty()
    document.insert(1, "Week <47>\none\n\ttwo\nשלום\nend")
    document.restyle_paragraphs(1, 2, {"namedStyleType": "TITLE"}, ["namedStyleType"])
    document.restyle(11, 14, {"link": {"url": "https://luna.example/?a=1&b"}, "bold": True}, ["link", "bold"])
    document.restyle_paragraphs(20, 21, {"direction": "RIGHT_TO_LEFT"}, ["direction"])
    document.make_bullets(11, 19, "BULLET_DISC_CIRCLE_SQUARE")
    document.insert_table(document.end - 1, 1, 2)
    html = str(drawn_document(document))
    assert html.startswith('<h2 class="title">Week &lt;47&gt;</h2><ul><li data-level="0">')
    assert '<a href="https://luna.example/?a=1&amp;b"><strong>one</strong></a>' in html
    assert '<li data-level="1">two</li></ul><p dir="rtl">שלום</p>' in html
    assert "<table><tr><td><p>&nbsp;</p></td>" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", ""])
def test_no_link_leads_anywhere_odd(url: str) -> None:
    document = Document.empty()
    document.insert(1, "x")
    document.restyle(1, 2, {"link": {"url": url}}, ["link"])
    assert "<a" not in str(drawn_document(document))
    text = words("x")
    text.restyle(0, 1, {"link": {"url": url}}, ["link"])
    assert "<a" not in drawn(box(text=text))


def test_shapes_are_where_their_transforms_put_them() -> None:
    svg = drawn(box())
    assert svg.startswith('<svg viewBox="0 0 720 405"')
    assert 'transform="matrix(1 0 0 1 10 20)"' in svg
    assert '<rect width="100" height="50" rx="0" fill="#eeeeee" stroke="#595959"' in svg
    large = box()
    large.transform |= {"scaleX": 2, "scaleY": 3}
    seen = box_of(large)
    assert (seen.width, seen.height, seen.matrix) == (200, 150, "matrix(1 0 0 1 10 20)")
    turned = box()
    turned.transform |= {"scaleX": 0, "scaleY": 0, "shearX": -1, "shearY": 1}
    assert box_of(turned).matrix == "matrix(0 1 -1 0 10 20)"
    line = box("line", "STRAIGHT_CONNECTOR_1")
    line.transform["scaleY"] = -1
    assert '<line x1="10.00" y1="20.00" x2="110.00" y2="-30.00"' in drawn(line)


def test_colours_outlines_and_words_for_those_who_do_not_see() -> None:
    looks = {
        "shapeBackgroundFill": {"solidFill": {"color": {"rgbColor": {"red": 1, "green": 0.5}}, "alpha": 0.4}},
        "outline": {"propertyState": "NOT_RENDERED"},
    }
    svg = drawn(box(name="ELLIPSE", properties=looks, description="Late <3 days>"))
    assert '<ellipse cx="50" cy="25" rx="50" ry="25" fill="#ff8000" stroke="none"' in svg
    assert 'fill-opacity="0.4"' in svg
    assert "<title>Late &lt;3 days&gt;</title>" in svg
    bare = drawn(box(name="TEXT_BOX", text=words("<b>")))
    assert 'fill="none" stroke="none"' in bare
    assert "&lt;b&gt;" in bare


def test_text_is_broken_into_lines_and_rows_grow_with_it() -> None:
    assert len(lines_of(words("word " * 40), 100, 14)) > 5
    assert len(lines_of(words("漢" * 40), 100, 14)) == 6
    assert [line.is_right_to_left for line in lines_of(words("a"), 100, 14)] == [False]
    grid = Grid([[Cell(words("word " * 40)), Cell()], [Cell(), Cell()]], [100 * EMU, 100 * EMU], [20 * EMU, 20 * EMU])
    tall, low = row_heights(grid)
    assert tall > 90
    assert low == 20


def test_paragraphs_hang_and_keep_their_distance() -> None:
    text = words("word " * 12 + "\nend")
    look = {"indentStart": {"magnitude": 18, "unit": "PT"}, "spaceBelow": {"magnitude": 9, "unit": "PT"}}
    text.restyle_paragraphs(0, 1, look, ["indentStart", "spaceBelow"])
    first, *rest, last_of_first, end = lines_of(text, 150, 10)
    assert [first.indent, end.indent] == [0, 0]
    assert {line.indent for line in [*rest, last_of_first]} == {18}
    assert last_of_first.height == pytest.approx(first.height + 9)
    assert end.height == pytest.approx(first.height)


def test_borders_that_are_taken_away_are_not_drawn() -> None:
    grid = Grid([[Cell(), Cell()], [Cell(), Cell()]], [50 * EMU, 50 * EMU], [20 * EMU, 20 * EMU])
    table = box("table", "TABLE", grid=grid)
    assert drawn(table).count("<line") == 12
    hidden = {"tableBorderProperties": {"tableBorderFill": {"propertyState": "NOT_RENDERED"}}}
    grid.borders.append(hidden | {"borderPosition": "INNER", "fields": "tableBorderFill.propertyState"})
    assert drawn(table).count("<line") == 8
    grid.borders.append(hidden | {"borderPosition": "ALL", "fields": "tableBorderFill.propertyState"})
    assert drawn(table).count("<line") == 0


def test_a_new_deck_is_drawn_with_its_title() -> None:
    deck = Deck.blank()
    deck.slides[0].elements[0].text = words("Week 47")
    svg = str(drawn_slide(deck.slides[0]))
    assert 'text-anchor="middle"' in svg
    assert 'font-size="52"' in svg
