"""What a pasted list means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.paste import Draft, read_lines

TODAY = date(2026, 11, 23)
FOURTH = date(2026, 12, 4)


@pytest.mark.parametrize(
    ("line", "name", "due"),
    [
        ("Beta ready", "Beta ready", None),
        ("  Beta   ready  ", "Beta ready", None),
        ("Beta ready | 2026-12-04", "Beta ready", FOURTH),
        ("Beta ready\t2026-12-04", "Beta ready", FOURTH),
        ("Beta ready; 4 Dec", "Beta ready", FOURTH),
        ("Beta ready – 2026-12-04", "Beta ready", FOURTH),
        ("Beta ready - 4 Dec", "Beta ready", FOURTH),
        ("Beta ready — 4 December 2026", "Beta ready", FOURTH),
        ("Beta ready – Dec 4, 2026", "Beta ready", FOURTH),
        ("Beta ready, December 4th", "Beta ready", FOURTH),
        ("Beta ready: Fri 4 Dec", "Beta ready", FOURTH),
        ("Beta ready – due 4 Dec", "Beta ready", FOURTH),
        ("- Beta ready | 4 Dec", "Beta ready", FOURTH),
        ("* Beta ready", "Beta ready", None),
        ("• Beta ready", "Beta ready", None),
        ("1. Beta ready", "Beta ready", None),
        ("12) Beta ready", "Beta ready", None),
        ("- [ ] Beta ready", "Beta ready", None),
        ("- [x] Beta ready", "Beta ready", None),
        ("Beta ready | 29 Jan", "Beta ready", date(2027, 1, 29)),
        ("Beta ready | 6 Nov", "Beta ready", date(2026, 11, 6)),
        ("Beta ready | 6 Sept", "Beta ready", date(2027, 9, 6)),
        ("Calendar sync - two-way", "Calendar sync - two-way", None),
        ("Pilot: five clinics", "Pilot: five clinics", None),
        ("Pilot – may be moved", "Pilot – may be moved", None),
        ("3 clinics agree", "3 clinics agree", None),
        ("99.8 % crash-free", "99.8 % crash-free", None),
        ("Sync – two-way – 4 Dec", "Sync – two-way", FOURTH),
        ("Beta\u202e ready", "Beta ready", None),
    ],
)
def test_a_line_is_a_name_and_perhaps_a_day(line: str, name: str, due: date | None) -> None:
    pasted = read_lines(line, today=TODAY)

    assert pasted.drafts == (Draft(name, due),)
    assert pasted.problems == ()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Beta | soon", "“soon” is no day Luna can read: write it as 2026-12-04 or 4 Dec."),
        ("Beta | 2026-13-45", "“2026-13-45” is no day Luna can read: write it as 2026-12-04 or 4 Dec."),
        ("Beta – 31 Feb 2027", "“31 Feb 2027” is no day Luna can read: write it as 2026-12-04 or 4 Dec."),
        ("Beta – 04/12/2026", "“04/12/2026” is no day Luna can read: write it as 2026-12-04 or 4 Dec."),
        ("| 2026-12-04", "There is a date but no name."),
        ("|", "There is no name."),
        (
            "Beta | 4 Dec | Ana",
            "There are more than two columns: give a name and a day alone, as in “Beta ready | 2026-12-04”.",
        ),
        ("x" * 161, "The name has 161 characters; at most 160 fit."),
    ],
)
def test_a_line_that_is_not_understood_says_what_to_do(line: str, sentence: str) -> None:
    pasted = read_lines(line, today=TODAY)

    assert pasted.drafts == ()
    assert [problem.sentence for problem in pasted.problems] == [sentence]


def test_bad_lines_keep_their_numbers_and_their_text_and_the_rest_goes_on() -> None:
    pasted = read_lines("Beta | 4 Dec\n\n  2. Gamma | soon\nDelta", today=TODAY)

    assert [draft.name for draft in pasted.drafts] == ["Beta", "Delta"]
    assert [(problem.line, problem.text) for problem in pasted.problems] == [(3, "2. Gamma | soon")]
    assert pasted.left_over == "2. Gamma | soon"


def test_a_very_long_list_is_cut_with_a_reason() -> None:
    pasted = read_lines("\n".join(f"M {n}" for n in range(203)), today=TODAY)

    assert len(pasted.drafts) == 200
    assert [problem.line for problem in pasted.problems] == [201, 202, 203]


@given(st.text(max_size=400))
def test_no_line_is_lost_and_nothing_breaks(text: str) -> None:
    pasted = read_lines(text, today=TODAY)

    assert all(0 < len(draft.name) <= 160 for draft in pasted.drafts)
    assert len(pasted.drafts) + len(pasted.problems) <= len(text.splitlines())


def test_the_users_guide_shows_lines_that_are_understood() -> None:
    guide = Path("docs/user-guide/milestones.md").read_text(encoding="utf-8")
    example = "\n".join(line for line in guide.splitlines() if line.startswith("    "))

    pasted = read_lines(example, today=TODAY)

    assert pasted.problems == ()
    assert pasted.drafts == (
        Draft("Beta ready", FOURTH),
        Draft("Pilot in five clinics", date(2027, 1, 22)),
        Draft("Public launch", date(2027, 1, 28)),
    )
