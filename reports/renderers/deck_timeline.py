"""Slides with a plan in time: a grid of months, a bar for each milestone, a diamond at its due date, today's line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from luna.ui.wording import late_words, percent
from reports.content.document import Link, Plan, PlanItem
from reports.renderers.deck_points import Body
from reports.renderers.deck_shapes import (
    ACCENT,
    BAR,
    BAR_DONE,
    BODY_BOTTOM,
    BODY_FLOOR,
    BODY_TOP,
    INK,
    INK_2,
    INK_3,
    LINE,
    LINE_FIRM,
    PAPER,
    SIDE,
    TONES,
    WIDTH,
    Box,
    Element,
    Moon,
    Paragraph,
    Rule,
    Run,
    Shape,
    TextBox,
    tone_of,
)
from reports.renderers.deck_table import is_overdue, short_day
from reports.renderers.deck_text import cut, plain, text_width
from reports.renderers.moons import mark_character

_NAMES: Final = Box(SIDE + 18, BODY_TOP + 20, 206, 0)
_AXIS: Final = Box(264, BODY_TOP, 268, 20)
"""Where days are drawn; the room right of it belongs to the words of what is due last."""
_ROW, _HIGHEST_ROW = 24.0, 34.0
_FOOT: Final = 18.0
"""Under the rows: the word of today."""
_ROWS_HEIGHT: Final = BODY_BOTTOM - BODY_TOP - _AXIS.height - _FOOT
_MAX_PAGES: Final = 12
_SMALL: Final = 11.0
_WORDS: Final = 12.0
_MONTH_WORD: Final = 30.0
_PAST, _AHEAD = timedelta(days=548), timedelta(days=1096)
"""What lies further from today is drawn at the edge."""


@dataclass(frozen=True)
class _Axis:
    """Days as positions on the slide."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Where `day` stands; what is outside stands on the edge."""
        days = (min(max(day, self.first), self.last) - self.first).days
        return _AXIS.left + _AXIS.width * days / (self.last - self.first).days


@dataclass(frozen=True)
class _Row:
    """A milestone, or the name under which the next ones stand."""

    item: PlanItem | None
    group: str


def timeline_bodies(plan: Plan, *, base_url: str, more: Link | None) -> list[Body]:
    """The plan's pages, all on the same axis."""
    axis = _axis(plan)
    pages = _even(plan.items)
    hidden = sum(row.item is not None for page in pages[_MAX_PAGES:] for row in page)
    bodies = [_body(page, plan, axis, base_url) for page in pages[:_MAX_PAGES]]
    if hidden:
        words = Run(f"and {hidden} more in Luna", color=ACCENT, href=base_url + more.path if more else "")
        box = Box(SIDE, BODY_BOTTOM - _FOOT, _NAMES.width, _FOOT)
        last = TextBox(box, (Paragraph((words,), _WORDS),), name="More")
        bodies[-1] = Body((*bodies[-1].elements, last), bodies[-1].notes)
    return bodies


def _axis(plan: Plan) -> _Axis:
    """From the first month to the last one that anything falls into, today among them."""
    days = [day for item in plan.items for day in (item.start, item.due, item.done) if day]
    near = [_near(day, plan.today) for day in days]
    first, last = min([*near, plan.today]), max([*near, plan.today])
    return _Axis(first.replace(day=1), _month_after(last))


def _near(day: date, today: date) -> date:
    """The edge only where it is passed: the calendar ends before the edges of its first and last years."""
    if day - today > _AHEAD:
        return today + _AHEAD
    return today - _PAST if today - day > _PAST else day


