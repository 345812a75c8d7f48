"""Google Docs: requests as Google describes them, which put the report on top of whatever a document holds.

What they do is seen in the sandbox's document, which counts indexes as Google does.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.content.document import (
    Document,
    Heading,
    Line,
    Lines,
    Link,
    Meta,
    Note,
    Plan,
    PlanItem,
    Quote,
    Row,
    Table,
    Title,
)
from reports.content.samples import busy_digest, quiet_digest
from reports.renderers.google_docs import render_google_docs, utf16_width
from sandbox.google.document import Document as SandboxDocument
from sandbox.google.document_json import document_json
from sandbox.google.document_requests import REQUESTS
from tests.google_schemas import misfits

SITE = "https://luna.example"
TODAY = date(2026, 11, 23)
NAMES = ["Booking page", "多言語の検索 🌓 ready", "خطة الإطلاق", "A very long name " * 12, "👩🏽‍🚀 e\u0301 <b>&</b>"]


def plan(size: int, *, groups: bool = False) -> Plan:
    items = [
        PlanItem(
            name=NAMES[number % len(NAMES)],
            path=f"/m/{number}/",
            group=f"Launch {number // 7}" if groups else "",
            owner="" if number % 5 == 0 else "Ana Alves",
            due=None if number % 6 == 0 else date(2026, 11, 1 + number % 28),
            done=date(2026, 11, 3) if number % 4 == 0 else None,
            progress=number % 5 / 4,
            mark=("ok", "warn", "bad", "done")[number % 4],
            word="On track",
        )
        for number in range(size)
    ]
    return Plan(tuple(items), TODAY)


DOCUMENTS = {
    "busy": busy_digest(),
    "quiet": quiet_digest(),
    **{f"{size} milestones": Document((Title("Plan"), Heading("Milestones"), plan(size))) for size in (1, 20, 100)},
    "several launches": Document((Title("Portfolio"), plan(20, groups=True), plan(3), Note("End", Link("here", "/")))),
    "table first": Document((Table(("A", "B"), (Row(("1", "2"), "/x/"),)), Lines((Line("after"),)))),
    "list, table, list": Document(
        (Lines((Line("one"), Line("two"))), Table(("A",), (Row(("1",)),)), Lines((Line("three"),)))
    ),
    "from the right": Document((Title("خطة الإطلاق"), Meta("الأسبوع ٤٨"), Lines((Line("تم"), Line("done"))))),
    "odd characters": Document((Title("a\x07b\ue000c\ud800d\x0be"), Quote("one\n\ntwo", "Ana"), Heading(""))),
    "nothing": Document(),
}


def put(document: SandboxDocument, report: Document, key: str = "k1") -> dict[str, Any]:
    """Put the report on top; what the document is then, as documents.get tells it."""
    REQUESTS.apply(document, render_google_docs(report, base_url=SITE, key=key))
    return document_json(document, file_id="f", title="t", revision="r")


def paragraphs(shown: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """(style, text, is in a list) of each paragraph outside tables."""
    return [
        (
            one["paragraph"]["paragraphStyle"].get("namedStyleType", ""),
            "".join(part.get("textRun", {}).get("content", "") for part in one["paragraph"]["elements"]).rstrip("\n"),
            "bullet" in one["paragraph"],
        )
        for one in shown["body"]["content"]
        if "paragraph" in one
    ]


def cells(shown: dict[str, Any]) -> list[list[list[str]]]:
    """The text of each table's cells."""
    return [
        [
            ["".join(_texts(cell["content"])).rstrip("\n") for cell in row["tableCells"]]
            for row in one["table"]["tableRows"]
        ]
        for one in shown["body"]["content"]
        if "table" in one
    ]


def _texts(content: list[dict[str, Any]]) -> list[str]:
    return [part.get("textRun", {}).get("content", "") for one in content for part in one["paragraph"]["elements"]]


