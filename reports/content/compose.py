"""A launch's weekly digest in words, and the door to all compositions: facts in, document out."""

from __future__ import annotations

from luna.lib.dates import iso_week
from luna.ui.wording import day_words
from reports.content import news, plans
from reports.content import sections as part
from reports.content.changes import squash
from reports.content.compose_portfolio import compose_portfolio
from reports.content.compose_progress import compose_progress
from reports.content.compose_roadmap import compose_roadmap
from reports.content.document import Block, Document, Heading, Lines, Link, Note, Title
from reports.content.facts import LaunchReportFacts, PortfolioReportFacts
from reports.content.figures import freshness
from reports.content.standing import standing
from reports.domain.types import ReportKind


def compose(kind: ReportKind, facts: LaunchReportFacts | PortfolioReportFacts) -> Document:
    """The report of that kind on a launch or on many."""
    if isinstance(facts, PortfolioReportFacts):
        return compose_portfolio(kind, facts)
    composers = {
        ReportKind.DIGEST: compose_digest,
        ReportKind.PROGRESS: compose_progress,
        ReportKind.ROADMAP: compose_roadmap,
    }
    return composers[kind](facts)


def compose_digest(facts: LaunchReportFacts) -> Document:
    """The weekly digest of a launch. What stays empty is left out."""
    week = iso_week(part.day_before(facts.today))[1]  # sent on a Monday, it tells of the week before
    title = Title(f"{facts.launch.name}, week {week}", f"{facts.workspace} · Weekly digest · {facts.launch.key}")
    opening: list[Block] = [*part.head(facts), Lines(tuple(standing(facts.launch, facts.today))), *part.quote(facts)]
    changes = squash(facts.events).changes
    new = [*news.changed(facts, changes), *part.late(facts), *news.done(facts, changes)]
    told = [*part.wanted(facts), *new, *part.coming(facts), *part.who_must_act(facts)]
    if Heading(news.CHANGED) not in new and Heading(news.DONE) not in new:
        opening.append(Note(_quiet_sentence(facts, anything_else=bool(told))))
    last = Note(freshness(facts.launch.synced_at, facts), Link("The whole launch", facts.launch.path))
    return Document((title, *opening, *told, *plans.plan(facts, is_appendix=True), last))


def _quiet_sentence(facts: LaunchReportFacts, *, anything_else: bool) -> str:
    since = day_words(facts.since, facts.today)
    if anything_else:
        return f"Nothing changed since {since}."
    return f"A quiet week: nothing changed since {since}, nothing is late, and nobody has to act."
