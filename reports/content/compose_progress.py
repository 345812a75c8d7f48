"""A launch's progress report in words: how it stands and why, against the plan, what is in the way, what is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from luna.ui.wording import counted, day_words
from reports.content import moves, news, plans
from reports.content import sections as part
from reports.content.changes import Change, squash
from reports.content.document import Block, Document, Line, Lines, Link, Note, Quote, Title
from reports.content.facts import LaunchReportFacts
from reports.content.figures import freshness
from reports.content.standing import against_the_plan, reasons, standing

WHY, AGAINST, NEEDED = "Why", "Against the plan", "What is needed"


def compose_progress(facts: LaunchReportFacts) -> Document:
    """The launch as it stands."""
    launch = facts.launch
    day = part.long_day(facts.today)
    title = Title(f"{launch.name}, progress on {day}", f"{facts.workspace} · Progress report · {launch.key}")
    changes = squash(facts.events).changes
    blocks: list[Block] = [title, *_opening(facts, changes)]
    blocks += part.section(WHY, list(reasons(launch)) if len(launch.signals) > 1 else [])
    blocks += part.section(AGAINST, list(against_the_plan(facts, changes)))
    blocks += plans.plan(facts)
    blocks += moves.how_dates_moved(facts)
    blocks += part.risks(facts)
    blocks += part.wanted(facts)
    blocks += news.decided(facts, changes)
    blocks += part.who_must_act(facts, name=NEEDED)
    return Document((*blocks, Note(freshness(launch.synced_at, facts), Link("The whole launch", launch.path))))


def _opening(facts: LaunchReportFacts, changes: Sequence[Change]) -> Iterator[Block]:
    yield from part.head(facts)
    yield Lines((*standing(facts.launch, facts.today), *_since_then(facts, changes)))
    if facts.commentary:
        yield from part.quote(facts)
    elif facts.launch.update_headline:
        yield Quote(facts.launch.update_headline, facts.launch.update_by)


def _since_then(facts: LaunchReportFacts, changes: Sequence[Change]) -> Iterator[Line]:
    """One line of what changed: completed, moved later or earlier, newly at risk, decided."""
    counts = news.change_counts(facts, changes)
    said = [
        f"{counted(counts.completed, 'milestone')} completed" if counts.completed else "",
        f"{counted(counts.later, 'date')} moved later" if counts.later else "",
        f"{counted(counts.earlier, 'date')} moved earlier" if counts.earlier else "",
        f"{counts.at_risk} newly at risk" if counts.at_risk else "",
        f"{counted(counts.decided, 'decision')} taken" if counts.decided else "",
    ]
    words = ", ".join(piece for piece in said if piece) or "no milestone, date or decision changed"
    yield Line(text=f"Since {day_words(facts.since, facts.today)}: {words}.")
