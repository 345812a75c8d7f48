"""The model of a document: Google's index arithmetic, whatever is put in and taken out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.google.answers import RequestError
from sandbox.google.document import Document, NamedRange
from sandbox.google.document_json import document_json
from sandbox.google.units import code_units, pack, text_of, unpack, width

LETTERS = st.sampled_from(["a", "B", " ", "\n", "\t", "é", "漢", "ש", "🌕", "👩‍🚀"])
WORDS = st.lists(LETTERS, min_size=1, max_size=6).map("".join)
PLACE = st.floats(0, 1, exclude_max=True)
STEP = st.one_of(
    st.tuples(st.just("text"), PLACE, WORDS),
    st.tuples(st.just("table"), PLACE, st.tuples(st.integers(1, 3), st.integers(1, 3))),
    st.tuples(st.just("delete"), PLACE, PLACE),
    st.tuples(st.just("bullets"), PLACE, PLACE),
    st.tuples(st.just("name"), PLACE, PLACE),
)


def made(text: str) -> Document:
    document = Document.empty()
    if text:
        document.insert(1, text)
    return document


def as_json(document: Document) -> Any:
    return document_json(document, file_id="x", title="x", revision="1")


def take(document: Document, step: tuple[str, float, Any]) -> bool:
    """Try one step; whether it was done."""
    kind, place, more = step
    index = 1 + int(place * (document.end - 1))
    try:
        match kind:
            case "text":
                document.insert(index, more)
            case "table":
                document.insert_table(index, *more)
            case "delete":
                document.delete(index, index + 1 + int(more * 6))
            case "bullets":
                document.make_bullets(index, index + 1 + int(more * 20), "BULLET_DISC_CIRCLE_SQUARE")
            case _:
                start, end = document.span(index, index + 1 + int(more * 9))
                document.ranges.append(NamedRange(document.new_id(), f"n{len(document.ranges)}", start, end))
    except RequestError:
        return False
    return True


def check_elements(content: list[Any], start: int) -> int:
    """Each element begins where the one before it ended; the end of the last."""
    for element in content:
        assert element["startIndex"] == start
        if "paragraph" in element:
            place = start
            text = ""
            for one in element["paragraph"]["elements"]:
                assert one["startIndex"] == place
                words = one.get("textRun", {}).get("content", "\x0c")
                place += width(words)
                text += words
                assert one["endIndex"] == place
            assert (text.count("\n"), text[-1]) == (1, "\n")
        else:
            place = check_table(element)
        assert element["endIndex"] == place
        start = place
    assert "paragraph" in content[-1]
    return start


def check_table(element: Any) -> int:
    place: int = element["startIndex"] + 1
    rows = element["table"]["tableRows"]
    assert len(rows) == element["table"]["rows"]
    for row in rows:
        assert row["startIndex"] == place
        assert len(row["tableCells"]) == element["table"]["columns"]
        place += 1
        for cell in row["tableCells"]:
            assert cell["startIndex"] == place
            place = check_elements(cell["content"], place + 1)
            assert cell["endIndex"] == place
        assert row["endIndex"] == place
    return place + 1


@given(st.lists(STEP, max_size=25))
def test_indexes_stay_whole_whatever_is_done(steps: list[tuple[str, float, Any]]) -> None:
    document = Document.empty()
    for step in steps:
        before = document.as_json()
        if not take(document, step):
            assert {**document.as_json(), "made": 0} == {**before, "made": 0}
    assert check_elements(as_json(document)["body"]["content"][1:], 1) == document.end
    for one in document.ranges:
        assert 1 <= one.start < one.end < document.end
    assert Document.from_json(document.as_json()).as_json() == document.as_json()


@given(WORDS, WORDS, st.integers(0, 20))
def test_what_was_put_in_can_be_taken_out(first: str, second: str, place: int) -> None:
    document = made(first)
    before = document.as_json()
    index = document.insertion(1 + place % (document.end - 1))
    document.insert(index, second)
    assert document.end == 2 + width(first) + width(second)
    document.delete(index, index + width(second))
    assert document.text == first + "\n"
    assert document.as_json() == before


@given(WORDS)
def test_text_becomes_code_units_and_comes_back(text: str) -> None:
    document = made(text)
    assert width(text) == len(code_units(text)) == document.end - 2
    assert text_of(unpack(pack(document.units))) == text_of(document.units)


def test_an_emoji_takes_two_places() -> None:
    document = made("a🌕b")
    assert document.end == 1 + 4 + 1
    document.insert(3, "x")  # between its halves: put after it
    assert document.text == "a🌕xb\n"
    for start, end in ((2, 3), (3, 4)):
        with pytest.raises(RequestError, match="surrogate pair"):
            document.delete(start, end)
    document.delete(2, 4)
    assert document.text == "axb\n"


def test_a_tables_places_are_googles() -> None:
    """A newline, the table, and for each row one place and two for each cell, and the table's end."""
    document = made("ab")
    document.insert_table(2, 2, 3)
    table = document.table(3)
    assert (table.rows, table.end) == ((4, 11), 3 + 2 + 2 * (1 + 2 * 3))
    assert table.cells == ((5, 7, 9), (12, 14, 16))
    content = as_json(document)["body"]["content"]
    assert [(one.get("startIndex"), one["endIndex"]) for one in content] == [(None, 1), (1, 3), (3, 19), (19, 21)]
    document.insert(15, "🌕!")  # the cell at (1, 1): row 12, cell 14, its text 15
    cell = as_json(document)["body"]["content"][2]["table"]["tableRows"][1]["tableCells"][1]
    assert cell["content"][0]["paragraph"]["elements"][0]["textRun"]["content"] == "🌕!\n"
    assert (cell["startIndex"], cell["endIndex"]) == (14, 19)


