"""What makes a slide readable, for any report: all inside, nothing over another, nothing too small, all told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings

from reports.content.deck import WENT
from reports.content.document import (
    Document,
    Heading,
    Line,
    Lines,
    Link,
    Moved,
    Note,
    Plan,
    PlanItem,
    Table,
    Title,
    Told,
    Trend,
)
from reports.content.samples import busy_digest, quiet_digest
from reports.renderers.deck_layout import lay_out
from reports.renderers.deck_shapes import (
    BODY_BOTTOM,
    BODY_FLOOR,
    HEIGHT,
    PADDING,
    TONES,
    WIDTH,
    Box,
    Element,
    Grid,
    Moon,
    Page,
    Rule,
    Shape,
    Steps,
    TextBox,
)
from reports.renderers.deck_trend import MOST_DRAWN
from tests.reports.renderers.plans import BASE, DOCUMENTS, TODAY, document_of, moves_of, plan_of

_FURNITURE = {"Month", "Day", "Today", "Due", "Moved", "Report", "Page", "More"}
"""Words at the edge of a drawing or of the page: they may be smaller than what has to be read from a chair."""
_SAMPLES = [
    busy_digest(),
    quiet_digest(),
    document_of(plan_of(1)),
    document_of(plan_of(20, groups=3)),
    document_of(plan_of(100)),
    document_of(plan_of(3), moves_of(1)),
    document_of(plan_of(3), moves_of(20)),
    Document(),
]


def _box(element: Element) -> Box:
    if isinstance(element, Rule):
        (left, top), (right, bottom) = element.start, element.end
        return Box(left, min(top, bottom), right - left, abs(bottom - top))
    return element.box


def _is_inside(box: Box) -> bool:
    return box.left >= 0 and box.top >= 0 and box.right <= WIDTH + 0.01 and box.bottom <= HEIGHT + 0.01


def _overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 0.01 and down > 0.01


def _texts(page: Page) -> Iterator[TextBox]:
    yield page.title
    yield from (element for element in page.elements if isinstance(element, TextBox))


def _check(page: Page) -> None:
    assert all(_is_inside(_box(element)) for element in page.elements)
    grids = [element for element in page.elements if isinstance(element, Grid)]
    solid: list[TextBox | Grid] = [*_texts(page), *grids]
    for one, other in combinations(solid, 2):
        assert not _overlap(one.box, other.box), (one, other)
    for text in _texts(page):
        assert sum(paragraph.height(text.box.width) for paragraph in text.paragraphs) <= text.box.height + 12, text
        floor = 10 if text.name in _FURNITURE else BODY_FLOOR
        assert all(paragraph.size >= floor for paragraph in text.paragraphs)
    for grid in grids:
        assert grid.box.bottom <= BODY_BOTTOM + 0.01
        for height, cells in zip(grid.heights, grid.rows, strict=True):
            rooms = grid.widths if len(cells) == len(grid.widths) else (grid.box.width,)
            for cell, room in zip(cells, rooms, strict=True):
                assert cell.size >= BODY_FLOOR
                assert cell.height(room - 2 * PADDING) + 2 * PADDING <= height + 0.01


@pytest.mark.parametrize("document", _SAMPLES)
def test_every_slide_of_the_samples_can_be_read(document: Document) -> None:
    for page in lay_out(document, base_url=BASE):
        _check(page)


@settings(deadline=None, max_examples=40)
@given(DOCUMENTS)
def test_every_slide_of_any_report_can_be_read(document: Document) -> None:
    pages = lay_out(document, base_url=BASE)
    assert pages[0].is_opening
    for page in pages:
        _check(page)


def _titles(*blocks: object) -> list[str]:
    pages = lay_out(Document((Title("A report"), *blocks)), base_url=BASE)  # type: ignore[arg-type]  # blocks of any kind
    return [page.title.paragraphs[0].text for page in pages]


def test_a_digest_has_a_title_a_summary_and_a_slide_for_each_part() -> None:
    titles = [page.title.paragraphs[0].text for page in lay_out(busy_digest(), base_url=BASE)]
    assert titles[:3] == ["Patient self-booking, week 47", "In short", "Decisions and approvals wanted"]
    assert titles[-2:] == ["Timeline", "Milestones"]


def test_a_long_plan_says_which_of_its_slides_this_is() -> None:
    titles = _titles(Heading("Milestones"), plan_of(100))
    assert titles[1:3] == ["Timeline, 1 of 10", "Timeline, 2 of 10"]
    assert re.fullmatch(r"Milestones, 1 of 1\d", titles[11])


def test_parts_without_anything_make_no_slide() -> None:
    assert _titles(Heading("Nothing"), Lines(()), Table(("Who",), ()), Plan((), TODAY)) == ["A report"]


def _told(pages: tuple[Page, ...]) -> str:
    cells = [
        cell.text
        for page in pages
        for grid in page.elements
        if isinstance(grid, Grid)
        for row in grid.rows
        for cell in row
    ]
    words = [paragraph.text for page in pages for text in _texts(page) for paragraph in text.paragraphs]
    return "\n".join([*cells, *words, *(page.notes for page in pages)])


@pytest.mark.parametrize("count", [1, 20, 100])
def test_every_milestone_is_told_in_full_on_a_slide_or_in_its_notes(count: int) -> None:
    plan = plan_of(count)
    told = _told(lay_out(document_of(plan), base_url=BASE))
    assert [item.name for item in plan.items if item.name not in told] == []


def test_what_fits_on_no_slide_is_counted_and_linked() -> None:
    plan = plan_of(200)
    pages = lay_out(document_of(plan), base_url=BASE)
    grids = [grid for page in pages for grid in page.elements if isinstance(grid, Grid)]
    shown = sum(len(grid.rows) - 1 for grid in grids) - 1
    assert grids[-1].rows[-1][0].text == f"and {200 - shown} more in Luna"
    assert grids[-1].rows[-1][0].runs[0].href == f"{BASE}/launches/BOOK/"
    rows = [text for page in pages for text in _texts(page) if text.name == "Milestone"]
    more = next(text for page in pages for text in _texts(page) if text.name == "More")
    assert more.paragraphs[0].text == f"and {200 - len(rows)} more in Luna"


def test_a_long_list_is_counted_and_its_rest_is_in_the_notes() -> None:
    lines = tuple(Line(text=f"Line {number}: " + "words " * 30) for number in range(60))
    pages = lay_out(
        Document((Title("A"), Heading("List"), Lines(lines), Note("", Link("All", "/all/")))), base_url=BASE
    )
    last = pages[-1]
    words = [paragraph.text for text in _texts(last) for paragraph in text.paragraphs]
    shown = sum(text.startswith("Line ") for page in pages for box in _texts(page) for text in
                [paragraph.text for paragraph in box.paragraphs])  # fmt: skip
    assert f"and {60 - shown} more in Luna" in words
    assert "Line 59" in last.notes


def test_a_brief_list_takes_one_page_and_counts_what_it_stands_for() -> None:
    lines = [Line(text=f"Line {number}: " + "words " * 30) for number in range(20)]
    brief = Lines((*lines, Line(text="and 5 more", stands_for=5)), is_brief=True)
    pages = lay_out(Document((Title("A"), Heading("List"), brief, Note("", Link("All", "/all/")))), base_url=BASE)
    assert len(pages) == 2, "the opening and the list"
    words = [paragraph.text for text in _texts(pages[1]) for paragraph in text.paragraphs]
    shown = sum(text.startswith("Line ") for text in words)
    assert 0 < shown < 20
    assert f"and {25 - shown} more in Luna" in words


def test_the_lines_of_several_pages_are_spread_evenly() -> None:
    lines = Lines(tuple(Line(text=f"Line {number}: " + "words " * 30) for number in range(9)))
    pages = lay_out(Document((Title("A"), Heading("List"), lines)), base_url=BASE)[1:]
    counts = [sum(len(text.paragraphs) for text in _texts(page) if text.name == "Points") for page in pages]
    assert len(counts) > 1
    assert sum(counts) == 9
    assert max(counts) - min(counts) <= 1


def test_few_words_are_set_large_and_many_small() -> None:
    def size(count: int) -> float:
        lines = Lines(tuple(Line(text="A line of some words") for _ in range(count)))
        page = lay_out(Document((Title("A"), Heading("List"), lines)), base_url=BASE)[1]
        return page.elements[0].paragraphs[0].size  # type: ignore[union-attr]  # it is the text

    assert (size(2), size(12)) == (20, 14)


def _one(item: PlanItem) -> Page:
    return lay_out(Document((Title("A"), Heading("Milestones"), Plan((item,), TODAY))), base_url=BASE)[1]


def test_a_milestone_is_a_bar_from_start_to_due_with_what_is_done_filled() -> None:
    page = _one(PlanItem("Sync", start=TODAY.replace(day=1), due=TODAY.replace(day=21), progress=0.25, mark="ok"))
    bar, done, diamond = [element for element in page.elements if isinstance(element, Shape)]
    assert done.box.width == pytest.approx(bar.box.width / 4)
    assert diamond.kind == "diamond"
    assert diamond.box.left + diamond.box.width / 2 == pytest.approx(bar.box.right)
    assert bar.alt.startswith("Sync: from 2026-11-01, due 2026-11-21, 2 days late, 25 %")


def test_what_is_overdue_is_said_in_the_alarm_colour_and_in_words() -> None:
    page = _one(PlanItem("Sync", due=TODAY.replace(day=19), mark="bad", word="At risk"))
    due = next(text for text in _texts(page) if text.name == "Due")
    assert due.paragraphs[0].runs[0].text == "▲ 19 Nov, 4 d late"
    assert due.paragraphs[0].runs[0].color == TONES["bad"]
    assert [rule.color for rule in page.elements if isinstance(rule, Rule) and rule.is_dashed] == [TONES["bad"]]


def test_a_done_milestone_is_not_late() -> None:
    done = PlanItem("Sync", due=TODAY.replace(day=3), done=TODAY.replace(day=9), mark="done", word="Completed")
    page = _one(done)
    assert not any(isinstance(rule, Rule) and rule.is_dashed for rule in page.elements)
    assert next(text for text in _texts(page) if text.name == "Due").paragraphs[0].text == "✓ 9 Nov"


def test_a_plan_without_dates_has_no_timeline() -> None:
    assert _titles(Heading("Milestones"), Plan((PlanItem("Sync"),), TODAY)) == ["A report", "Milestones"]


def test_the_whole_progress_is_the_moon() -> None:
    moons = [element for element in lay_out(busy_digest(), base_url=BASE)[1].elements if isinstance(element, Moon)]
    assert [(moon.fraction, moon.alt) for moon in moons] == [(0.61, "61 % complete")]


def test_a_launchs_name_goes_on_at_the_top_of_the_next_slide() -> None:
    pages = lay_out(document_of(plan_of(40, groups=2)), base_url=BASE)
    for page in pages:
        for grid in (element for element in page.elements if isinstance(element, Grid)):
            assert len(grid.rows[1]) == 1
            assert len(grid.rows[-1]) > 1


@pytest.mark.parametrize(
    ("name", "has_room"), [("Sync", True), ("A name that is long, and then longer still " * 3, False)]
)
def test_the_day_that_is_sure_has_a_column_where_no_other_gives_way_for_it(name: str, has_room: bool) -> None:
    items = (
        PlanItem(
            name, owner="Ana Alves", likely=date(2026, 12, 8), sure=date(2026, 12, 15), mark="ok", word="On track"
        ),
        PlanItem("Far", owner="Ana Alves", likely=date(2026, 12, 8), mark="ok", word="On track"),
        PlanItem("Bare", owner="Ana Alves", mark="ok", word="On track"),
    )
    pages = lay_out(Document((Title("A"), Heading("Milestones"), Plan(items, TODAY))), base_url=BASE)
    grid = next(element for page in pages for element in page.elements if isinstance(element, Grid))
    head, *rows = [[cell.text for cell in row] for row in grid.rows]
    assert ("85 % sure by" in head) == has_room
    if has_room:
        assert [row[head.index("85 % sure by")] for row in rows] == ["15 Dec", "out of sight", ""]


def _trend(*moved: Moved) -> tuple[Page, ...]:
    words = Lines((Line(text="The pilot moved"),), trend=Trend(moved, TODAY))
    return lay_out(Document((Title("A"), Heading("How dates moved"), words)), base_url=BASE)


def test_a_trend_has_a_line_for_those_that_moved_the_most_and_words_for_the_rest() -> None:
    page = next(page for page in lay_out(document_of(plan_of(3), moves_of(9)), base_url=BASE) if _lines(page))
    assert page.title.paragraphs[0].text == WENT
    assert len([text for text in _texts(page) if text.name == "Moved"]) == MOST_DRAWN
    assert sorted(re.findall(r"(\d): at first", " ".join(line.alt for line in _lines(page)))) == list("245678")
    also = next(text for text in _texts(page) if text.name == "Also")
    assert "−12 d" in also.paragraphs[0].text
    assert page.notes.count("at first") == 9


def _lines(page: Page) -> list[Steps]:
    return [element for element in page.elements if isinstance(element, Steps)]


def test_a_milestones_line_keeps_its_height_until_its_date_moves() -> None:
    days = (TODAY.replace(day=3), TODAY.replace(day=13))
    pilot = Moved("Pilot", "/x/", (Told(days[0], date(2026, 12, 4)), Told(days[1], date(2026, 12, 18))), "at_risk")
    (page,) = _trend(pilot)[1:]
    (line,) = _lines(page)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = line.places
    assert (y0, x1, y2) == (y1, x2, y3)
    assert x0 < x1 < x3
    assert y2 < y1, "what slips climbs"
    assert (x1 - x0) / (x3 - x0) == pytest.approx(10 / 20, abs=0.01)
    diamond = next(element for element in page.elements if isinstance(element, Shape))
    assert (diamond.box.left + 5.5, diamond.box.top + 5.5) == pytest.approx((x3, y3))
    told = [text.paragraphs[0].text for text in _texts(page) if text.name in {"Milestone", "Moved"}]
    assert told == ["Pilot", "▲ 18 Dec, 14 days later"]


def test_dates_that_were_expected_on_one_day_only_are_told_in_words() -> None:
    today = Moved("Pilot", "/x/", (Told(TODAY, date(2026, 12, 4)),))
    (page,) = _trend(today)[1:]
    assert page.title.paragraphs[0].text == "How dates moved"
    assert [text.paragraphs[0].text for text in _texts(page)][1] == "The pilot moved"
