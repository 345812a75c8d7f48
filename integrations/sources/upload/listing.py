"""Reading a whole list: a CSV file, a spreadsheet, or a JSON body. Nothing in it is ever executed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.module_loading import import_string

from integrations.errors import RefusedError
from integrations.sources.upload.shape import FIELDS, FieldError, read_fields
from luna.lib.text import clean_line

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_ROW = 1_000_000
"""Characters of one row of a CSV file, which is held in memory as a whole."""
MOST_PARTS = 10 * MOST_ROWS
"""Objects and lists of a JSON body: each costs far more memory than the sign that begins it."""
_SHEET_ROWS: Final = "integrations.sources.upload.spreadsheet.sheet_rows"
"""Loaded with the first spreadsheet that is given: its library is needed for nothing else."""
TOO_LARGE = "The file is larger than 10 MB. Leave out columns that Luna does not read, or split it into several lists."
TOO_MANY = f"It has more than {MOST_ROWS:,} rows. Split it into several lists, each with a connection of its own."
_ALSO: dict[str, str] = {
    "external_id": "id, task id, issue id, number, nr, no",
    "key": "issue key, task key, code, reference, ref",
    "title": "name, summary, task, task name, subject",
    "url": "link, address, permalink",
    "state": "status, stage, progress",
    "assignee": "assigned to, owner, who, responsible",
    "estimate_hours": "estimate, hours, estimated hours, original estimate",
    "points": "story points, story point estimate, estimate points, sp",
    "created_at": "created, created on, created date, date created",
    "updated_at": "updated, modified, last modified, updated on, date updated",
    "started_at": "started, start, start date, started on",
    "completed_at": "completed, done on, finished, resolved, completed on, closed, date closed, resolution date",
    "labels": "label, tags, tag",
    "blocked_by": "blocked, waits for, depends on, dependencies, blockers, predecessors",
}
FIELD_OF: dict[str, str] = {
    word: name for name, words in _ALSO.items() for word in [name.replace("_", " "), *words.split(", ")]
}


@dataclass(frozen=True)
class Fault:
    """What could not be read: where (`row 17`, `tasks[3].state`), what it is about, and why."""

    where: str
    external_id: str
    reason: str
    payload: str = ""


@dataclass
class Listing:
    """What a list holds: the tasks that could be read, by id, and what could not."""

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    """Of a file: its header words by the field that they were taken for."""
    ignored: list[str] = field(default_factory=list)
    """Of a file: header words that stand for no field."""

    def take(self, where: str, given: dict[str, Any], *, path: str = "") -> None:
        """Read one task; what can't be read is kept as a fault."""
        try:
            read = read_fields(given)
            if read["external_id"] in self.tasks:
                raise FieldError("external_id", f"is “{read['external_id']}” for the second time.")
        except FieldError as error:
            told = str(given.get("external_id") or where)[:64]
            place = f"{path}.{error.field}" if path else where
            reason = f"{self._called(error.field)} {error.why}"
            self.faults.append(Fault(place, told, reason, json.dumps(given, default=str)[:10_000]))
        else:
            self.tasks[read["external_id"]] = read

    def _called(self, name: str) -> str:
        """A field as whoever gave the list calls it: a file's own column in quotes, else the field's name."""
        if name == "external_id" and name not in self.columns:
            header = self.columns.get("key")
        else:
            header = self.columns.get(name)
        return f"“{clean_line(header, limit=60)}”" if header else name


def read_file(name: str, raw: bytes) -> Listing:
    """A CSV file or a spreadsheet (its first sheet). Raises RefusedError for what is neither, or has no fit columns."""
    if len(raw) > MOST_BYTES:
        raise RefusedError(TOO_LARGE)
    if raw[:4] == b"PK\x03\x04":
        return _read_rows(import_string(_SHEET_ROWS)(raw, columns=MOST_COLUMNS))
    if name.lower().endswith((".xls", ".xlsb", ".ods", ".numbers")) or raw[:4] == b"\xd0\xcf\x11\xe0":
        raise RefusedError("This is an older or another kind of spreadsheet. Save it as .xlsx or as .csv first.")
    return _read_rows(_csv_rows(raw))


