"""The requests of a Google Slides deck: as Google's published schema wants them, under ids of Luna's own."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from reports.content.document import Document, Heading, Line, Lines, Title
from reports.content.samples import busy_digest, quiet_digest
from reports.renderers.deck_layout import lay_out
from reports.renderers.deck_shapes import Page, Rule, Steps
from reports.renderers.google_slides import render_google_slides
from tests.reports.renderers.plans import BASE, DOCUMENTS, document_of, moves_of, plan_of

Request = dict[str, Any]

_SAMPLES = [busy_digest(), quiet_digest(), Document()] + [document_of(plan_of(count)) for count in (1, 20, 100)]
_SAMPLES.append(document_of(plan_of(2), moves_of(9)))
_OBJECT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:-]{4,49}")


@cache
def _validator() -> Draft202012Validator:
    """Google's own description of a batch, strict about fields that it does not know."""
    package = importlib.util.find_spec("googleapiclient")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "discovery_cache" / "documents" / "slides.v1.json"
    schemas = json.loads(path.read_text(encoding="utf-8"))["schemas"]
    return Draft202012Validator({"$ref": "#/$defs/BatchUpdatePresentationRequest", "$defs": _strict(schemas)})


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _strict(value) for name, value in schema.items() if name not in {"id", "format"}}
    if isinstance(kept.get("$ref"), str):
        return {"$ref": f"#/$defs/{kept['$ref']}"}
    if kept.get("type") == "object" and "properties" in kept:
        kept["additionalProperties"] = False
    return kept


def _render(document: Document, key: str = "key") -> list[Request]:
    return render_google_slides(document, base_url=BASE, key=key)


def _made(requests: list[Request]) -> list[str]:
    """The ids of everything that the batch makes."""
    ids = []
    for request in requests:
        for name, body in request.items():
            if name.startswith("create"):
                ids += [body["objectId"], *(one["objectId"] for one in body.get("placeholderIdMappings", []))]
    return ids


@pytest.mark.parametrize("document", _SAMPLES)
def test_google_accepts_every_batch(document: Document) -> None:
    _validator().validate({"requests": _render(document)})


@settings(deadline=None, max_examples=12)
@given(DOCUMENTS)
def test_google_accepts_the_batch_of_any_report(document: Document) -> None:
    requests = _render(document)
    _validator().validate({"requests": requests})
    _check_texts(requests)


def test_the_schema_refuses_what_google_does_not_know() -> None:
    assert not _validator().is_valid({"requests": [{"createSlide": {"colour": "blue"}}]})


@pytest.mark.parametrize("document", _SAMPLES)
def test_ids_are_well_formed_and_each_is_made_once(document: Document) -> None:
    ids = _made(_render(document))
    assert all(_OBJECT_ID.fullmatch(one) for one in ids)
    assert len(ids) == len(set(ids))


def test_a_key_always_gives_the_same_ids_and_another_key_gives_others() -> None:
    assert _render(busy_digest()) == _render(busy_digest())
    assert not set(_made(_render(busy_digest()))) & set(_made(_render(busy_digest(), "another")))


def test_nothing_is_changed_before_it_is_made_nor_outside_of_the_deck() -> None:
    known: set[str] = set()
    for request in _render(document_of(plan_of(20, groups=3))):
        (body,) = request.values()
        if any(name.startswith("create") for name in request):
            page = body.get("elementProperties", {}).get("pageObjectId")
            assert page is None or page in known
            known |= set(_made([request]))
        else:
            assert body["objectId"] in known


def _check_texts(requests: list[Request]) -> None:
    """Every look lies inside of its text, counted in UTF-16 code units as Google counts."""
    sizes: dict[str, int] = {}
    for request in requests:
        (body,) = request.values()
        where = json.dumps([body.get("objectId"), body.get("cellLocation")])
        if "insertText" in request:
            assert body["text"]
            sizes[where] = len(body["text"].encode("utf-16-le")) // 2
        elif "textRange" in body:
            span = body["textRange"]
            assert 0 <= span["startIndex"] < span["endIndex"] <= sizes[where]


