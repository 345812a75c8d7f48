"""Figures as a file for spreadsheets: what people wrote never becomes a formula."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.renderers.spreadsheet import to_csv


def cells(text: str) -> list[list[str]]:
    """What a spreadsheet reads."""
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_head_and_lines_with_numbers_and_nothing() -> None:
    text = to_csv(("Of", "Value"), [("Data, web", -3), ("Über", None), ("All", 0.5)])
    assert text.startswith("\ufeff")
    assert cells(text) == [["Of", "Value"], ["Data, web", "-3"], ["Über", ""], ["All", "0.5"]]


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1"])
def test_text_that_would_be_a_formula_is_marked_as_text(name: str) -> None:
    assert cells(to_csv(("Of",), [(name,)]))[1] == [f"'{name}"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_no_text_begins_a_formula_and_none_is_lost(name: str) -> None:
    (cell,) = cells(to_csv(("Of",), [(name, "")]))[1][:1]
    assert not cell.strip(" ").startswith(("=", "+", "-", "@"))
    assert cell in {name, f"'{name}"}