class _Lines:
    """The lines of a text for a CSV reader, which joins those that belong to one row."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.of_row = 0
        """Characters since this was last set to 0."""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.of_row += len(line)
        if self.of_row > MOST_ROW:
            raise RefusedError(
                "It has a row of more than a million characters. Most often a quotation mark is not closed: save it "
                "anew as CSV."
            )
        return line


def _csv_rows(raw: bytes) -> Iterator[list[Any]]:
    text = _decoded(raw)
    first = next((line for line in _Lines(text) if line.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(MOST_ROW)
    lines = _Lines(text)
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            lines.of_row = 0
            yield row
    except csv.Error as error:
        raise RefusedError(f"It can’t be read as CSV: {error}. Save it anew as CSV in UTF-8.") from None


def _decoded(raw: bytes) -> str:
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", errors="replace")
    if b"\x00" in raw[:4096]:
        raise RefusedError("This is neither a CSV file nor an .xlsx spreadsheet. Save it as CSV in UTF-8, or as .xlsx.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets on Windows write where nobody chose UTF-8.
        return raw.decode("cp1252", errors="replace")


def _read_rows(rows: Iterator[list[Any]]) -> Listing:
    header = next((row for row in rows if any(_word(cell) for cell in row)), [])
    listing = Listing()
    at: dict[int, str] = {}
    for place, cell in enumerate(header[:MOST_COLUMNS]):
        name = FIELD_OF.get(_word(cell))
        if name is not None and name not in listing.columns:
            at[place], listing.columns[name] = name, str(cell)
        elif _word(cell):
            listing.ignored.append(str(cell)[:80])
    _refuse_unfit(listing.columns)
    for number, row in enumerate(rows, start=2):
        given = {name: row[place] for place, name in at.items() if place < len(row)}
        if not any(value not in {None, ""} for value in given.values()):
            continue
        if len(listing.tasks) + len(listing.faults) >= MOST_ROWS:
            raise RefusedError(TOO_MANY)
        if "external_id" not in listing.columns:
            given["external_id"] = given.get("key")
        listing.take(f"row {number}", given)
    return listing


def _word(cell: Any) -> str:
    """A header as it is looked up: lower case, without what stands in brackets."""
    return " ".join(re.sub(r"\(.*?\)|[_\-.:*]+", " ", str(cell or "")).casefold().split())


def _refuse_unfit(columns: Iterable[str]) -> None:
    found = set(columns)
    if not found & {"external_id", "key"}:
        raise RefusedError("It has no column for the tasks’ id. Call one “id” in the first row.")
    if "title" not in found:
        raise RefusedError("It has no column for the tasks’ title. Call one “title” in the first row.")


def read_body(raw: bytes) -> tuple[Listing, bool]:
    """A JSON body as (what it holds, whether it replaces the list); of a wrong shape the faults say where."""
    listing = Listing()
    if raw.count(b"{") + raw.count(b"[") > MOST_PARTS:
        listing.faults.append(Fault("tasks", "", TOO_MANY))
        return listing, False
    try:
        body = json.loads(raw)
    except RecursionError:
        listing.faults.append(Fault("", "", "The body is nested too deeply."))
        return listing, False
    except ValueError as error:
        listing.faults.append(Fault("", "", f"The body is no JSON: {error}."))
        return listing, False
    tasks = body.get("tasks") if isinstance(body, dict) else None
    replaces = body.get("replace", False) if isinstance(body, dict) else False
    if not isinstance(tasks, list):
        listing.faults.append(Fault("tasks", "", 'The body has to be {"tasks": [...], "replace": false}.'))
    elif not isinstance(replaces, bool):
        listing.faults.append(Fault("replace", "", "replace has to be true or false."))
    elif len(tasks) > MOST_ROWS:
        listing.faults.append(Fault("tasks", "", TOO_MANY))
    else:
        for number, one in enumerate(tasks):
            _take(listing, f"tasks[{number}]", one)
    return listing, replaces is True


def _take(listing: Listing, path: str, one: Any) -> None:
    if not isinstance(one, dict):
        listing.faults.append(Fault(path, "", "A task has to be an object."))
        return
    strange = sorted(str(name) for name in one if name not in FIELDS)
    if strange:
        listing.faults.append(
            Fault(f"{path}.{strange[0][:40]}", "", f"There is no such field. {', '.join(FIELDS)} are.")
        )
        return
    listing.take(path, one, path=path)
