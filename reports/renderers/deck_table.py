"""Slides with a native table: columns as wide as their words need, as many rows as fit, the head on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from luna.ui.wording import day_words, late_words, percent
from reports.content.document import Link, Plan, PlanItem, Table
from reports.content.plans import SURE, has_forecast, sure_words
from reports.renderers.deck_points import Body, shortened
from reports.renderers.deck_shapes import (
    ACCENT,
    BODY_BOTTOM,
    BODY_TOP,
    INK,
    INK_2,
    INK_3,
    PADDING,
    SIDE,
    TONES,
    WIDTH,
    Box,
    Grid,
    Paragraph,
    Run,
    tone_of,
)
from reports.renderers.deck_text import plain, text_width
from reports.renderers.moons import mark_character

_ROOM: Final = WIDTH - 2 * SIDE
_HEIGHT: Final = BODY_BOTTOM - BODY_TOP
_CELL_LINES: Final = 2
_LONG_PLAN: Final = 8
"""More milestones than this get one line each."""
_MAX_PAGES: Final = 15
_PLAN_COLUMNS: Final = ("Owner", "Due", SURE, "Progress", "Status")
_SHORTEST_NAME: Final = 230.0
_OVER: Final = {"done", "fail"}
"""Marks of milestones that cannot be late any more."""


@dataclass(frozen=True)
class _Row:
    cells: tuple[Paragraph, ...]
    height: float
    full: str
    is_cut: bool
    is_group: bool = False


def sheet_bodies(table: Table, *, base_url: str, more: Link | None) -> list[Body]:
    """A table's pages; a row's link is on its second cell."""
    head = tuple(plain(name) for name in table.columns)
    rows = [
        tuple(
            Paragraph((_linked(cell, row.path if number == 1 else "", base_url),), align="left")
            for number, cell in enumerate(row.cells)
        )
        for row in table.rows
    ]
    return _bodies(head, rows, _widths(head, rows, grows=1), "Table", base_url=base_url, more=more)


def milestone_bodies(plan: Plan, *, base_url: str, more: Link | None) -> list[Body]:
    """A plan's pages; the milestones of several launches stand under their launch's name."""
    columns, rows = _plan_table(plan, base_url, with_sure=has_forecast(plan))
    if has_forecast(plan) and sum(_needs(columns, rows)) > _ROOM:
        # The column is there only where no other gives way for it.
        columns, rows = _plan_table(plan, base_url, with_sure=False)
    widths = _widths(columns, rows, grows=0)
    title = "Launches" if plan.noun == "Launch" else "Milestones"
    most_lines = 1 if len(plan.items) > _LONG_PLAN else _CELL_LINES
    return _bodies(columns, rows, widths, title, base_url=base_url, more=more, most_lines=most_lines)


def is_overdue(item: PlanItem, plan: Plan) -> bool:
    """Whether its day has passed and it is neither completed nor cancelled."""
    return bool(item.due and item.due < plan.today and item.done is None and item.mark not in _OVER)


def short_day(day: date, today: date) -> str:
    """`12 Dec`, with the year as everywhere else in Luna."""
    return day_words(day, today).partition(" ")[2]


def status_words(item: PlanItem) -> str:
    """The shape and the word of how it stands."""
    return " ".join(part for part in (mark_character(item.mark), plain(item.word)) if part)


def _plan_table(plan: Plan, base_url: str, *, with_sure: bool) -> tuple[tuple[str, ...], list[tuple[Paragraph, ...]]]:
    """The columns' names and the rows."""
    rows: list[tuple[Paragraph, ...]] = []
    group = ""
    for item in plan.items:
        if item.group != group:
            group = item.group
            rows.append((Paragraph((Run(plain(group), bold=True),), align="left"),))
        rows.append(_plan_row(item, plan, base_url, with_sure=with_sure))
    return (plan.noun, *(name for name in _PLAN_COLUMNS if with_sure or name != SURE)), rows


def _plan_row(item: PlanItem, plan: Plan, base_url: str, *, with_sure: bool) -> tuple[Paragraph, ...]:
    due = short_day(item.due, plan.today) if item.due else "no date"
    owner = Run(plain(item.owner)) if item.owner else Run("nobody", color=TONES["warn"] if not item.done else INK_3)
    late = is_overdue(item, plan)
    when = f"{due}, {late_words(item.due, plan.today)}" if late and item.due else due
    runs = (
        _linked(item.name, item.path, base_url),
        owner,
        Run(when, color=TONES["bad"] if late else INK if item.due else INK_3),
        *((Run(short_day(item.sure, plan.today) if item.sure else sure_words(item, plan.today)),) if with_sure else ()),
        Run(percent(item.progress)),
        Run(status_words(item), color=tone_of(item.mark), bold=item.mark in TONES),
    )
    return tuple(
        Paragraph((run,), align="end" if number == len(runs) - 2 else "left") for number, run in enumerate(runs)
    )