def runs(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Every run of text, of tables too."""
    found: list[dict[str, Any]] = []
    for one in shown["body"]["content"]:
        inner = [one]
        if "table" in one:
            inner = [p for row in one["table"]["tableRows"] for cell in row["tableCells"] for p in cell["content"]]
        found += [
            part["textRun"]
            for p in inner
            if "paragraph" in p
            for part in p["paragraph"]["elements"]
            if "textRun" in part
        ]
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_requests_are_as_google_describes_them(name: str) -> None:
    body = {
        "requests": render_google_docs(DOCUMENTS[name], base_url=SITE, key="0" * 64),
        "writeControl": {"requiredRevisionId": "r"},
    }
    assert misfits("docs", "v1", "BatchUpdateDocumentRequest", body) == []


WRONG: list[dict[str, Any]] = [
    {"insertTexts": {}},
    {"insertText": {"location": {"index": "1"}}},
    {"insertText": {"words": "x"}},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_the_schemas_do_find_what_is_wrong(wrong: dict[str, Any]) -> None:
    assert misfits("docs", "v1", "BatchUpdateDocumentRequest", {"requests": [wrong]})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_they_can_be_carried_out_on_an_empty_and_on_a_full_document(name: str) -> None:
    empty, full = SandboxDocument.empty(), SandboxDocument.empty()
    full.insert(1, "Mine, by hand\nand more")
    full.make_bullets(1, 5, "BULLET_DISC_CIRCLE_SQUARE")
    shown, on_top = put(empty, DOCUMENTS[name]), put(full, DOCUMENTS[name])
    for one in (shown, on_top):
        assert list(one["namedRanges"]) == ["luna:k1"]
        assert one["namedRanges"]["luna:k1"]["namedRanges"][0]["ranges"][0]["startIndex"] == 1
    above, below = paragraphs(on_top)[:-2], paragraphs(on_top)[-2:]
    assert below == [("NORMAL_TEXT", "Mine, by hand", True), ("NORMAL_TEXT", "and more", False)]
    assert above == paragraphs(shown)[:-1]
    assert cells(on_top) == cells(shown)


def test_a_report_reads_as_it_was_composed() -> None:
    report = Document(
        (
            Title("Digest 🌒", over="Fernhill"),
            Heading("Milestones"),
            Table(("Who", "What"), (Row(("Ana", "Decide 👍"), "/d/1/"), Row(("", "Wait")))),
            Lines((Line("late", mark="bad", day="Fri 27 Nov", link=Link("Sync", "/m/2/"), person="Ben"), Line("fine"))),
            Note("More", Link("in Luna", "/l/")),
        )
    )
    shown = put(SandboxDocument.empty(), report)
    assert paragraphs(shown) == [
        ("NORMAL_TEXT", "Fernhill", False),
        ("HEADING_1", "Digest 🌒", False),
        ("HEADING_2", "Milestones", False),
        ("NORMAL_TEXT", "", False),
        ("NORMAL_TEXT", "▲ Fri 27 Nov: Sync: late (Ben)", True),
        ("NORMAL_TEXT", "fine", True),
        ("NORMAL_TEXT", "More in Luna", False),
        ("NORMAL_TEXT", "", False),
    ]
    assert cells(shown) == [[["Who", "What"], ["Ana", "Decide 👍"], ["", "Wait"]]]
    links = {
        run["content"].strip(): run["textStyle"]["link"]["url"] for run in runs(shown) if "link" in run["textStyle"]
    }
    assert links == {"Decide 👍": f"{SITE}/d/1/", "Sync": f"{SITE}/m/2/", "in Luna": f"{SITE}/l/"}


@pytest.mark.parametrize("size", [1, 20, 100])
def test_a_plan_is_a_native_table_of_all_its_milestones(size: int) -> None:
    shown = put(SandboxDocument.empty(), Document((Title("Plan"), plan(size))))
    [table] = cells(shown)
    assert table[0] == ["Milestone", "Owner", "Due", "Progress", "Status"]
    assert [row[0] for row in table[1:]] == [" ".join(NAMES[number % 5].split()) for number in range(size)]
    assert all(row[3].endswith(" %") for row in table[1:])


def test_what_is_late_says_by_how_much() -> None:
    items = (
        PlanItem("Sync", due=date(2026, 11, 19), mark="bad", word="At risk"),
        PlanItem("Page", due=date(2026, 11, 19), done=date(2026, 11, 18), progress=1.0, mark="done", word="Completed"),
    )
    [table] = cells(put(SandboxDocument.empty(), Document((Plan(items, TODAY),))))
    assert table[1:] == [
        ["Sync", "nobody", "Thu 19 Nov, 4 d late", "🌑 0 %", "▲ At risk"],
        ["Page", "nobody", "Thu 19 Nov", "🌕 100 %", "✓ Completed"],
    ]


def test_a_new_edition_goes_on_top_of_the_last_one() -> None:
    running = SandboxDocument.empty()
    put(running, Document((Title("Week 47"), Lines((Line("old"),)))), "first")
    shown = put(running, Document((Title("Week 48"), Lines((Line("new"),)))), "second")
    texts = [text for _, text, _ in paragraphs(shown) if text]
    assert texts == ["Week 48", "new", "Week 47", "old"]
    starts = {
        name: ranges["namedRanges"][0]["ranges"][0]["startIndex"] for name, ranges in shown["namedRanges"].items()
    }
    assert starts["luna:second"] == 1
    assert starts["luna:first"] == 1 + utf16_width("Week 48\nnew\n")


def test_text_from_the_right_is_said_to_be() -> None:
    shown = put(SandboxDocument.empty(), DOCUMENTS["from the right"])
    directions = [
        one["paragraph"]["paragraphStyle"].get("direction") for one in shown["body"]["content"] if "paragraph" in one
    ]
    assert directions[:4] == ["RIGHT_TO_LEFT"] * 3 + ["LEFT_TO_RIGHT"]


_WORDS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(NAMES)
_BLOCKS = st.one_of(
    _WORDS.map(Heading),
    st.builds(Quote, _WORDS, _WORDS),
    st.lists(st.builds(Line, text=_WORDS, mark=st.sampled_from(["", "ok", "bad"])), max_size=3).map(
        lambda items: Lines(tuple(items))
    ),
    st.lists(st.tuples(_WORDS, _WORDS), max_size=3).map(
        lambda rows: Table(("A", "B"), tuple(Row(cells) for cells in rows))
    ),
    st.integers(0, 3).map(plan),
)


@given(st.lists(_BLOCKS, max_size=6))
def test_any_report_leaves_what_was_there_whole(blocks: list[Any]) -> None:
    document = SandboxDocument.empty()
    document.insert(1, "Mine")
    shown = put(document, Document(tuple(blocks)))
    assert paragraphs(shown)[-1] == ("NORMAL_TEXT", "Mine", False)
    assert len(cells(shown)) == sum(
        bool(block.rows if isinstance(block, Table) else block.items)
        for block in blocks
        if isinstance(block, Table | Plan)
    )


@given(st.text(st.characters(codec="utf-8")))
def test_the_width_counts_utf16_units(text: str) -> None:
    assert utf16_width(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)
