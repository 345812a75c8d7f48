"""Reading lists that people made: header words, odd values, spreadsheets with formulas, bodies of a wrong shape."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from integrations.domain.types import TaskState
from integrations.errors import RefusedError
from integrations.sources.upload.durations import HOW_TO_WRITE
from integrations.sources.upload.listing import MOST_BYTES, MOST_PARTS, MOST_ROWS, Listing, read_body, read_file
from integrations.sources.upload.shape import FIELDS, FieldError, read_fields, record_of

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINE = {"external_id": "17", "title": "Write the guide"}


def csv_of(*lines: str) -> Listing:
    return read_file("list.csv", "\n".join(lines).encode())


def sheet(*rows: list[Any]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def body(*tasks: Any, **more: Any) -> tuple[Listing, bool]:
    return read_body(json.dumps({"tasks": list(tasks)} | more).encode())


def faults(listing: Listing) -> list[tuple[str, str]]:
    return [(fault.where, fault.reason) for fault in listing.faults]


def test_every_field_of_the_shape_comes_through() -> None:
    listing, replaces = body(
        MINE
        | {
            "key": "DOC-17",
            "url": "https://docs.example/17",
            "state": "In Review",
            "assignee": "Ines  Prado",
            "estimate_hours": 2.5,
            "points": 3,
            "created_at": "2026-11-02",
            "updated_at": "2026-11-19T10:00:00+02:00",
            "started_at": "2026-11-03T08:00:00Z",
            "labels": ["docs", "docs", "guide"],
            "blocked_by": ["16"],
        },
        replace=True,
    )
    assert not listing.faults
    assert replaces
    task = record_of(listing.tasks["17"], taken_at=AT)
    assert (task.key, task.title, task.url) == ("DOC-17", "Write the guide", "https://docs.example/17")
    assert (task.state, task.status_word, task.assignee) == (TaskState.IN_PROGRESS, "In Review", "Ines Prado")
    assert (task.estimate_seconds, task.points, task.labels) == (9000, 3.0, ("docs", "guide"))
    assert (task.blocked_by, task.updated_at, task.completed_at) == (("16",), AT, None)
    assert task.created_at == datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert task.started_at == datetime(2026, 11, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "state", "completed_at"),
    [
        ({}, TaskState.TO_DO, None),
        ({"started_at": "2026-11-03"}, TaskState.IN_PROGRESS, None),
        ({"completed_at": "2026-11-04T07:00:00Z"}, TaskState.DONE, datetime(2026, 11, 4, 7, tzinfo=UTC)),
        ({"state": "Won’t do"}, TaskState.CANCELLED, None),
        ({"state": "in_progress", "completed_at": "2026-11-04"}, TaskState.IN_PROGRESS, None),
        ({"state": "CLOSED"}, TaskState.DONE, AT),
        ({"state": "done", "updated_at": "2026-11-05T07:00:00Z"}, TaskState.DONE, datetime(2026, 11, 5, 7, tzinfo=UTC)),
    ],
)
def test_the_state_and_when_it_was_reached(
    more: dict[str, str], state: TaskState, completed_at: datetime | None
) -> None:
    task = record_of(read_fields(MINE | more), taken_at=AT)
    assert (task.state, task.completed_at) == (state, completed_at)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("external_id", "", "external_id has no value"),
        ("external_id", "x" * 65, "64 characters"),
        ("title", "  ", "title has no value"),
        ("title", {"en": "Guide"}, "words"),
        ("url", "javascript:alert(1)", "https://"),
        ("state", "maybe", "none of"),
        ("estimate_hours", "two", "estimate_hours is “two”: write hours as a number, or a time as 3h"),
        ("estimate_hours", True, "3h"),
        ("estimate_hours", -1, "from 0"),
        ("points", float("nan"), "from 0"),
        ("points", True, "number"),
        ("created_at", "20.11.2026", "a date"),
        ("created_at", "0001-01-01T00:00:00+14:00", "created_at"),
        ("created_at", 46000, "a date"),
        ("labels", {"a": 1}, "list"),
        ("labels", [["a"]], "words"),
        ("blocked_by", [str(number) for number in range(51)], "more than 50"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_its_path(field: str, value: Any, said: str) -> None:
    listing, _ = body(MINE | {"external_id": "1"}, MINE | {field: value})
    ((where, reason),) = faults(listing)
    assert where == f"tasks[1].{field}"
    assert said in reason


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b"{", ""),
        (b"\xff\xfe", ""),
        (b"[" * 100_000, ""),
        (b'{"tasks": [' + b"[]," * (MOST_PARTS + 1) + b"[]]}", "tasks"),
        (b"[]", "tasks"),
        (b'{"tasks": {}}', "tasks"),
        (b'{"tasks": [], "replace": "yes"}', "replace"),
        (b'{"tasks": [3]}', "tasks[0]"),
        (b'{"tasks": [{"external_id": "1", "title": "a", "colour": "red"}]}', "tasks[0].colour"),
        (b'{"tasks": [{"external_id": "1", "title": "a"}, {"external_id": 1, "title": "b"}]}', "tasks[1].external_id"),
    ],
)
def test_a_body_of_a_wrong_shape_says_where(raw: bytes, where: str) -> None:
    listing, replaces = read_body(raw)
    assert [fault.where for fault in listing.faults] == [where]
    assert not replaces


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*FIELDS, "tasks", "replace"]), inner),
    )
)
def test_no_body_breaks_the_reading(value: Any) -> None:
    read_body(json.dumps(value).encode())
    read_body(json.dumps({"tasks": [value]}).encode())
    with suppress(FieldError):
        read = read_fields(value if isinstance(value, dict) else {"title": value, "external_id": value})
        assert read_fields(read) == read
        record_of(json.loads(json.dumps(read)), taken_at=AT)


def test_columns_are_found_by_their_words() -> None:
    listing = csv_of(
        "Issue key;Summary;Status;Story Points;Due;Tags;Depends on;Σ Estimate (h)",
        'A-1;"Build; test";In Progress;1,5;x;a, b;A-0;',
        "A-2;Ship;Done;;;;;",
    )
    assert listing.columns["key"] == "Issue key"
    assert listing.ignored == ["Due", "Σ Estimate (h)"]
    assert listing.tasks["A-1"] == {
        "external_id": "A-1", "key": "A-1", "title": "Build; test", "state": "In Progress", "points": 1.5,
        "labels": ["a", "b"], "blocked_by": ["A-0"],
    }  # fmt: skip
    assert set(listing.tasks) == {"A-1", "A-2"}


def test_rows_with_faults_are_set_aside_and_the_rest_goes_on() -> None:
    listing = csv_of("id,title,points", "1,One,1", "2,Two,many", ",Three,1", "", "1,Again,1", "4,Four,")
    assert set(listing.tasks) == {"1", "4"}
    assert [fault.where for fault in listing.faults] == ["row 3", "row 4", "row 6"]
    assert [fault.external_id for fault in listing.faults] == ["2", "row 4", "1"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("Key,Summary", ",One"), "“Key” has no value."),
        (("Key,Summary", "A-1,"), "“Summary” has no value."),
        (("Key,ID,Summary", "A-1,,One"), "“ID” has no value."),
        (("Issue key,Task", "A-1,One", "A-1,Two"), "“Issue key” is “A-1” for the second time."),
        (("Nr.,Task,Original estimate (h)", "1,One,soon"), f"“Original estimate (h)” is “soon”: {HOW_TO_WRITE}."),
    ],
)
def test_a_fault_of_a_file_names_the_column_as_it_is_called_there(lines: tuple[str, ...], said: str) -> None:
    raw = sheet(*([cell or None for cell in line.split(",")] for line in lines))
    assert [fault.reason for fault in csv_of(*lines).faults] == [said]
    assert [fault.reason for fault in read_file("x.xlsx", raw).faults] == [said]


def test_an_estimate_is_read_as_people_write_it() -> None:
    written = {"1": "3h", "2": "1d 4h", "3": "90m", "4": "2,5"}
    rows = [(pk, f"Task {pk}", text) for pk, text in written.items()]
    hours = {"1": 3.0, "2": 12.0, "3": 1.5, "4": 2.5}
    of_csv = csv_of("id;title;Estimate", *(";".join(row) for row in rows))
    of_sheet = read_file("x.xlsx", sheet(["id", "title", "Estimate"], *(list(row) for row in rows)))
    of_json, _ = body(*({"external_id": pk, "title": title, "estimate_hours": text} for pk, title, text in rows))
    for listing in (of_csv, of_sheet, of_json):
        assert not listing.faults
        assert {pk: task["estimate_hours"] for pk, task in listing.tasks.items()} == hours


def test_a_cell_that_a_spreadsheet_shows_as_a_time_is_that_long() -> None:
    raw = sheet(["id", "title", "Estimate"], ["1", "One", time(3, 30)], ["2", "Two", timedelta(hours=30)])
    tasks = read_file("x.xlsx", raw).tasks
    assert (tasks["1"]["estimate_hours"], tasks["2"]["estimate_hours"]) == (3.5, 30.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    raw = "id\ttitle\n1\tCafé – über\n".encode(encoding)
    assert read_file("x.csv", raw).tasks["1"]["title"] == "Café – über"


@pytest.mark.parametrize(
    "text",
    [
        "\r\n\r\nid;title\r\n1;One\r\n",
        ";;\nid;title\n1;One\n",
        "id|title\r1|One",
        '"id"\t"title"\n"1"\t"One"',
        " ID , Title \n 1 ,One\n",
    ],
)
def test_csv_as_programs_write_it(text: str) -> None:
    assert read_file("x.csv", text.encode()).tasks == {"1": {"external_id": "1", "title": "One"}}


def test_a_spreadsheet_gives_its_values() -> None:
    raw = sheet(
        ["ID", "Title", "Points", "Created"],
        [7, "Seven", 2, datetime(2026, 11, 2, 9)],  # noqa: DTZ001  spreadsheets know no zones
        [8, "Eight", 1, date(2026, 1, 2)],
    )
    listing = read_file("x.xlsx", raw)
    assert not listing.faults
    assert listing.tasks["7"]["created_at"] == "2026-11-02T09:00:00+00:00"
    assert listing.tasks["7"]["points"] == 2.0


def repacked(raw: bytes, name: str, content: bytes) -> bytes:
    """The spreadsheet with another content of one of its parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for other in set(old.namelist()) - {name}:
            archive.writestr(other, old.read(other))
        archive.writestr(name, content)
    return packed.getvalue()