def _linked(text: str, path: str, base_url: str) -> Run:
    return Run(plain(text), color=ACCENT, href=base_url + path) if path else Run(plain(text))


def _widths(head: Sequence[str], rows: Sequence[tuple[Paragraph, ...]], *, grows: int) -> tuple[float, ...]:
    """What each column's longest words need; where that is too much the widest give way, and `grows` gets the rest."""
    needs = _needs(head, rows)
    fair = _level(needs, _ROOM - max(0.0, _SHORTEST_NAME - needs[grows]))
    widths = [min(need, fair) for need in needs]
    widths[grows] += _ROOM - sum(widths)
    return tuple(widths)


def _needs(head: Sequence[str], rows: Sequence[tuple[Paragraph, ...]]) -> list[float]:
    """What each column's longest words need on one line, with the room around them."""
    return [
        2 * PADDING + 2 + max(_wide(cell) for cell in (Paragraph((Run(name, bold=True),)), *column))
        for name, column in zip(head, zip(*(row for row in rows if len(row) == len(head)), strict=True), strict=True)
    ]


def _level(needs: Sequence[float], room: float) -> float:
    """The width to which the widest columns are held, so that all together take at most `room`."""
    left, waiting = room, len(needs)
    for need in sorted(needs):
        if need * waiting > left:
            return left / waiting
        left -= need
        waiting -= 1
    return max(needs)


def _wide(cell: Paragraph) -> float:
    return text_width(cell.text, cell.size, bold=cell.is_bold)


def _row(cells: tuple[Paragraph, ...], widths: Sequence[float], most_lines: int = _CELL_LINES) -> _Row:
    """Its cells cut to that many lines; an only cell is a group's name, over the whole width."""
    is_group = len(cells) < len(widths)
    rooms = [width - 2 * PADDING for width in ((sum(widths),) if is_group else widths)]
    kept = tuple(shortened(cell, room, 1 if is_group else most_lines) for cell, room in zip(cells, rooms, strict=True))
    height = max(cell.height(room) for cell, room in zip(kept, rooms, strict=True))
    full = ", ".join(cell.text for cell in cells if cell.text)
    return _Row(kept, height + 2 * PADDING, full, kept != cells, is_group)


def _bodies(
    head: Sequence[str],
    rows: Sequence[tuple[Paragraph, ...]],
    widths: tuple[float, ...],
    name: str,
    *,
    base_url: str,
    more: Link | None,
    most_lines: int = _CELL_LINES,
) -> list[Body]:
    aligned = next(cells for cells in rows if len(cells) == len(head))
    names = tuple(
        Paragraph((Run(word, color=INK_2, bold=True),), align=cell.align)
        for word, cell in zip(head, aligned, strict=True)
    )
    top = _row(names, widths)
    made = [_row(cells, widths, most_lines) for cells in rows]
    pages = _even(made, _HEIGHT - top.height)
    hidden = [row for page in pages[_MAX_PAGES:] for row in page]
    pages = pages[:_MAX_PAGES]
    if hidden:
        left = sum(not row.is_group for row in [pages[-1].pop(), *hidden])
        words = Run(
            f"and {left} more in Luna", color=ACCENT if more else INK_2, href=base_url + more.path if more else ""
        )
        pages[-1].append(_row((Paragraph((words,)),), widths))
    return [_body(top, page, widths, name) for page in pages]


def _even(rows: Sequence[_Row], height: float) -> list[list[_Row]]:
    """As few pages as possible, and then as even as possible."""
    pages = list(_paged(rows, height))
    while height > _HEIGHT / 3 and len(fewer := list(_paged(rows, height - 15))) == len(pages):
        pages, height = fewer, height - 15
    return pages


def _paged(rows: Sequence[_Row], height: float) -> Iterator[list[_Row]]:
    """Rows for one page each; a group's name goes on at the top of the next page and is never the last row of one."""
    page: list[_Row] = []
    group: _Row | None = None
    for number, row in enumerate(rows):
        after = rows[number + 1].height if row.is_group and number + 1 < len(rows) else 0
        if page and sum(each.height for each in page) + row.height + after > height:
            yield page
            page = [group] if group and not row.is_group else []
        page.append(row)
        group = row if row.is_group else group
    if page:
        yield page


def _body(top: _Row, rows: Sequence[_Row], widths: tuple[float, ...], name: str) -> Body:
    every = (top, *rows)
    heights = tuple(row.height for row in every)
    alt = f"{name}: a table of {len(rows)} rows"
    box = Box(SIDE, BODY_TOP, sum(widths), sum(heights))
    grid = Grid(box, widths, heights, tuple(row.cells for row in every), alt)
    return Body((grid,), "\n".join(row.full for row in rows) if any(row.is_cut for row in rows) else "")
