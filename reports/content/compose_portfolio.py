"""Reports on many launches: the digest, the progress report and the roadmap of the portfolio."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from launches.domain.declared import gap, is_worse
from luna.lib.dates import iso_week
from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, day_words
from reports.content import news, plans
from reports.content import sections as part
from reports.content.changes import Change, squash
from reports.content.compose_progress import NEEDED
from reports.content.compose_roadmap import NEXT, NEXT_DATES, SHOWS, UNDATED
from reports.content.document import (
    Block,
    Document,
    Heading,
    Line,
    Lines,
    Link,
    Meta,
    Note,
    Plan,
    PlanItem,
    Title,
)
from reports.content.facts import LaunchFacts, MilestoneFacts, PortfolioReportFacts
from reports.content.figures import freshness
from reports.content.standing import NOT_DECLARED
from reports.domain.types import ReportKind

LAUNCHES, TROUBLED, OVERRULED = "Launches", "At risk, and why", "Said better than computed"
MOST_LINES: Final = 15
MOST_LAUNCHES: Final = 60
MOST_MILESTONES: Final = 8
"""Per launch, on the roadmap."""
_COMPUTED: Final = ("on_track", "possible_delays", "at_risk", "unknown")
_LEVELS: Final = (*_COMPUTED, "paused")
_UNDECLARED: Final = "undeclared"
_WORDS: Final = {"possible_delays": "with possible delays", _UNDECLARED: "not declared"}
_LOOK_BACK: Final = timedelta(days=30)


def compose_portfolio(kind: ReportKind, facts: PortfolioReportFacts) -> Document:
    """The report of that kind on all its launches."""
    changes = squash(facts.events).changes
    bodies = {ReportKind.DIGEST: _digest, ReportKind.PROGRESS: _progress, ReportKind.ROADMAP: _roadmap}
    if not facts.launches:
        blocks: tuple[Block, ...] = (Note("No launch is running.", Link("All launches", facts.path)),)
        return Document((_title(kind, facts), *part.head(facts), *part.quote(facts), *blocks))
    synced = max((launch.synced_at for launch in facts.launches if launch.synced_at), default=None)
    last = Note(freshness(synced, facts), Link("All launches", facts.path))
    return Document((_title(kind, facts), *_opening(kind, facts), *bodies[kind](facts, changes), last))


def _title(kind: ReportKind, facts: PortfolioReportFacts) -> Title:
    day = part.long_day(facts.today)
    week = iso_week(part.day_before(facts.today))[1]
    texts = {
        ReportKind.DIGEST: (f"Launches, week {week}", "Weekly digest"),
        ReportKind.PROGRESS: (f"Launches, progress on {day}", "Progress report"),
        ReportKind.ROADMAP: (f"Launches, roadmap on {day}", "Roadmap"),
    }
    text, over = texts[kind]
    return Title(text, f"{facts.workspace} · {over} · All launches")


def _opening(kind: ReportKind, facts: PortfolioReportFacts) -> Iterator[Block]:
    yield from part.head(facts, SHOWS if kind == ReportKind.ROADMAP else "")
    if facts.is_past:
        yield Meta("It tells of the launches that run today.")
    if facts.for_everybody:
        yield Meta("Private launches are not in it.")
    yield Lines(tuple(_figures(facts)))
    yield from part.quote(facts)


def _figures(facts: PortfolioReportFacts) -> Iterator[Line]:
    said = _levels(launch.status if launch.is_declared else _UNDECLARED for launch in facts.launches)
    yield Line(text=f"{counted(len(facts.launches), 'launch', 'launches')} running. Owners say: {said}.")
    worse = sum(is_worse(launch.health, than=launch.status) for launch in facts.launches)
    if worse:
        computed = _levels(launch.health for launch in facts.launches if launch.health in _COMPUTED)
        yield Line(mark="warn", text=f"Luna computes: {computed}; worse than said for {worse}.")
    until = facts.today + timedelta(days=30)
    soon = sum(bool(launch.target_date and facts.today <= launch.target_date <= until) for launch in facts.launches)
    if soon:
        yield Line(text=f"{counted(soon, 'launch is', 'launches are')} to go out in the next 30 days.")


def _levels(values: Iterable[str]) -> str:
    """`7 on track, 1 with possible delays, 2 at risk`, in the order of alarm."""
    number = Counter(values)
    order = [*_LEVELS, *(level for level in number if level not in _LEVELS)]
    words = {level: _WORDS.get(level) or look_of(level).word.lower() for level in number}
    return ", ".join(f"{number[level]} {words[level]}" for level in order if number[level])


def _digest(facts: PortfolioReportFacts, changes: Sequence[Change]) -> Iterator[Block]:
    yield from part.who_must_act(facts, most=MOST_LINES)
    yield from part.section(OVERRULED, list(_overruled(facts)), most=MOST_LINES, is_brief=True)
    yield from news.changed(facts, _notable(changes), most=MOST_LINES)
    yield from news.done(facts, changes, most=MOST_LINES)
    yield from part.coming(facts, most=MOST_LINES)
    touched = {change.launch for change in changes}
    still = sum(launch.key not in touched for launch in facts.launches)
    if still:
        yield Note(f"{counted(still, 'launch', 'launches')} without change.")
    yield from _launches(facts, is_appendix=True)


def _progress(facts: PortfolioReportFacts, changes: Sequence[Change]) -> Iterator[Block]:
    yield from _launches(facts)
    yield from part.section(TROUBLED, list(_troubled(facts)), most=MOST_LINES)
    yield from news.changed(facts, _notable(changes), most=MOST_LINES)
    yield from news.done(facts, changes, most=MOST_LINES)
    yield from part.risks(facts, most=part.MOST_RISKS)
    yield from part.who_must_act(facts, name=NEEDED, most=MOST_LINES)


def _roadmap(facts: PortfolioReportFacts, changes: Sequence[Change]) -> Iterator[Block]:
    shown = facts.launches[:MOST_LAUNCHES]
    near: defaultdict[str, list[MilestoneFacts]] = defaultdict(list)
    for milestone in facts.milestones:
        if milestone.counts and _is_near(milestone, facts.today):
            near[milestone.launch].append(milestone)
    items = tuple(item for launch in shown for item in _road_of(launch, near[launch.key]))
    if items:
        yield Heading(plans.TIMELINE)
        yield Plan(items, facts.today)
    if len(facts.launches) > len(shown):
        left = counted(len(facts.launches) - len(shown), "more launch", "more launches")
        yield Note(f"{left} on the page.", Link("All launches", facts.path))
    yield from part.coming(facts, name=NEXT, within=NEXT_DATES, most=MOST_LINES)
    yield from news.moved(facts, changes, most=MOST_LINES)
    undated = [launch for launch in facts.launches if launch.target_date is None and not near[launch.key]]
    lines = [Line(moon=one.progress, link=Link(one.name, one.path), person=one.owner) for one in undated]
    yield from part.section(UNDATED, lines, most=MOST_LINES)


def _notable(changes: Sequence[Change]) -> list[Change]:
    """What is worth telling about many launches: dates, levels, decisions; neither people nor tasks nor wording."""
    wanted = {"due_date", "target_date", "status", "health", "outcome"}
    return [
        change
        for change in changes
        if (change.field in wanted and not (change.field == "health" and change.after not in {"at_risk"}))
        or (change.subject[0] == "decision" and change.field == "state")
    ]


def _launches(facts: PortfolioReportFacts, *, is_appendix: bool = False) -> Iterator[Block]:
    """A row for each launch."""
    items = tuple(_launch_item(launch) for launch in facts.launches)
    yield Heading(LAUNCHES)
    yield Plan(items, facts.today, is_appendix=is_appendix, noun="Launch")


def _launch_item(launch: LaunchFacts) -> PlanItem:
    look = look_of(launch.health)
    return PlanItem(
        name=launch.name,
        path=launch.path,
        owner=launch.owner,
        start=launch.start_date,
        due=launch.target_date,
        done=launch.launched_date,
        progress=launch.progress,
        mark=look.mark,
        word=look.word,
    )


def _overruled(facts: PortfolioReportFacts) -> Iterator[Line]:
    """The launches whose declared status is better than what Luna computes, the widest gap first."""
    found = [(gap(launch.health, said=launch.status), launch) for launch in facts.launches]
    for levels, launch in sorted(found, key=lambda item: -item[0]):
        if not levels:
            continue
        until = f", until {day_words(launch.status_until, facts.today)}" if launch.status_until else ""
        reason = f": {launch.status_reason}" if launch.status_reason else ", without a reason"
        said = part.sentence(f"{launch.owner} says {look_of(launch.status).word}{until}{reason}")
        because = f": {launch.signals[0]}" if launch.signals else ""
        yield Line(
            mark=look_of(launch.health).mark,
            link=Link(launch.name, launch.path),
            text=f"{said if launch.is_declared else NOT_DECLARED} "
            f"{part.sentence(f'Luna computes {look_of(launch.health).word}{because}')}",
        )


def _troubled(facts: PortfolioReportFacts) -> Iterator[Line]:
    """The launches that are in danger, by the worse of said and computed; the level told is the computed one."""
    order = {"at_risk": 0, "possible_delays": 1}
    levels = [(launch.health if is_worse(launch.health, than=launch.status) else launch.status, launch)
              for launch in facts.launches]  # fmt: skip
    found = [(order[level], launch) for level, launch in levels if level in order]
    for _, launch in sorted(found, key=lambda item: item[0]):
        why = launch.signals[0] if launch.signals else launch.status_reason
        differs = launch.is_declared and launch.health != launch.status
        said = f" ({launch.owner} says {look_of(launch.status).word})" if differs else ""
        computed = look_of(launch.health)
        yield Line(
            moon=launch.progress,
            mark=computed.mark,
            link=Link(launch.name, launch.path),
            text=part.sentence(f"{computed.word}{said}{': ' if why else ''}{why}"),
        )


def _road_of(launch: LaunchFacts, milestones: Sequence[MilestoneFacts]) -> Iterator[PlanItem]:
    """The launch's milestones around today under its name, and its target at the end."""
    for milestone in sorted(milestones, key=lambda m: (_day(m), m.name))[:MOST_MILESTONES]:
        yield plans.plan_item(milestone, launch.name)
    if launch.target_date:
        target = f"Target of {launch.name}"
        look = look_of(launch.health)
        yield PlanItem(
            name=target,
            path=launch.path,
            group=launch.name,
            owner=launch.owner,
            due=launch.target_date,
            progress=launch.progress,
            mark=look.mark,
            word=look.word,
        )


def _is_near(milestone: MilestoneFacts, today: date) -> bool:
    if milestone.completed_date:
        return milestone.completed_date >= today - _LOOK_BACK
    return milestone.is_open and milestone.due_date is not None


def _day(milestone: MilestoneFacts) -> date:
    return milestone.completed_date or milestone.due_date or date.max
