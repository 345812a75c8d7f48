"""How a launch stands, in the lines that open its reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from launches.domain.declared import is_worse
from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, day_words, distance_words, late_words, percent
from milestones.domain.forecast_types import Likely
from reports.content.changes import Change
from reports.content.document import Line, Link
from reports.content.facts import LaunchFacts, LaunchReportFacts, MilestoneFacts
from reports.content.sections import sentence

MOST_REASONS = 5
NOT_DECLARED = "Nobody has declared a status yet."


def standing(launch: LaunchFacts, today: date) -> Iterator[Line]:
    """What its owner says, what Luna computes where that differs, and how far it is."""
    declared = look_of(launch.status)
    reason = f": {launch.status_reason}" if launch.status_reason else ""
    if launch.is_declared:
        yield Line(mark=declared.mark, text=sentence(f"{launch.owner} says {declared.word}{reason}"))
    else:
        yield Line(text=NOT_DECLARED)
    computed = look_of(launch.health)
    if launch.health != launch.status:
        because = f": {launch.signals[0]}" if launch.signals else ""
        yield Line(mark=computed.mark, text=sentence(f"Luna computes {computed.word}{because}"))
    if line := overruled(launch, today):
        yield line
    yield Line(moon=launch.progress, text=f"{progress_words(launch)}{target_words(launch, today)}.")
    if launch.likely:
        yield forecast_line(launch, today)


def overruled(launch: LaunchFacts, today: date) -> Line | None:
    """That the declared status is better than what Luna computes, until when, and that it stands without a reason."""
    if not launch.is_declared or not is_worse(launch.health, than=launch.status):
        return None
    bare = "" if launch.status_reason else ", without a reason"
    until = f"; it stands until {day_words(launch.status_until, today)}" if launch.status_until else ""
    return Line(mark="warn", text=f"The declared status is better than what Luna computes{bare}{until}.")


def progress_words(launch: LaunchFacts) -> str:
    """`62 % complete, 3 of 8 milestones completed`."""
    milestones = f"{launch.milestones_completed} of {counted(launch.milestones_total, 'milestone')} completed"
    return f"{percent(launch.progress)} complete, {milestones}"


def target_words(launch: LaunchFacts, today: date) -> str:
    """`; target Fri 26 Feb, in 3 months`, or nothing without one."""
    if launch.launched_date and launch.launched_date <= today:
        return f"; launched {day_words(launch.launched_date, today)}"
    if launch.target_date is None:
        return ""
    far = late_words(launch.target_date, today, short=False) or distance_words(launch.target_date, today)
    return f"; target {day_words(launch.target_date, today)}, {far}"


def forecast_line(launch: LaunchFacts, today: date) -> Line:
    """`Likely Tue 12 May, 85 % sure by Thu 21 May: 41 % chance of the target.`"""
    words = Likely(launch.likely, launch.sure, None).words(today)
    late = launch.target_date is not None and (launch.sure is None or launch.sure > launch.target_date)
    chance = f": {launch.chance} chance of the target" if launch.chance else ""
    return Line(mark="warn" if late else "", text=f"{words[0].upper()}{words[1:]}{chance}.{moved_words(launch, today)}")


def moved_words(launch: LaunchFacts, today: date) -> str:
    """` That is 10 days later than on Sun 15 Nov: “Copy” moved, 7 days later.`; empty where it hardly moved."""
    if launch.moved is None:
        return ""
    far = f"{counted(abs(launch.moved.days), 'day')} {'later' if launch.moved.days > 0 else 'earlier'}"
    because = f": {launch.moved.reason}" if launch.moved.reason else ""
    return f" That is {far} than on {day_words(launch.moved.since, today)}{because}."


def reasons(launch: LaunchFacts) -> Iterator[Line]:
    """What speaks against the launch, worst first."""
    for signal in launch.signals[:MOST_REASONS]:
        yield Line(text=sentence(signal))
    if len(launch.signals) > MOST_REASONS:
        yield Line(text=f"and {len(launch.signals) - MOST_REASONS} more")


def against_the_plan(facts: LaunchReportFacts, changes: Sequence[Change]) -> Iterator[Line]:
    """Progress against what was agreed, and what changed in it since the period began."""
    launch, today = facts.launch, facts.today
    since = day_words(facts.since, today)
    before = launch.progress_before
    if before is not None and percent(before) != percent(launch.progress):
        yield Line(moon=launch.progress, text=f"Progress went from {percent(before)} to {percent(launch.progress)}.")
    elif before is not None and launch.progress < 1:
        yield Line(moon=launch.progress, text=f"Progress stands where it stood on {since}, at {percent(before)}.")
    counted_ones = [milestone for milestone in facts.milestones if milestone.counts]
    agreed = any(milestone.baseline_due_date for milestone in counted_ones)
    if line := _completed_line(counted_ones, today, agreed=agreed):
        yield line
    later = sorted((m for m in counted_ones if m.is_open and _slip_days(m) > 0), key=_slip_days, reverse=True)
    if later:
        worst = later[0]
        far = counted(_slip_days(worst), "day")
        text = f"{far} later than agreed"
        if len(later) > 1:
            text += f", the furthest of {counted(len(later), 'milestone')} that are later"
        yield Line(mark="warn", link=Link(worst.name, worst.path), text=sentence(text))
    moved = [change for change in changes if change.field == "target_date" and change.subject[0] == "launch"]
    if not moved and launch.target_date and not launch.launched_date:
        yield Line(mark="ok", text=f"The target has not moved since {since}.")


def _completed_line(milestones: Sequence[MilestoneFacts], today: date, *, agreed: bool) -> Line | None:
    days = [(m.baseline_due_date if agreed else m.due_date, m) for m in milestones]
    wanted = [m for day, m in days if day and day <= today]
    if not wanted:
        return None
    open_ones = sum(m.is_open for m in wanted)
    by_what = "By the agreed plan" if agreed else "By their due dates"
    should = f"{counted(len(wanted), 'milestone')} should be completed by now"
    if open_ones:
        return Line(
            mark="warn", text=f"{by_what} {should}; {open_ones} of them {'is' if open_ones == 1 else 'are'} not."
        )
    return Line(mark="ok", text=f"{by_what} {should}, and {'it is' if len(wanted) == 1 else 'all are'}.")


def _slip_days(milestone: MilestoneFacts) -> int:
    """By how many days the due date is later than agreed."""
    if milestone.due_date is None or milestone.baseline_due_date is None:
        return 0
    return (milestone.due_date - milestone.baseline_due_date).days
