"""A document as data for templates/reports/_document.html: the template draws, autoescaping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from luna.ui.charts.trend import REPORT
from luna.ui.charts.trend import Trend as TrendChart
from luna.ui.charts.trend import lay_out as lay_out_trend
from reports.content.document import Block, Document, Lines, Plan, PlanItem, Trend, kind_of
from reports.content.moves import series_of
from reports.content.plans import has_forecast, sure_words, when_words
from reports.renderers.plan_chart import Chart, lay_out

MOST_UNFOLDED: Final = 30
"""So many rows of a table stand open beneath a drawing."""


@dataclass(frozen=True)
class PlanRow:
    """One item of a plan's table."""

    item: PlanItem
    when: str
    on: date | None
    is_late: bool
    sure: str = ""
    """By when it is 85 % sure, in words."""


@dataclass(frozen=True)
class PlanView:
    """A plan as a drawing, where that says something, and as a table."""

    chart: Chart | None
    rows: list[PlanRow]
    noun: str
    is_grouped: bool
    has_forecast: bool = False

    @property
    def is_folded(self) -> bool:
        """Whether the table waits behind a word: the drawing tells the same, and both together are long."""
        return self.chart is not None and len(self.rows) > MOST_UNFOLDED


@dataclass(frozen=True)
class HtmlBlock:
    """One block and the name by which the template tells it from others."""

    kind: str
    block: Block | PlanView
    trend: TrendChart | None = None
    """The drawing above a list."""


def html_blocks(document: Document) -> list[HtmlBlock]:
    """The blocks in order."""
    return [_drawn(block) for block in document.blocks]


def _drawn(block: Block) -> HtmlBlock:
    if isinstance(block, Plan):
        return HtmlBlock(kind_of(block), _plan(block))
    trend = _trend(block.trend) if isinstance(block, Lines) and block.trend else None
    return HtmlBlock(kind_of(block), block, trend)


def _trend(trend: Trend) -> TrendChart | None:
    """The drawing that a launch's page has, too."""
    return lay_out_trend(series_of(trend), today=trend.today, frame=REPORT)


def _plan(plan: Plan) -> PlanView:
    chart = None if plan.is_appendix else lay_out(plan)
    rows = [_row(item, plan.today) for item in plan.items]
    return PlanView(chart, rows, plan.noun, any(item.group for item in plan.items), has_forecast(plan))


def _row(item: PlanItem, today: date) -> PlanRow:
    is_late = bool(item.done is None and item.due and item.due < today)
    return PlanRow(item, when_words(item, today), item.done or item.due, is_late, sure_words(item, today))