def sheet_of(cells: str) -> bytes:
    """A spreadsheet whose second row these cells are."""
    header = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in ("id", "title", "points"))
    rows = f"<row>{header}</row><row>{cells}</row>"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    return repacked(sheet(["id"]), "xl/worksheets/sheet1.xml", part.encode())


ID_AND_TITLE = '<c><v>2</v></c><c t="inlineStr"><is><t>Two</t></is></c>'


@pytest.mark.parametrize(
    ("cell", "points"),
    [
        ("<c><f>1+1</f><v>2</v></c>", 2.0),
        ('<c r="C2"><f t="shared" si="0"/><v>3</v></c>', 3.0),
        ('<c t="str"><f>IF(A2,"","")</f><v></v></c>', None),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "“points” has to be a number."),
        ("<c/>", None),
    ],
)
def test_a_formula_is_the_value_that_was_computed_last(cell: str, points: object) -> None:
    listing = read_file("x.xlsx", sheet_of(ID_AND_TITLE + cell))
    if isinstance(points, str):
        assert [fault.reason for fault in listing.faults] == [points]
    else:
        assert (listing.tasks["2"].get("points"), listing.faults) == (points, [])


@pytest.mark.parametrize(
    "cell", ["<c><f>1+1</f><v></v></c>", '<c r="C2"><f>A2</f><v /></c>', "<c><f>A2</f></c>", '<c><f t="shared"/></c>']
)
def test_a_formula_that_was_never_computed_is_refused_and_never_run(cell: str) -> None:
    with pytest.raises(RefusedError, match="never computed"):
        read_file("x.xlsx", sheet_of(ID_AND_TITLE + cell))
    with pytest.raises(RefusedError, match="runs no formulas"):
        read_file("x.xlsx", sheet(["id", "title"], ["1", '=HYPERLINK("http://evil.example")']))


