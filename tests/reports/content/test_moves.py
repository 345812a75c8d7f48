"""How dates moved, in a progress report: the drawing and the words say the same, in every form."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from django.template.loader import render_to_string

from reports.content.compose_progress import compose_progress
from reports.content.deck import WENT, Moves, deck_of
from reports.content.document import Heading, Lines, from_data, to_data
from reports.content.facts import LaunchReportFacts
from reports.content.moves import MOST_MOVED, MOVED
from reports.content.samples import plan_facts, quiet_facts
from reports.renderers.html import html_blocks
from reports.renderers.markdown import render_markdown

SINCE = date(2026, 10, 1)


def moving(count: int = 12) -> LaunchReportFacts:
    """Milestones of a plan that were first due so many days earlier than now as their number says."""
    facts = plan_facts(count)
    told = {
        row.id: ((SINCE, due - timedelta(days=row.id)), (date(2026, 11, 2), due))
        for row in facts.milestones
        if (due := row.completed_date or row.due_date)
    }
    return replace(facts, told=told)


def lines_of(facts: LaunchReportFacts) -> Lines:
    document = compose_progress(facts)
    found = document.blocks[document.blocks.index(Heading(MOVED)) + 1]
    assert isinstance(found, Lines)
    return found


def test_those_that_moved_the_most_come_first_and_only_so_many() -> None:
    lines = lines_of(moving())
    days = [int(re.findall(r"(\d+) days? later", line.text)[0]) for line in lines.items]
    assert days == sorted(days, reverse=True)
    assert len(days) == MOST_MOVED


def test_the_drawing_and_its_table_say_what_the_lines_say() -> None:
    facts = moving()
    lines = lines_of(facts)
    blocks = html_blocks(compose_progress(facts))
    trend = next(block.trend for block in blocks if block.trend)
    drawn = {line.words for line in (*trend.named, *trend.others)}
    assert {f"{line.link.text}: {line.text}" for line in lines.items if line.link} <= drawn
    page = render_to_string("reports/_document.html", {"blocks": blocks, "today": facts.today})
    assert 'class="chart trend"' in page
    for line in lines.items:
        days = int(re.findall(r"(\d+) days? later", line.text)[0])
        assert f'<td class="num" data-head="Moved"><span>+{days} d</span></td>' in page


def test_forms_without_shapes_have_the_words() -> None:
    facts = moving()
    said = [line.text for line in lines_of(facts).items]
    markdown = render_markdown(compose_progress(facts), base_url="https://luna.example")
    assert all(text in markdown for text in said)


def test_a_deck_draws_them_and_has_the_words_where_it_cannot() -> None:
    (slide,) = [one for one in deck_of(compose_progress(moving())).slides if isinstance(one, Moves)]
    assert slide.title == WENT
    assert (slide.words.title, len(slide.words.items)) == (MOVED, MOST_MOVED)


def test_where_no_date_moved_the_report_says_nothing_of_it() -> None:
    assert Heading(MOVED) not in compose_progress(quiet_facts()).blocks
    facts = quiet_facts()
    kept = replace(facts, told={row.id: ((SINCE, row.due_date),) for row in facts.milestones})
    assert Heading(MOVED) not in compose_progress(kept).blocks


def test_what_happened_after_the_reports_day_is_not_told() -> None:
    facts = quiet_facts()
    (row,) = facts.milestones
    assert row.due_date
    later = ((SINCE, row.due_date), (facts.today + timedelta(days=1), row.due_date + timedelta(days=30)))
    assert Heading(MOVED) not in compose_progress(replace(facts, told={row.id: later})).blocks


def test_an_edition_keeps_the_drawing() -> None:
    document = compose_progress(moving())
    assert from_data(to_data(document)) == document