def _month_after(day: date, months: int = 1) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _even(items: Sequence[PlanItem]) -> list[list[_Row]]:
    """As few pages as possible, and then as even as possible."""
    most = int(_ROWS_HEIGHT // _ROW)
    pages = list(_paged(items, most))
    while most > 2 and len(fewer := list(_paged(items, most - 1))) == len(pages):
        pages, most = fewer, most - 1
    return pages


def _paged(items: Sequence[PlanItem], most: int) -> Iterator[list[_Row]]:
    """Rows for one page each; a launch's name goes on at the top of the next page and never stands last."""
    page: list[_Row] = []
    group = ""
    for item in items:
        opens = item.group != group
        if page and len(page) + (2 if opens else 1) > most:
            yield page
            page = []
        group = item.group
        if group and (opens or not page):
            page.append(_Row(None, group))
        page.append(_Row(item, group))
    if page:
        yield page


def _body(rows: Sequence[_Row], plan: Plan, axis: _Axis, base_url: str) -> Body:
    high = min(_ROWS_HEIGHT / len(rows), _HIGHEST_ROW)
    bottom = _NAMES.top + len(rows) * high
    elements: list[Element] = [*_months(axis, bottom), *_today(plan.today, axis, bottom)]
    told: list[str] = []
    is_cut = False
    for number, row in enumerate(rows):
        top = _NAMES.top + number * high + (high - _ROW) / 2
        if row.item is None:
            elements.append(_group_name(row.group, top))
            continue
        drawn = _name(row.item, top, base_url)
        is_cut = is_cut or drawn.paragraphs[0].text != plain(row.item.name)
        told.append(_sentence(row.item, plan))
        elements += [*_moon(row.item, top), drawn, *_bar(row.item, plan, axis, top)]
    return Body(tuple(elements), "\n".join(told) if is_cut else "")


def _months(axis: _Axis, bottom: float) -> Iterator[Element]:
    """The grid: months where there is room for their names, else quarters, half years or years."""
    count = (axis.last.year - axis.first.year) * 12 + axis.last.month - axis.first.month
    step = next(step for step in (1, 3, 6, 12, 24) if _AXIS.width * step / count >= _MONTH_WORD or step == 24)
    yield Rule((_AXIS.left, _NAMES.top), (_AXIS.right, _NAMES.top), LINE_FIRM)
    day = axis.first
    while (day.month - 1) % min(step, 12):
        day = _month_after(day)
    while day < axis.last:
        left = axis.x(day)
        yield Rule((left, _AXIS.top + 2), (left, bottom), LINE_FIRM if day.month == 1 else LINE)
        room = min(axis.x(min(_month_after(day, step), axis.last)), _AXIS.right) - left - 4
        words = next((words for words in _month_words(day, step) if text_width(words, _SMALL) <= room), "")
        if words:
            head = Paragraph((Run(words, color=INK_3),), _SMALL)
            yield TextBox(Box(left + 4, _AXIS.top, room, _AXIS.height), (head,), anchor="middle", name="Month")
        day = _month_after(day, step)


def _month_words(day: date, step: int) -> tuple[str, ...]:
    """The names for a stretch of the axis, the longest first."""
    if step >= 12:
        return (f"{day.year}",)
    if step == 1:
        return (f"{day:%b} {day.year}", f"{day:%b}") if day.month == 1 else (f"{day:%b}",)
    quarter = f"Q{(day.month + 2) // 3}"
    return (f"{quarter} {day.year}", quarter)


def _today(today: date, axis: _Axis, bottom: float) -> Iterator[Element]:
    left = axis.x(today)
    yield Rule((left, _NAMES.top), (left, bottom + 2), ACCENT, 1.5)
    words = Paragraph((Run(f"Today, {today.day} {today:%b}", color=ACCENT, bold=True),), _SMALL, align="center")
    yield TextBox(Box(left - 45, bottom + 2, 90, 14), (words,), name="Today")


def _group_name(name: str, top: float) -> TextBox:
    text = cut(plain(name), BODY_FLOOR, WIDTH - 2 * SIDE, bold=True)
    box = Box(SIDE, top, min(text_width(text, BODY_FLOOR, bold=True) + 4, WIDTH - 2 * SIDE), _ROW)
    words = Paragraph((Run(text, bold=True),), align="left")
    return TextBox(box, (words,), anchor="middle", ground=PAPER, name="Launch")


def _moon(item: PlanItem, top: float) -> Iterator[Element]:
    yield Moon(Box(SIDE, top + (_ROW - 12) / 2, 12, 12), item.progress)


def _name(item: PlanItem, top: float, base_url: str) -> TextBox:
    text = cut(plain(item.name), BODY_FLOOR, _NAMES.width)
    run = Run(text, color=ACCENT if item.path else INK, href=base_url + item.path if item.path else "")
    box = Box(_NAMES.left, top, _NAMES.width, _ROW)
    return TextBox(box, (Paragraph((run,), align="left"),), anchor="middle", name="Milestone")


def _bar(item: PlanItem, plan: Plan, axis: _Axis, top: float) -> Iterator[Element]:
    """From start to due with what is done filled, how late it is, the due date, and the words behind it."""
    middle = top + _ROW / 2
    end = item.due or item.done
    if end is None:
        yield _words(item, plan, _AXIS.right + 6, middle)
        return
    right = axis.x(end)
    left = axis.x(item.start) if item.start and item.start < end else right
    if right - left >= 1:
        yield Shape("rectangle", Box(left, middle - 4, right - left, 8), BAR, alt=_sentence(item, plan))
    done = (right - left) * min(max(item.progress, 0.0), 1.0)
    if done >= 1:
        yield Shape("rectangle", Box(left, middle - 4, done, 8), BAR_DONE)
    reach = right
    if is_overdue(item, plan):
        reach = axis.x(plan.today)
        yield Rule((right, middle), (reach, middle), TONES["bad"], 2, is_dashed=True)
    color = INK_2 if item.done else tone_of(item.mark)
    is_hollow = item.mark in {"ok", "unknown", "none", ""} and not item.done
    alt = "" if right - left >= 1 else _sentence(item, plan)
    diamond = Box(right - 5.5, middle - 5.5, 11, 11)
    yield Shape("diamond", diamond, PAPER if is_hollow else color, color, 1.5, alt=alt)
    yield _words(item, plan, max(right + 5.5, reach) + 4, middle)


def _words(item: PlanItem, plan: Plan, left: float, middle: float) -> TextBox:
    room = WIDTH - SIDE - left
    text = cut(_short(item, plan), _WORDS, room)
    color = TONES["bad"] if is_overdue(item, plan) else tone_of(item.mark)
    box = Box(left, middle - 8, min(text_width(text, _WORDS) + 4, room), 16)
    return TextBox(box, (Paragraph((Run(text, color=color),), _WORDS),), anchor="middle", ground=PAPER, name="Due")


def _short(item: PlanItem, plan: Plan) -> str:
    """`▲ 19 Nov, 4 d late`, `● 27 Nov, On track`, `✓ 19 Nov`, `no date`."""
    sign = mark_character(item.mark)
    if item.done:
        return f"{sign} {short_day(item.done, plan.today)}".strip()
    day = short_day(item.due, plan.today) if item.due else "no date"
    word = late_words(item.due, plan.today) if item.due and is_overdue(item, plan) else plain(item.word)
    return f"{sign} {', '.join(part for part in (day, word) if part)}".strip()


def _sentence(item: PlanItem, plan: Plan) -> str:
    """All that the bar shows."""
    start = f"from {item.start.isoformat()}" if item.start else ""
    due = f"due {item.due.isoformat()}" if item.due else "no due date"
    late = late_words(item.due, plan.today, short=False) if item.due and is_overdue(item, plan) else ""
    done = f"completed {item.done.isoformat()}" if item.done else ""
    parts = (start, due, done, late, percent(item.progress), plain(item.word) if not item.done else "")
    return f"{plain(item.name)}: {', '.join(part for part in parts if part)}"
