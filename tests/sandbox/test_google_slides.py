"""Slides through Google's client: pages, shapes, tables, lines and text, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.sandbox.google_clients import DECK, Google, google, refusal, service_credentials
from tests.sandbox.test_google_docs import schema_of

Json = dict[str, Any]
SLIDE = {"createSlide": {"objectId": "luna_s1"}}
MOVE = {"scaleX": 1, "scaleY": 1, "translateX": 40, "translateY": 30, "unit": "PT"}


def size(width: float, height: float, unit: str = "PT") -> Json:
    return {"width": {"magnitude": width, "unit": unit}, "height": {"magnitude": height, "unit": unit}}


def where(page: str = "luna_s1", **more: Any) -> Json:
    return {"elementProperties": {"pageObjectId": page, "size": size(200, 100), "transform": MOVE} | more}


def shape(object_id: str = "luna_box", **more: Any) -> Json:
    return {"createShape": {"objectId": object_id, "shapeType": "TEXT_BOX", **where(), **more}}


def table(object_id: str = "luna_tab", **more: Any) -> Json:
    return {"createTable": {"objectId": object_id, "rows": 2, "columns": 2, **where(), **more}}


def text(words: str, object_id: str = "luna_box", **more: Any) -> Json:
    return {"insertText": {"objectId": object_id, "text": words, **more}}


def style(object_id: str = "luna_box", **more: Any) -> Json:
    asked = {"objectId": object_id, "textRange": {"type": "ALL"}, "style": {"bold": True}, "fields": "bold"}
    return {"updateTextStyle": asked | more}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    """A sandbox for all that is refused, which need not be put back after each."""
    with SandboxServer(data_dir=tmp_path_factory.mktemp("refused")) as server:
        service = google(server.url, service_credentials(server.url))
        yield service
        service.close()


@pytest.fixture
def luna(sandbox_url: str, control: SandboxControl) -> Iterator[Google]:
    service = google(sandbox_url, service_credentials(sandbox_url))
    yield service
    service.close()


def test_a_new_deck_has_one_title_slide(luna: Google) -> None:
    deck = luna.deck(luna.create(DECK))
    assert list(Draft202012Validator(schema_of("slides.v1", "Presentation")).iter_errors(deck)) == []
    assert deck["pageSize"]["width"] == {"magnitude": 9_144_000, "unit": "EMU"}
    (slide,) = deck["slides"]
    kinds = [one["shape"]["placeholder"]["type"] for one in slide["pageElements"]]
    assert (slide["objectId"], kinds) == ("p", ["CENTERED_TITLE", "SUBTITLE"])
    assert all("text" not in one["shape"] for one in slide["pageElements"])


RED = {"solidFill": {"color": {"rgbColor": {"red": 1}}}}
MAPPING = {"layoutPlaceholder": {"type": "TITLE", "index": 0}, "objectId": "luna_title"}
BELOW = {"rowIndex": 1, "columnIndex": 0}
DRAWING: list[Json] = [
    {"createSlide": {"objectId": "luna_s1", "insertionIndex": 1, "placeholderIdMappings": [MAPPING],
                     "slideLayoutReference": {"predefinedLayout": "TITLE_ONLY"}}},
    text("Milestones", "luna_title"),
    shape(),
    text("🌔 one\n\ttwo"),
    style(textRange={"type": "FIXED_RANGE", "startIndex": 0, "endIndex": 2}),
    {"createParagraphBullets": {"objectId": "luna_box", "textRange": {"type": "ALL"}}},
    {"updateShapeProperties": {"objectId": "luna_box", "fields": "shapeBackgroundFill.solidFill.color",
                               "shapeProperties": {"shapeBackgroundFill": RED}}},
    table(),
    text("Cell", "luna_tab", cellLocation=BELOW),
    {"updateTableCellProperties": {"objectId": "luna_tab", "fields": "tableCellBackgroundFill",
                                   "tableRange": {"location": BELOW, "rowSpan": 1, "columnSpan": 2},
                                   "tableCellProperties": {"tableCellBackgroundFill": RED}}},
    {"updateTableColumnProperties": {"objectId": "luna_tab", "columnIndices": [0], "fields": "columnWidth",
                                     "tableColumnProperties": {"columnWidth": {"magnitude": 50, "unit": "PT"}}}},
    {"updateTableRowProperties": {"objectId": "luna_tab", "fields": "minRowHeight",
                                  "tableRowProperties": {"minRowHeight": {"magnitude": 20, "unit": "PT"}}}},
    {"createLine": {"objectId": "luna_line", "category": "STRAIGHT", **where(size=size(100, 0))}},
    {"updateLineProperties": {"objectId": "luna_line", "lineProperties": {"dashStyle": "DASH"},
                              "fields": "dashStyle"}},
    {"updatePageProperties": {"objectId": "luna_s1", "pageProperties": {"pageBackgroundFill": RED}, "fields": "*"}},
    {"updatePageElementAltText": {"objectId": "luna_box", "description": "The milestones"}},
    {"deleteObject": {"objectId": "p"}},
]  # fmt: skip


def test_a_slide_is_drawn_and_read_back(luna: Google, control: SandboxControl) -> None:
    made = luna.create(DECK, appProperties={"luna_k": "k2"})
    answer = luna.draw(made, *DRAWING)
    deck = luna.deck(made)
    assert list(Draft202012Validator(schema_of("slides.v1", "Presentation")).iter_errors(deck)) == []
    assert answer["writeControl"]["requiredRevisionId"] == deck["revisionId"]
    assert answer["replies"][0] == {"createSlide": {"objectId": "luna_s1"}}
    (slide,) = deck["slides"]
    parts = {one["objectId"]: one for one in slide["pageElements"]}
    box = parts["luna_box"]
    assert box["size"] == size(2_540_000, 1_270_000, "EMU")
    assert (box["transform"]["translateX"], box["description"]) == (508_000, "The milestones")
    assert box["shape"]["shapeProperties"]["shapeBackgroundFill"] == RED
    spans = [(one.get("startIndex", 0), one["endIndex"]) for one in box["shape"]["text"]["textElements"]]
    assert spans == [(0, 7), (0, 2), (2, 7), (7, 11), (7, 11)]  # two markers and their runs; the tab is gone
    levels = [one["paragraphMarker"]["bullet"].get("nestingLevel", 0)
              for one in box["shape"]["text"]["textElements"] if "paragraphMarker" in one]  # fmt: skip
    assert levels == [0, 1]
    grid = parts["luna_tab"]["table"]
    assert [one["columnWidth"]["magnitude"] for one in grid["tableColumns"]] == [635_000, 1_270_000]
    assert grid["tableRows"][0]["rowHeight"]["magnitude"] == 254_000
    below = grid["tableRows"][1]["tableCells"]
    assert below[0]["text"]["textElements"][1]["textRun"]["content"] == "Cell\n"
    assert [bool(one["tableCellProperties"]) for one in below] == [True, True]
    assert parts["luna_line"]["line"]["lineProperties"] == {"dashStyle": "DASH"}
    assert parts["luna_title"]["shape"]["placeholder"]["type"] == "TITLE"
    assert [(line["action"], line["key"]) for line in control.ledger()] == [("create", "k2"), ("batchUpdate", "k2")]


def test_the_same_batch_again_is_refused_whole(luna: Google, control: SandboxControl) -> None:
    made = luna.create(DECK)
    luna.draw(made, SLIDE, shape(), text("x"))
    before = luna.deck(made)
    batch: Json = {"requests": [{"deleteObject": {"objectId": "p"}}, SLIDE, shape(), text("x")]}
    error = refusal(luna.slides.presentations().batchUpdate(presentationId=made, body=batch))
    assert error["message"] == (
        "Invalid requests[1].createSlide: The object ID (luna_s1) should be unique among all pages and page elements "
        "in the presentation."
    )
    assert luna.deck(made) == before
    stale = {"requests": [], "writeControl": {"requiredRevisionId": "old"}}
    assert refusal(luna.slides.presentations().batchUpdate(presentationId=made, body=stale))["code"] == 400
    assert len(control.ledger()) == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([{"createSlide": {"objectId": "four"}}], "5 to 50 characters"),
        ([{"createSlide": {"objectId": "x" * 51}}], "5 to 50 characters"),
        ([{"createSlide": {"objectId": "-luna"}}], "start with a word character"),
        ([{"createSlide": {"objectId": "luna s"}}], "only have word characters"),
        ([{"createSlide": {"insertionIndex": 2}}], "should not be greater than the number of existing slides (1)"),
        ([{"createSlide": {"slideLayoutReference": {"layoutId": "none"}}}], "layout (none) could not be found"),
        ([shape(**where("nowhere"))], "The page (nowhere) could not be found."),
        ([SLIDE, shape(), shape()], "requests[2].createShape: The object ID (luna_box) should be unique"),
        ([SLIDE, shape("luna_s1")], "should be unique"),
        ([SLIDE, shape(**where(size=size(0, 10)))], "greater than 0"),
        ([SLIDE, shape(**where(transform={"translateX": 1, "unit": "PT"}))], "not invertible"),
        ([SLIDE, shape(**where(transform=MOVE | {"unit": "UNIT_UNSPECIFIED"}))], "unit must be specified"),
        ([SLIDE, shape(shapeType="CUSTOM")], "cannot be created"),
        ([SLIDE, table(rows=0)], "at least 1"),
        ([SLIDE, table(**where(transform=MOVE | {"scaleX": 2}))], "scale of 1"),
        ([SLIDE, table(), text("x", "luna_tab")], "cell location must be specified"),
        ([SLIDE, table(), text("x", "luna_tab", cellLocation={"rowIndex": 2})], "out of bounds"),
        ([SLIDE, shape(), text("x", cellLocation={"rowIndex": 0})], "is not a table"),
        ([SLIDE, shape(), style()], "The object (luna_box) has no text."),
        ([SLIDE, shape(), text("")], "must not be empty"),
        ([SLIDE, shape(), text("abc", insertionIndex=1)], "insertion index (1) should not be greater than"),
        ([SLIDE, shape(), text("abc"), style(textRange={"type": "FIXED_RANGE", "startIndex": 0, "endIndex": 5})],
         "end index (5) should not be greater than the existing text length (4)."),
        ([SLIDE, shape(), text("abc"), style(textRange={"type": "FIXED_RANGE", "startIndex": 2, "endIndex": 2})],
         "should be less than the end index"),
        ([SLIDE, shape(), text("abc"), style(textRange={})], "range type must be specified"),
        ([SLIDE, shape(), text("abc"), style(fields="")], "At least one field"),
        ([text("x", "nobody")], "The object (nobody) could not be found."),
        ([{"deleteObject": {"objectId": "nobody"}}], "The object (nobody) could not be found."),
        ([SLIDE, shape(), {"updateLineProperties": {"objectId": "luna_box", "lineProperties": {}, "fields": "*"}}],
         "should be a line"),
        ([SLIDE, table(), {"updateTableColumnProperties": {
            "objectId": "luna_tab", "fields": "columnWidth",
            "tableColumnProperties": {"columnWidth": {"magnitude": 31, "unit": "PT"}}}}], "406400 EMU"),
        ([SLIDE, table(), {"updateTableRowProperties": {"objectId": "luna_tab", "rowIndices": [2], "fields": "*",
                                                        "tableRowProperties": {}}}], "row index (2)"),
        ([{"replaceAllText": {"containsText": {"text": "x"}, "pageObjectIds": ["none"]}}], "The page (none)"),
        ([{"createSlide": {"objectID": "luna_s1"}}], 'Unknown name "objectID"'),
        ([{"createShape": {"shapeType": "BLOB"}}], "(TYPE_ENUM)"),
        ([{}], "No request set"),
    ],
)  # fmt: skip
def test_what_a_batch_may_not_hold(shared: Google, asked: list[Json], words: str) -> None:
    made = shared.create(DECK)
    error = refusal(shared.slides.presentations().batchUpdate(presentationId=made, body={"requests": asked}))
    assert error["code"] == 400
    assert words in error["message"]


def test_text_is_put_in_taken_out_and_replaced(luna: Google) -> None:
    made = luna.create(DECK)
    luna.draw(made, SLIDE, shape(), text("a🌕b {{title}}"), table(), text("{{TITLE}}", "luna_tab", cellLocation={}))
    cut = {"objectId": "luna_box", "textRange": {"type": "FIXED_RANGE", "startIndex": 1, "endIndex": 2}}
    replaced = {"containsText": {"text": "{{title}}"}, "replaceText": "Week 47"}
    answer = luna.draw(made, {"deleteText": cut}, {"replaceAllText": replaced}, text("!", insertionIndex=0))
    assert answer["replies"][1] == {"replaceAllText": {"occurrencesChanged": 2}}
    box = luna.deck(made)["slides"][1]["pageElements"][0]["shape"]["text"]["textElements"]
    assert box[1]["textRun"]["content"] == "!ab Week 47\n"
    everything = {"objectId": "luna_box", "textRange": {"type": "ALL"}}
    luna.draw(made, {"deleteText": everything})
    assert luna.deck(made)["slides"][1]["pageElements"][0]["shape"]["text"]["textElements"][1]["endIndex"] == 1


def test_notes_are_written_to_their_own_shape(luna: Google) -> None:
    made = luna.create(DECK)
    notes = luna.deck(made)["slides"][0]["slideProperties"]["notesPage"]["notesProperties"]["speakerNotesObjectId"]
    luna.draw(made, text("All of it", notes))
    page = luna.slides.presentations().pages().get(presentationId=made, pageObjectId="p").execute()
    (shown,) = page["slideProperties"]["notesPage"]["pageElements"]
    assert shown["shape"]["text"]["textElements"][1]["textRun"]["content"] == "All of it\n"
    asked = luna.slides.presentations().pages().get(presentationId=made, pageObjectId="none")
    assert refusal(asked)["code"] == 404


def test_moving_elements_and_slides(luna: Google) -> None:
    made = luna.create(DECK)
    twice = MOVE | {"scaleX": 2, "scaleY": 2, "translateX": 10, "translateY": 0}
    luna.draw(
        made,
        SLIDE,
        shape(),
        {"updatePageElementTransform": {"objectId": "luna_box", "applyMode": "RELATIVE", "transform": twice}},
        {"updateSlidesPosition": {"slideObjectIds": ["luna_s1"], "insertionIndex": 0}},
    )
    deck = luna.deck(made)
    assert [one["objectId"] for one in deck["slides"]] == ["luna_s1", "p"]
    found = deck["slides"][0]["pageElements"][0]["transform"]
    assert (found["scaleX"], found["translateX"] / 12_700, found["translateY"] / 12_700) == (2, 90, 60)