def test_a_formula_at_the_seam_of_two_pieces_is_seen() -> None:
    padding = "<c><v>1</v></c>" * 80_000
    with pytest.raises(RefusedError, match="never computed"):
        read_file("x.xlsx", sheet_of(f"{ID_AND_TITLE}{padding}<c><f>{'A2+' * 500}A2</f></c>{padding}"))


def _long_sheet() -> bytes:
    """A few bytes that say a million rows."""
    return sheet_of(f'{ID_AND_TITLE}</row><row r="1048576"><c r="A1048576"><v>1</v></c>')


def _many_texts() -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    texts = b"<si><t>1</t></si>" * 2_000_000
    return repacked(sheet(["id"]), "xl/sharedStrings.xml", f'<sst xmlns="{space}">'.encode() + texts + b"</sst>")


def _bomb() -> bytes:
    raw = io.BytesIO()
    with (
        zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(210):
            part.write(b" " * 1024 * 1024)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("x.csv", b"", "no column"),
        ("x.csv", b"id,colour\n1,red", "title"),
        ("x.csv", b"title\nOne", "id"),
        ("x.csv", b"id,title\x00\n1,2", "neither"),
        ("x.csv", b"a" * (MOST_BYTES + 1), "10 MB"),
        ("x.xls", b"\xd0\xcf\x11\xe0rest", "older"),
        ("x.xlsx", b"PK\x03\x04rest", "damaged"),
        ("x.xlsx", _bomb(), "larger than it looks"),
        ("x.xlsx", _many_texts(), "larger than it looks"),
        ("x.xlsx", _long_sheet(), "larger than it looks"),
        ("x.csv", b"id,title\n" + b"ab," * 400_000, "quotation mark"),
        ("x.csv", b"ab," * 400_000, "quotation mark"),
        ("x.csv", b"id,title\n" + b'"a\n",' * 300_000, "quotation mark"),
        ("x.csv", b"id,title\n" + b"1,2\n" * (MOST_ROWS + 1), "50,000 rows"),
        ("x.csv", b'id,title\n1,"' + b"a" * 1_100_000, "CSV"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_what_is_no_list_is_refused_in_a_sentence(name: str, raw: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read_file(name, raw)
