"""Docs through Google's client: what a batch may hold, how it is refused, revisions, and what is read back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from sandbox.control import SandboxControl
from sandbox.google.schema import discovery
from sandbox.server import SandboxServer
from tests.sandbox.google_clients import DECK, Google, google, refusal, service_credentials

Json = dict[str, Any]


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


def insert(index: int, text: str) -> Json:
    return {"insertText": {"location": {"index": index}, "text": text}}


def span(start: int, end: int) -> Json:
    return {"startIndex": start, "endIndex": end}


def at(index: int) -> Json:
    return {"location": {"index": index}}


def style(start: int, end: int, fields: str = "bold", **values: Any) -> Json:
    return {"updateTextStyle": {"range": span(start, end), "textStyle": values, "fields": fields}}


def schema_of(api: str, name: str) -> Json:
    """The published resource as a JSON Schema that knows no further keys."""

    def strict(one: Any) -> Any:
        if isinstance(one, list):
            return [strict(item) for item in one]
        if not isinstance(one, dict):
            return one
        plain = {key: strict(value) for key, value in one.items() if key not in {"id", "format", "enumDescriptions"}}
        if isinstance(plain.get("$ref"), str):
            return {"$ref": f"#/$defs/{plain['$ref']}"}
        return plain | ({"additionalProperties": False} if "properties" in plain and "type" in plain else {})

    schemas = discovery(api)["schemas"]
    return {"$ref": f"#/$defs/{name}", "$defs": {key: strict(value) for key, value in schemas.items()}}


def paragraphs(document: Json) -> list[Json]:
    return [one["paragraph"] for one in document["body"]["content"] if "paragraph" in one]


FIRST_CELL = {"tableStartLocation": {"index": 24}, "rowIndex": 0, "columnIndex": 0}
REPORT: list[Json] = [
    insert(1, "Week 47 🌔\nSee the plan\n"),
    {"updateParagraphStyle": {"range": span(1, 2), "paragraphStyle": {"namedStyleType": "HEADING_1"},
                              "fields": "namedStyleType"}},
    style(12, 15, "link", link={"url": "https://luna.example/x"}),
    {"createParagraphBullets": {"range": span(12, 24), "bulletPreset": "BULLET_DISC_CIRCLE_SQUARE"}},
    {"insertTable": {"rows": 2, "columns": 2, "location": {"index": 23}}},
    {"updateTableCellStyle": {"tableRange": {"tableCellLocation": FIRST_CELL, "rowSpan": 1, "columnSpan": 2},
                              "tableCellStyle": {"backgroundColor": {"color": {"rgbColor": {"blue": 1}}}},
                              "fields": "backgroundColor"}},
    {"updateTableColumnProperties": {"tableStartLocation": {"index": 24}, "columnIndices": [1],
                                     "tableColumnProperties": {"width": {"magnitude": 90, "unit": "PT"},
                                                               "widthType": "FIXED_WIDTH"},
                                     "fields": "width,widthType"}},
    {"pinTableHeaderRows": {"tableStartLocation": {"index": 24}, "pinnedHeaderRowsCount": 1}},
    {"insertPageBreak": at(12)},
    {"createNamedRange": {"name": "luna:k1", "range": span(1, 12)}},
]  # fmt: skip


def test_a_report_is_written_and_read_back(luna: Google, control: SandboxControl) -> None:
    made = luna.create(appProperties={"luna_k": "k1"})
    answer = luna.edit(made, *REPORT)
    document = luna.document(made)
    assert list(Draft202012Validator(schema_of("docs.v1", "Document")).iter_errors(document)) == []
    assert list(Draft202012Validator(schema_of("docs.v1", "BatchUpdateDocumentResponse")).iter_errors(answer)) == []
    assert answer["writeControl"]["requiredRevisionId"] == document["revisionId"]
    (named,) = document["namedRanges"]["luna:k1"]["namedRanges"]
    assert named["namedRangeId"] == answer["replies"][-1]["createNamedRange"]["namedRangeId"]
    assert named["ranges"] == [span(1, 12)]
    first = paragraphs(document)[0]
    assert first["elements"][0]["textRun"]["content"] == "Week 47 🌔\n"
    assert first["paragraphStyle"]["namedStyleType"] == "HEADING_1"
    assert first["paragraphStyle"]["headingId"].startswith("h.")
    linked = paragraphs(document)[2]
    look = linked["elements"][0]["textRun"]["textStyle"]
    assert (look["link"]["url"], look["underline"]) == ("https://luna.example/x", True)
    assert linked["bullet"]["listId"] in document["lists"]
    (table,) = (one["table"] for one in document["body"]["content"] if "table" in one)
    assert [row["tableRowStyle"]["tableHeader"] for row in table["tableRows"]] == [True, False]
    assert table["tableStyle"]["tableColumnProperties"][1]["width"]["magnitude"] == 90
    shades = [cell["tableCellStyle"]["backgroundColor"] for row in table["tableRows"] for cell in row["tableCells"]]
    assert [bool(shade) for shade in shades] == [True, True, False, False]
    assert [(line["action"], line["key"]) for line in control.ledger()] == [("create", "k1"), ("batchUpdate", "k1")]


def test_under_a_tab_or_under_a_mask(luna: Google) -> None:
    made = luna.create()
    luna.edit(made, insert(1, "Hello"))
    asked = luna.docs.documents()
    tabbed = asked.get(documentId=made, includeTabsContent=True).execute()
    assert "body" not in tabbed
    assert tabbed["tabs"][0]["tabProperties"]["tabId"] == "t.0"
    assert tabbed["tabs"][0]["documentTab"]["body"]["content"][1]["endIndex"] == 7
    narrow = asked.get(documentId=made, fields="revisionId,body(content(endIndex))").execute()
    assert narrow["body"] == {"content": [{"endIndex": 1}, {"endIndex": 7}]}
    luna.edit(made, {"insertText": {"location": {"index": 1, "tabId": "t.0"}, "text": "x"}})
    luna.edit(made, {"insertText": {"endOfSegmentLocation": {}, "text": "!"}})
    assert paragraphs(luna.document(made))[0]["elements"][0]["textRun"]["content"] == "xHello!\n"


def test_a_batch_is_done_once_under_its_revision(luna: Google, control: SandboxControl, sandbox_url: str) -> None:
    made = luna.create()
    before = luna.document(made)["revisionId"]
    answer = luna.edit(made, insert(1, "once"), revision=before)
    batch = {"requests": [insert(1, "once")], "writeControl": {"requiredRevisionId": before}}
    error = refusal(luna.docs.documents().batchUpdate(documentId=made, body=batch))
    assert (error["code"], error["status"]) == (400, "FAILED_PRECONDITION")
    assert error["message"] == f"The required revision ID '{before}' does not match the latest revision."
    assert luna.document(made)["revisionId"] == answer["writeControl"]["requiredRevisionId"]
    assert len(control.ledger()) == 2
    typed = requests.post(f"{sandbox_url}/_sandbox/google/files/{made}/type", json={"text": "by hand "}, timeout=5)
    assert typed.ok
    newer = {"requests": [], "writeControl": answer["writeControl"]}
    assert refusal(luna.docs.documents().batchUpdate(documentId=made, body=newer))["code"] == 400


def test_a_batch_is_done_whole_or_not_at_all(luna: Google, control: SandboxControl) -> None:
    made = luna.create()
    before = luna.document(made)
    batch = {"requests": [insert(1, "abc"), insert(99, "d")]}
    error = refusal(luna.docs.documents().batchUpdate(documentId=made, body=batch))
    assert error["message"] == (
        "Invalid requests[1].insertText: Index 99 must be less than the end index of the referenced segment, 5."
    )
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert luna.document(made) == before
    assert len(control.ledger()) == 1


TABLE = {"insertTable": {"rows": 2, "columns": 2, "location": {"index": 1}}}
START = {"tableStartLocation": {"index": 2}}
PARAGRAPH = {"paragraphStyle": {"alignment": "CENTER"}, "fields": "alignment"}
BULLETS = {"bulletPreset": "BULLET_CHECKBOX"}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([insert(0, "x")], "requests[0].insertText: The insertion index must be inside the bounds of an existing"),
        ([insert(2, "x")], "Index 2 must be less than the end index of the referenced segment, 2."),
        ([insert(1, "")], "must not be empty"),
        ([insert(1, "\x00\ue000")], "must not be empty"),
        ([{"insertText": {"text": "x"}}], "Exactly one of location and end_of_segment_location"),
        ([{"insertText": {"location": {"index": 1, "tabId": "t.9"}, "text": "x"}}], "tab with ID t.9"),
        ([{"insertText": {"location": {"index": 1, "segmentId": "s"}, "text": "x"}}], "Segment with ID s"),
        ([insert(1, "ab"), style(1, 4, bold=True)], "requests[1].updateTextStyle: Index 4 must be less than"),
        ([insert(1, "ab"), style(1, 1, bold=True)], "should not be empty"),
        ([insert(1, "ab"), style(2, 1, bold=True)], "end index cannot be less than start index"),
        ([insert(1, "ab"), style(0, 1, bold=True)], "start index 0"),
        ([insert(1, "ab"), style(1, 2, "", bold=True)], "At least one field"),
        ([insert(1, "ab"), {"updateParagraphStyle": {"range": span(1, 9), **PARAGRAPH}}], "Index 9 must be less than"),
        ([insert(1, "ab"), {"createParagraphBullets": {"range": span(1, 2)}}], "bullet preset"),
        ([insert(1, "ab"), {"createParagraphBullets": {"range": span(1, 9), **BULLETS}}], "Index 9 must be less than"),
        ([insert(1, "ab"), {"createNamedRange": {"name": "", "range": span(1, 2)}}], "at least 1 character"),
        ([insert(1, "ab"), {"createNamedRange": {"name": "é" * 257, "range": span(1, 2)}}], "no more than 256"),
        ([{"deleteNamedRange": {"name": "luna:none"}}], "could not be found"),
        ([{"deleteContentRange": {"range": span(1, 2)}}], "newline character at the end of the segment"),
        ([{"insertTable": {"rows": 0, "columns": 2, "location": {"index": 1}}}], "Cannot insert a table"),
        ([{"insertTable": {"rows": 1, "columns": 21, "location": {"index": 1}}}], "Cannot insert a table"),
        ([TABLE, {"insertTable": {"rows": 1, "columns": 1, "location": {"index": 2}}}], "insertion index must be"),
        ([TABLE, {"insertPageBreak": at(5)}], "Page breaks cannot be inserted inside a table"),
        ([TABLE, {"pinTableHeaderRows": {"tableStartLocation": {"index": 3}}}], "Invalid table start location"),
        ([TABLE, {"pinTableHeaderRows": {**START, "pinnedHeaderRowsCount": 3}}], "outside the bounds"),
        ([TABLE, {"updateTableRowStyle": {**START, "rowIndices": [2], "tableRowStyle": {}, "fields": "*"}}],
         "The row index 2"),
        ([TABLE, {"updateTableColumnProperties": {**START, "columnIndices": [0], "fields": "width",
                                                  "tableColumnProperties": {"width": {"magnitude": 4, "unit": "PT"}}}}],
         "at least 5 points"),
        ([{"replaceAllText": {"containsText": {"text": ""}, "replaceText": "x"}}], "must not be empty"),
        ([{}], "Must specify one request"),
        ([{**insert(1, "x"), **TABLE}], "Must specify one request"),
    ],
)  # fmt: skip
def test_what_a_batch_may_not_hold(shared: Google, asked: list[Json], words: str) -> None:
    made = shared.create()
    error = refusal(shared.docs.documents().batchUpdate(documentId=made, body={"requests": asked}))
    assert error["code"] == 400
    assert words in error["message"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"insertText": {"location": {"index": 1}, "txt": "x"}},
         "Invalid JSON payload received. Unknown name \"txt\" at 'requests[0].insert_text': Cannot find field."),
        ({"insertTxt": {}},
         "Invalid JSON payload received. Unknown name \"insertTxt\" at 'requests[0]': Cannot find field."),
        ({"insertText": {"location": {"index": "one"}, "text": "x"}},
         "Invalid value at 'requests[0].insert_text.location.index' (TYPE_INT32), \"one\""),
        ({"updateParagraphStyle": {"paragraphStyle": {"namedStyleType": "HEADING_9"}}},
         "Invalid value at 'requests[0].update_paragraph_style.paragraph_style.named_style_type' (TYPE_ENUM), "
         '"HEADING_9"'),
    ],
)  # fmt: skip
def test_what_the_published_schema_does_not_know(shared: Google, asked: Json, words: str) -> None:
    call = shared.docs.documents().batchUpdate(documentId="document-fernhill-plain", body={"requests": [asked]})
    error = refusal(call)
    assert (error["message"], error["status"]) == (words, "INVALID_ARGUMENT")
    assert error["details"][0]["fieldViolations"][0]["description"] == words


def test_what_google_can_and_the_sandbox_cannot_is_told_apart(shared: Google) -> None:
    asked = {"requests": [{"insertPerson": {"location": {"index": 1}}}]}
    error = refusal(shared.docs.documents().batchUpdate(documentId="document-fernhill-plain", body=asked))
    assert (error["code"], error["status"]) == (501, "UNIMPLEMENTED")


def test_replacing_and_forgetting_a_named_range(luna: Google) -> None:
    made = luna.create()
    luna.edit(made, insert(1, "Dear {{who}}, dear {{WHO}}"), {"createNamedRange": {"name": "n", "range": span(1, 5)}})
    replaced = {"containsText": {"text": "{{who}}", "matchCase": False}, "replaceText": "Ines"}
    answer = luna.edit(made, {"replaceAllText": replaced}, {"deleteNamedRange": {"name": "n"}})
    assert answer["replies"] == [{"replaceAllText": {"occurrencesChanged": 2}}, {}]
    document = luna.document(made)
    assert paragraphs(document)[0]["elements"][0]["textRun"]["content"] == "Dear Ines, dear Ines\n"
    assert "namedRanges" not in document


def test_a_deck_is_no_document_and_a_reader_no_writer(luna: Google, control: SandboxControl) -> None:
    deck = luna.create(DECK)
    assert refusal(luna.docs.documents().get(documentId=deck))["status"] == "FAILED_PRECONDITION"
    assert refusal(luna.docs.documents().get(documentId="nowhere"))["message"] == "Requested entity was not found."


def test_sixty_writes_a_minute(luna: Google, control: SandboxControl) -> None:
    made = luna.create()
    control.set_rate("google write", per_second=0.01, burst=2)
    for _ in range(2):
        luna.edit(made, insert(1, "x"))
    error = refusal(luna.docs.documents().batchUpdate(documentId=made, body={"requests": [insert(1, "x")]}))
    assert (error["code"], error["status"], error["reasons"]) == (429, "RESOURCE_EXHAUSTED", ["rateLimitExceeded"])
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    control.move_clock(days=1)
    luna.edit(made, insert(1, "x"))
    assert len(control.ledger()) == 4
