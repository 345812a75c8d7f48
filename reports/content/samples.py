"""Two sample digests, for previews and for the renderers' goldens: a busy week and a quiet one."""

from __future__ import annotations

from datetime import UTC, date, datetime

from reports.content.compose import compose_digest
from reports.content.document import Document
from reports.content.facts import AskFacts, EventFacts, LaunchFacts, LaunchReportFacts, MilestoneFacts

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


def _launch(*, status: str, status_reason: str, health: str, signals: tuple[str, ...]) -> LaunchFacts:
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