@pytest.mark.parametrize("index", [0, 3, 4, 5, 7, 18])
def test_nothing_goes_between_a_tables_parts(index: int) -> None:
    document = made("ab")
    document.insert_table(2, 2, 3)
    with pytest.raises(RequestError, match="inside the bounds of an existing paragraph"):
        document.insert(index, "x")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (2, 3, "Cannot delete the requested range"),  # the newline before the table
        (3, 4, "Cannot delete the requested range"),  # the table's start alone
        (4, 11, "Cannot delete the requested range"),  # a row
        (6, 7, "Cannot delete the requested range"),  # the last newline of a cell
        (1, 10, "Cannot delete the requested range"),  # into the table
        (10, 20, "Cannot delete the requested range"),  # out of it
        (19, 21, "newline character at the end of the segment"),
        (19, 99, "Index 99 must be less than the end index of the referenced segment, 21."),
        (5, 5, "should not be empty"),
        (6, 5, "end index cannot be less than start index"),
    ],
)
def test_a_table_is_deleted_whole_or_not_at_all(start: int, end: int, words: str) -> None:
    document = made("ab")
    document.insert_table(2, 2, 3)
    before = document.as_json()
    with pytest.raises(RequestError, match=words.replace(".", r"\.")):
        document.delete(start, end)
    assert document.as_json() == before
    document.delete(3, 19)
    assert document.text == "a\nb\n"


def test_new_text_looks_like_what_stands_before_it() -> None:
    document = made("plain bold")
    document.restyle(7, 11, {"bold": True}, ["bold"])
    document.insert(7, "x")
    document.insert(12, "y")
    runs = as_json(document)["body"]["content"][1]["paragraph"]["elements"]
    shown = [(one["textRun"]["content"], one["textRun"]["textStyle"]) for one in runs]
    assert shown == [("plain x", {}), ("boldy", {"bold": True}), ("\n", {})]


def test_a_new_paragraph_is_like_the_one_it_is_put_into() -> None:
    document = made("Title")
    document.restyle_paragraphs(1, 2, {"namedStyleType": "HEADING_1"}, ["namedStyleType"])
    document.insert(1, "Above\n")
    styles = [one["paragraph"]["paragraphStyle"]["namedStyleType"] for one in as_json(document)["body"]["content"][1:]]
    assert styles == ["HEADING_1", "HEADING_1"]


def test_bullets_count_tabs_and_take_them_away() -> None:
    document = made("one\n\ttwo\n\t\tthree\nfour")
    document.make_bullets(1, document.end - 1, "BULLET_DISC_CIRCLE_SQUARE")
    paragraphs = [one["paragraph"] for one in as_json(document)["body"]["content"][1:]]
    assert document.text == "one\ntwo\nthree\nfour\n"
    assert [one["bullet"].get("nestingLevel", 0) for one in paragraphs] == [0, 1, 2, 0]
    assert len({one["bullet"]["listId"] for one in paragraphs}) == 1
    document.insert(document.end - 1, "\nfive")
    assert "bullet" in as_json(document)["body"]["content"][-1]["paragraph"]


def test_named_ranges_move_grow_shrink_and_go() -> None:
    document = made("abcdef")
    document.ranges.append(NamedRange("id", "luna:k", 3, 5))

    def now() -> list[tuple[int, int]]:
        return [(one.start, one.end) for one in document.ranges]

    document.insert(3, "🌕")
    assert now() == [(5, 7)]
    document.insert(6, "x")
    assert now() == [(5, 8)]
    document.insert(8, "y")
    assert now() == [(5, 8)]
    document.delete(2, 6)
    assert now() == [(2, 4)]
    document.delete(1, 7)
    assert now() == []


def test_replacing_keeps_the_range_around_it() -> None:
    document = made("Dear {{name}}, {{NAME}}")
    document.ranges.append(NamedRange("id", "all", 6, 14))
    assert document.replace_all("{{name}}", "Ines 🌕", match_case=True) == 1
    assert document.text == "Dear Ines 🌕, {{NAME}}\n"
    assert [(one.start, one.end) for one in document.ranges] == [(6, 13)]
    assert document.replace_all("{{name}}", "", match_case=False) == 1
    assert document.text == "Dear Ines 🌕, \n"
