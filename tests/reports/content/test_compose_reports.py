"""What progress reports and roadmaps say, by example, of one launch and of many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.content import news, plans, sections
from reports.content.compose import compose
from reports.content.compose_portfolio import LAUNCHES, MOST_LINES, TROUBLED, compose_portfolio
from reports.content.compose_progress import AGAINST, NEEDED, WHY, compose_progress
from reports.content.compose_roadmap import NEXT, UNDATED, compose_roadmap
from reports.content.document import Document, Heading, Lines, Meta, Note, Plan, Quote, Table, from_data, to_data
from reports.content.facts import RiskFacts
from reports.content.samples import busy_facts, plan_facts, portfolio_facts, quiet_facts
from reports.content.standing import NOT_DECLARED, overruled, standing
from reports.domain.types import ReportKind


def _headings(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Heading)]


def _said(document: Document, heading: str) -> list[str]:
    following = document.blocks[document.blocks.index(Heading(heading)) + 1]
    items = following.items if isinstance(following, Lines) else ()
    return [f"{line.link.text}: {line.text}" if line.link else line.text for line in items]


def _plan(document: Document) -> Plan:
    return next(block for block in document.blocks if isinstance(block, Plan))


def test_a_progress_report_goes_from_how_it_stands_to_what_is_needed() -> None:
    order = [
        WHY, AGAINST, plans.MILESTONES, sections.RISKS, sections.WANTED, news.DECIDED, NEEDED,
    ]  # fmt: skip
    assert _headings(compose_progress(plan_facts(20))) == order
    assert _headings(compose_progress(quiet_facts())) == [AGAINST, plans.MILESTONES]


def test_a_roadmap_is_in_the_order_of_its_days() -> None:
    document = compose_roadmap(plan_facts(20))
    assert _headings(document) == [plans.TIMELINE, NEXT, news.MOVED, UNDATED]
    days = [item.done or item.due for item in _plan(document).items]
    dated = [day for day in days if day]
    assert dated == sorted(dated)
    assert days == [*dated, *[None] * (len(days) - len(dated))]


def test_progress_is_compared_with_then_and_with_what_was_agreed() -> None:
    facts = plan_facts(20)
    said = _said(compose_progress(facts), AGAINST)
    assert said[0] == "Progress went from 31 % to 60 %."
    assert said[1] == "By the agreed plan 6 milestones should be completed by now; 2 of them are not."
    same = replace(facts, launch=replace(facts.launch, progress_before=facts.launch.progress))
    assert _said(compose_progress(same), AGAINST)[0] == "Progress stands where it stood on Mon 16 Nov, at 60 %."
    unknown = replace(facts, launch=replace(facts.launch, progress_before=None))
    assert not any(line.startswith("Progress") for line in _said(compose_progress(unknown), AGAINST))


def test_before_a_plan_is_agreed_due_dates_count() -> None:
    milestone = replace(quiet_facts().milestones[0], due_date=date(2026, 11, 20))
    facts = replace(quiet_facts(), milestones=(milestone,))
    text = "By their due dates 1 milestone should be completed by now; 1 of them is not."
    assert text in _said(compose_progress(facts), AGAINST)
    done = replace(milestone, is_open=False, completed_date=date(2026, 11, 19), progress=1.0)
    facts = replace(facts, milestones=(done,))
    text = "By their due dates 1 milestone should be completed by now, and it is."
    assert text in _said(compose_progress(facts), AGAINST)


def test_the_furthest_slip_is_named() -> None:
    one = replace(quiet_facts().milestones[0], baseline_due_date=date(2027, 2, 1))
    two = replace(one, id=2, name="Reminders", due_date=date(2027, 2, 20))
    said = _said(compose_progress(replace(quiet_facts(), milestones=(one, two))), AGAINST)
    assert "Reminders: 19 days later than agreed, the furthest of 2 milestones that are later." in said


def test_a_persons_words_come_before_the_latest_update() -> None:
    facts = plan_facts(3)
    assert Quote(facts.launch.update_headline, facts.launch.update_by) in compose_progress(facts).blocks
    said = replace(facts, commentary="Look here.", commentary_by="Ben")
    quotes = [block for block in compose_progress(said).blocks if isinstance(block, Quote)]
    assert quotes == [Quote("Look here.", "Ben")]


@pytest.mark.parametrize(
    ("days", "words"), [(7, "moved from 16 to 23 November 2026."), (0, "moved on 23 November 2026.")]
)
def test_a_roadmap_opens_with_what_it_shows(days: int, words: str) -> None:
    one, many = quiet_facts(), portfolio_facts(2)
    since = one.today - timedelta(days=days)
    for told in (
        compose_roadmap(replace(one, since=since)),
        compose_portfolio(ReportKind.ROADMAP, replace(many, since=since)),
    ):
        first = next(block for block in told.blocks if isinstance(block, Meta))
        assert first.text == f"What is planned and when, and what {words}"


@pytest.mark.parametrize(
    ("state", "probability", "impact", "words"),
    [
        ("open", 4, 4, "high, 4 × 4; nothing is planned against it"),
        ("mitigating", 2, 4, "medium, 2 × 4; nothing is planned against it"),
        ("open", 1, 7, None),
        ("occurred", 1, 1, "occurred; nothing is planned against it"),
    ],
)
def test_only_risks_that_matter_are_told(state: str, probability: int, impact: int, words: str | None) -> None:
    risk = RiskFacts("It rains", "/r/", "Ana", state, probability, impact)
    document = compose_progress(replace(quiet_facts(), risks=(risk,)))
    assert (sections.RISKS in _headings(document)) == (words is not None)
    if words:
        assert _said(document, sections.RISKS) == [f"It rains: {words}"]


def test_what_is_cancelled_is_in_no_plan() -> None:
    gone = replace(quiet_facts().milestones[0], counts=False, is_open=False, health="cancelled")
    document = compose_progress(replace(quiet_facts(), milestones=(gone,)))
    assert plans.MILESTONES not in _headings(document)


def test_a_day_that_is_over_says_what_is_not_kept() -> None:
    for is_past in (True, False):
        document = compose_progress(replace(busy_facts(), is_past=is_past))
        metas = " ".join(block.text for block in document.blocks if isinstance(block, Meta))
        assert ("out of the log" in metas) == is_past


def test_many_launches_are_told_worst_first() -> None:
    document = compose_portfolio(ReportKind.PROGRESS, portfolio_facts(14))
    assert _headings(document)[:2] == [LAUNCHES, TROUBLED]
    order = ("At risk", "Possible delays", "")
    heads = [line.partition(": ")[2].partition(": ")[0] for line in _said(document, TROUBLED)]
    worse = [next(n for n, word in enumerate(order) if word in head) for head in heads]
    assert worse == sorted(worse), "by the worse of said and computed"
    assert _plan(document).noun == "Launch"


@pytest.mark.parametrize(
    ("said", "computed", "line"),
    [
        ("at_risk", "possible_delays", "Possible delays (Ines says At risk): 75 % likely."),
        ("at_risk", "on_track", "On track (Ines says At risk): 75 % likely."),
        ("on_track", "at_risk", "At risk (Ines says On track): 75 % likely."),
        ("at_risk", "at_risk", "At risk: 75 % likely."),
    ],
)
def test_the_level_of_a_launch_in_danger_is_that_of_the_table_and_another_is_its_owners(
    said: str, computed: str, line: str
) -> None:
    facts = portfolio_facts(1)
    one = replace(facts.launches[0], name="Sync", owner="Ines", status=said, health=computed, signals=("75 % likely",))
    document = compose_portfolio(ReportKind.PROGRESS, replace(facts, launches=(one,)))
    assert _said(document, TROUBLED) == [f"Sync: {line}"]
    assert line.startswith(_plan(document).items[0].word)


def test_no_words_are_put_into_the_mouth_of_an_owner_who_declared_nothing() -> None:
    facts = portfolio_facts(1)
    one = replace(
        facts.launches[0], owner="Ines", status="on_track", status_reason="", health="at_risk", signals=("Late",)
    )
    for is_declared in (True, False):
        launches = (replace(one, is_declared=is_declared),)
        for kind in ReportKind:
            told = str(compose_portfolio(kind, replace(facts, launches=launches)))
            assert ("1 on track" in told) == is_declared
            assert ("1 not declared" in told) != is_declared
            assert "Ines says" not in told or is_declared
        lines = " ".join(line.text for line in standing(launches[0], facts.today))
        assert ("Ines says On track" in lines) == is_declared
        assert (NOT_DECLARED in lines) != is_declared
        assert "Luna computes At risk: Late." in lines
        assert (overruled(launches[0], facts.today) is not None) == is_declared


def test_a_portfolio_without_launches_says_so() -> None:
    for kind in ReportKind:
        document = compose_portfolio(kind, replace(portfolio_facts(1), launches=(), milestones=(), asks=(), risks=()))
        assert [block.text for block in document.blocks if isinstance(block, Note)] == ["No launch is running."]


def test_everybodys_edition_says_that_private_launches_are_left_out() -> None:
    facts = portfolio_facts(2)
    assert Meta("Private launches are not in it.") in compose_portfolio(ReportKind.ROADMAP, facts).blocks
    mine = replace(facts, for_everybody=False)
    assert Meta("Private launches are not in it.") not in compose_portfolio(ReportKind.ROADMAP, mine).blocks


@given(st.integers(1, 60))
def test_long_lists_are_cut_and_counted(launches: int) -> None:
    document = compose_portfolio(ReportKind.PROGRESS, portfolio_facts(launches))
    for block in document.blocks:
        if isinstance(block, Table):
            assert len(block.rows) <= MOST_LINES
        if isinstance(block, Lines):
            assert len(block.items) <= MOST_LINES + 1


@given(st.sampled_from(list(ReportKind)), st.integers(1, 40), st.booleans())
def test_every_report_is_kept_as_plain_data(kind: ReportKind, size: int, of_many: bool) -> None:
    document = compose(kind, portfolio_facts(size) if of_many else plan_facts(size))
    assert from_data(to_data(document)) == document


@given(st.integers(-400, 400))
def test_a_milestone_is_next_or_overdue_but_not_both(days: int) -> None:
    facts = quiet_facts()
    one = replace(facts.milestones[0], due_date=facts.today + timedelta(days=days))
    text = str(compose_roadmap(replace(facts, milestones=(one,))).blocks)
    assert ("next, on" in text) == (days >= 0)
    assert ("overdue" in text) == (days < 0)
