"""Sample reports, for the renderers' goldens: a busy week and a quiet one, small and large plans, all launches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reports.content.compose import compose_digest
from reports.content.compose_portfolio import compose_portfolio
from reports.content.compose_progress import compose_progress
from reports.content.compose_roadmap import compose_roadmap
from reports.content.document import Document
from reports.content.facts import (
    AskFacts,
    EventFacts,
    LaunchFacts,
    LaunchReportFacts,
    MilestoneFacts,
    PortfolioReportFacts,
    RiskFacts,
)
from reports.domain.types import ReportKind

_TODAY = date(2026, 11, 23)
_ROOT = "/launches/BOOK/"


def busy_digest() -> Document:
    """A week in which something of everything happened."""
    return compose_digest(busy_facts())


def quiet_digest() -> Document:
    """A week in which nothing happened."""
    return compose_digest(quiet_facts())


def quiet_facts() -> LaunchReportFacts:
    """One milestone, far away, owned and healthy; no events."""
    return LaunchReportFacts(
        workspace="Fernhill",
        since=date(2026, 11, 16),
        today=_TODAY,
        launch=_launch(status="on_track", status_reason="", health="on_track", signals=()),
        milestones=(_milestone(1, "Booking page", "Ana Alves", 0.4, date(2027, 2, 12)),),
    )


def busy_facts() -> LaunchReportFacts:
    """Asks, moves, a slip with its reason, a completion, names with odd characters."""
    return LaunchReportFacts(
        workspace="Fernhill",
        since=date(2026, 11, 16),
        today=_TODAY,
        launch=_launch(
            status="on_track",
            status_reason="Two clinics asked for a second pilot week",
            health="possible_delays",
            signals=("Calendar sync is 4 days late",),
            forecast=_FORECAST,
        ),
        milestones=_milestones(),
        asks=_asks(),
        events=_events(),
        paths={"risk": f"{_ROOT}risks/", "decision": f"{_ROOT}decisions/"},
        names={7: "Ben Berger", 9: "Cleo Costa"},
        commentary=(
            "One slip, one cause: Legal has three things of ours and one lawyer.\n"
            "I have asked for help until Christmas."
        ),
        commentary_by="Ana Alves",
    )


def sample_progress(milestones: int = 20) -> Document:
    """A progress report on so many milestones, some with long names or in other scripts."""
    return compose_progress(plan_facts(milestones))


def sample_roadmap(milestones: int = 20) -> Document:
    """A roadmap of so many milestones."""
    return compose_roadmap(plan_facts(milestones))


def sample_portfolio(kind: ReportKind, launches: int = 14) -> Document:
    """A report on so many launches, with three milestones each."""
    return compose_portfolio(kind, portfolio_facts(launches))


def plan_facts(milestones: int) -> LaunchReportFacts:
    """A launch with so many milestones: done, on time, late, without a date or an owner, in several scripts."""
    rows = tuple(_nth_milestone(number) for number in range(1, milestones + 1))
    done = sum(not row.is_open for row in rows)
    launch = _launch(
        status="on_track",
        status_reason="",
        health="possible_delays",
        signals=("Two milestones are late", "One stands still"),
    )
    return replace(
        busy_facts(),
        launch=replace(
            launch,
            milestones_total=milestones,
            milestones_completed=done,
            progress=sum(row.progress for row in rows) / milestones,
            progress_before=0.31,
            start_date=date(2026, 9, 1),
            update_headline="The pilot clinics like it; the calendar is what keeps us.",
            update_by="Ana Alves, Wed 18 Nov",
        ),
        milestones=rows,
        risks=_risks(),
        commentary="",
    )


def portfolio_facts(launches: int) -> PortfolioReportFacts:
    """So many launches, well and badly off."""
    levels = ("on_track", "on_track", "possible_delays", "on_track", "at_risk", "paused", "unknown")
    found = tuple(
        replace(
            _launch(
                status="on_track" if number % 4 else "possible_delays",
                status_reason="",
                health=levels[number % len(levels)],
                signals=("Its next milestone is 6 days late",) if levels[number % len(levels)] == "at_risk" else (),
            ),
            key=f"L{number}",
            name=_NAMES[number % len(_NAMES)] if number >= len(_NAMES) else f"Launch number {number}",
            path=f"/launches/L{number}/",
            progress=(number * 37 % 100) / 100,
            start_date=date(2026, 8, 3) + timedelta(days=9 * number),
            target_date=date(2026, 12, 4) + timedelta(days=11 * number),
        )
        for number in range(1, launches + 1)
    )
    rows = tuple(
        replace(_nth_milestone(3 * number + part), launch=f"L{number}")
        for number in range(1, launches + 1)
        for part in range(3)
    )
    moved = EventFacts(
        1, "launch.edited", ("launch", 2), "Launch number 2", {"target_date": "2026-12-15"},
        {"target_date": "2026-12-26"}, why="the partner asked for it", who="Ana Alves", launch="L2",
    )  # fmt: skip
    return PortfolioReportFacts(
        workspace="Fernhill",
        since=date(2026, 11, 16),
        today=_TODAY,
        path="/launches/",
        launches=found,
        milestones=rows,
        asks=tuple(replace(ask, launch="L1") for ask in _asks()),
        risks=tuple(replace(risk, launch="L1") for risk in _risks()),
        events=(moved,) if launches > 1 else (),
    )


_NAMES = (
    "Calendar sync, two-way",
    "Reception training in every clinic of the group, with the evening shifts, the locums and the new practices",
    "予約ページの公開と受付スタッフの研修",
    "اعتماد صفحة الحجز من الفريق القانوني",
    "אישור נוסח ההודעות למטופלים",
    "Text & e-mail reminders <beta>",
    "Пилот в пяти клиниках",
)
_HEALTHS = ("on_track", "on_track", "possible_delays", "at_risk")


def _nth_milestone(number: int) -> MilestoneFacts:
    """Completed up to the fourth of ten, then one late, one without a date, one that nobody owns."""
    due = date(2026, 10, 5) + timedelta(days=8 * (number % 30))
    name = _NAMES[number % len(_NAMES)] if number > 4 else f"Milestone number {number}"
    place = number % 10
    is_done = place in {1, 2, 3, 4} and due < _TODAY
    more: dict[str, object] = {"start_date": due - timedelta(days=30), "baseline_due_date": due - timedelta(days=3)}
    if is_done:
        more |= {"is_open": False, "completed_date": due + timedelta(days=number % 3 - 1)}
    else:
        more |= {"health": _HEALTHS[number % len(_HEALTHS)]}
    return _milestone(
        number,
        name,
        "" if place == 7 else ("Ana Alves", "Ben Berger", "王小明")[number % 3],
        1.0 if is_done else (number * 13 % 100) / 100,
        None if place == 6 else due,
        **more,
    )


def _risks() -> tuple[RiskFacts, ...]:
    return (
        RiskFacts(
            "SMS provider *may* raise <prices>", f"{_ROOT}risks/4/", "Cleo Costa", "open", 3, 4, "Ask two others"
        ),
        RiskFacts("The partner’s test system is down again", f"{_ROOT}risks/5/", "", "occurred", 4, 4),
        RiskFacts("Somebody is ill", f"{_ROOT}risks/6/", "Ana Alves", "open", 1, 2),
    )


_FORECAST = {"likely": date(2027, 2, 22), "sure": date(2027, 3, 9), "chance": "62 %"}


def _launch(
    *, status: str, status_reason: str, health: str, signals: tuple[str, ...], forecast: Mapping[str, Any] | None = None
) -> LaunchFacts:
    return LaunchFacts(
        key="BOOK",
        name="Patient self-booking",
        path=_ROOT,
        owner="Ana Alves",
        status=status,
        status_reason=status_reason,
        health=health,
        signals=signals,
        progress=0.61,
        milestones_total=5,
        milestones_completed=1,
        target_date=date(2027, 2, 26),
        synced_at=datetime(2026, 11, 23, 8, 52, tzinfo=UTC),
        **(forecast or {}),
    )


def _milestone(number: int, name: str, owner: str, progress: float, due: date | None, **more: object) -> MilestoneFacts:
    values: dict[str, object] = {
        "id": number,
        "name": name,
        "path": f"{_ROOT}milestones/{number}/",
        "owner": owner,
        "is_open": True,
        "progress": progress,
        "due_date": due,
        "completed_date": None,
        "health": "on_track",
        "signals": (),
    }
    return MilestoneFacts(**(values | more))  # type: ignore[arg-type]  # the names are checked by the dataclass


def _milestones() -> tuple[MilestoneFacts, ...]:
    slipped = ("4 days late, 8 of 21 tasks are left", "5 tasks were added in three weeks")
    return (
        _milestone(
            1, "Booking page", "Ana Alves", 1.0, date(2026, 11, 20), is_open=False, completed_date=date(2026, 11, 19)
        ),
        _milestone(
            2, "Calendar sync, two-way", "Ben Berger", 13 / 21, date(2026, 11, 19), health="at_risk", signals=slipped
        ),
        _milestone(3, "Text & e-mail reminders <beta>", "Cleo Costa", 10 / 14, date(2026, 11, 27)),
        _milestone(
            4,
            "Reception training kit",
            "",
            0.1,
            date(2026, 12, 18),
            health="possible_delays",
            signals=("It has no owner",),
        ),
        _milestone(
            5, "Pilot in five clinics", "Ana Alves", 0.0, None, health="unknown", signals=("It has no due date",)
        ),
    )


def _asks() -> tuple[AskFacts, ...]:
    return (
        AskFacts(
            "decision",
            "Who signs the hosting contract?",
            f"{_ROOT}decisions/",
            ("Petra Blum",),
            date(2026, 11, 27),
            date(2026, 11, 12),
        ),
        AskFacts(
            "approval",
            "Data protection assessment",
            f"{_ROOT}approvals/",
            ("Legal", "Petra Blum"),
            None,
            date(2026, 11, 17),
            about="Pilot in five clinics",
        ),
    )


def _events() -> tuple[EventFacts, ...]:
    return (*_events_of_the_late_one(), *_other_events())


def _events_of_the_late_one() -> tuple[EventFacts, ...]:
    sync = ("milestone", 2)
    moves = (
        ({"due_date": "2026-11-12"}, {"due_date": "2026-11-16"}),
        ({"due_date": "2026-11-16"}, {"due_date": "2026-11-19"}),
    )
    why = "the partner’s test system was down"
    return (
        EventFacts(1, "milestone.edited", sync, "Calendar sync, two-way", *moves[0], who="Ben Berger"),
        EventFacts(2, "milestone.edited", sync, "Calendar sync, two-way", *moves[1], why=why, who="Ben Berger"),
        EventFacts(
            3,
            "milestone.progressed",
            sync,
            "Calendar sync, two-way",
            {"tasks_done": 8, "tasks_total": 19},
            {"tasks_done": 13, "tasks_total": 21},
        ),
        EventFacts(
            4, "milestone.health_changed", sync, "Calendar sync, two-way", {"health": "on_track"}, {"health": "at_risk"}
        ),
    )


def _other_events() -> tuple[EventFacts, ...]:
    return (
        EventFacts(
            5,
            "milestone.completed",
            ("milestone", 1),
            "Booking page",
            {"state": "in_review"},
            {"state": "completed"},
            who="Ana Alves",
        ),
        EventFacts(
            6, "risk.created", ("risk", 4), "SMS provider *may* raise <prices>", {}, {"exposure": 12}, who="Cleo Costa"
        ),
        EventFacts(
            7,
            "milestone.edited",
            ("milestone", 3),
            "Text & e-mail reminders <beta>",
            {"owner_id": 7, "position": 3},
            {"owner_id": 9, "position": 2},
        ),
        EventFacts(8, "milestone.edited", ("milestone", 5), "Pilot in five clinics", {"position": 5}, {"position": 4}),
        EventFacts(
            9,
            "decision.decided",
            ("decision", 3),
            "Which reminder channel first?",
            {"state": "open", "outcome": ""},
            {"state": "decided", "outcome": "Text messages, because patients read them"},
            who="Petra Blum",
        ),
    )