@pytest.mark.parametrize("document", _SAMPLES)
def test_every_look_lies_inside_of_its_text(document: Document) -> None:
    _check_texts(_render(document))


def test_positions_count_a_rocket_as_two() -> None:
    requests = _render(Document((Title("A"), Heading("B"), Lines((Line(day="🚀", text="go"),)))))
    text = next(one["insertText"]["text"] for one in requests if "🚀" in one.get("insertText", {}).get("text", ""))
    assert text == "• 🚀: go"
    spans = [one["updateTextStyle"]["textRange"] for one in requests if "updateTextStyle" in one]
    assert [(span["startIndex"], span["endIndex"]) for span in spans][2:5] == [(0, 2), (2, 6), (6, 8)]


def test_slides_have_googles_own_title_places() -> None:
    made = [request["createSlide"] for request in _render(busy_digest()) if "createSlide" in request]
    layouts = [slide["slideLayoutReference"]["predefinedLayout"] for slide in made]
    assert layouts == ["TITLE", *["TITLE_ONLY"] * (len(made) - 1)]
    titled = {request["insertText"]["objectId"] for request in _render(busy_digest()) if "insertText" in request}
    assert {slide["placeholderIdMappings"][0]["objectId"] for slide in made} <= titled


def test_an_opening_without_a_subtitle_has_no_empty_place_for_one() -> None:
    requests = _render(Document((Title("Only a title"),)))
    assert [next(iter(request)) for request in requests].count("deleteObject") == 1


def test_milestones_are_a_native_table_and_a_native_timeline() -> None:
    requests = _render(document_of(plan_of(5)))
    kinds = [request["createShape"]["shapeType"] for request in requests if "createShape" in request]
    assert {"DIAMOND", "RECTANGLE", "ELLIPSE", "TEXT_BOX"} == set(kinds)
    tables = [request["createTable"] for request in requests if "createTable" in request]
    assert [(table["rows"], table["columns"]) for table in tables] == [(6, 5)]
    assert any("createLine" in request for request in requests)
    said = [one["updatePageElementAltText"]["description"] for one in requests if "updatePageElementAltText" in one]
    assert "Milestones: a table of 5 rows" in said


def test_a_trend_is_made_of_straight_lines_that_lie_where_powerpoint_has_them() -> None:
    requests = _render(document_of(plan_of(2), moves_of(3)))
    made = {one["createLine"]["objectId"]: one["createLine"] for one in requests if "createLine" in one}
    said = [one["updatePageElementAltText"] for one in requests if "updatePageElementAltText" in one]
    told = {one["description"]: made[one["objectId"]] for one in said if one["objectId"] in made}
    assert sum("at first" in words for words in told) == 3
    turned = [one for one in made.values() if one["elementProperties"]["transform"]["scaleY"] == -1]
    slope = max(turned, key=lambda one: one["elementProperties"]["size"]["width"]["magnitude"])
    size, place = slope["elementProperties"]["size"], slope["elementProperties"]["transform"]
    page = next(page for page in lay_out(document_of(plan_of(2), moves_of(3)), base_url=BASE) if _has_trend(page))
    begin, end = next((rule.start, rule.end) for rule in page.elements if isinstance(rule, Rule) and rule.is_dashed)
    assert (place["translateX"], place["translateY"]) == begin
    ends = (place["translateX"] + size["width"]["magnitude"], place["translateY"] - size["height"]["magnitude"])
    assert ends == pytest.approx(end)


def _has_trend(page: Page) -> bool:
    return any(isinstance(element, Steps) for element in page.elements)


def test_text_from_the_right_gets_its_direction() -> None:
    requests = _render(Document((Title("خارطة الطريق"), Heading("Plan"), Lines((Line(text="اعتماد"),)))))
    directions = [
        one["updateParagraphStyle"]["style"]["direction"] for one in requests if "updateParagraphStyle" in one
    ]
    assert directions[:3] == ["RIGHT_TO_LEFT", "LEFT_TO_RIGHT", "RIGHT_TO_LEFT"]
