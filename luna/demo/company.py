"""Fernhill, the sample company: invented people and launches. Days count from the day on which the sample is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field

DOMAIN = "fernhill.example"
PASSWORD = "full-moon-over-fernhill"  # noqa: S105  the sample's, printed at start and useful nowhere else
ZONE = "Europe/Lisbon"


@dataclass(frozen=True)
class Person:
    """Someone of Fernhill."""

    nick: str
    name: str
    role: str
    team: str


@dataclass(frozen=True)
class Tasks:
    """Tasks in one of the sandbox's tools: the tool's short name (luna.demo.tools), a way to choose, and a query."""

    tool: str
    kind: str
    query: str


def epic(key: str, tool: str = "jira") -> Tasks:
    """Everything under an epic."""
    return Tasks(tool, "epic", key)


def asana(number: int, kind: str = "section") -> Tasks:
    """A section of the sandbox's Asana, or a whole project."""
    return Tasks("asana", kind, f"12000000000{number}")


def clickup(number: int) -> Tasks:
    """A list of the sandbox's ClickUp."""
    return Tasks("clickup", "list", f"90120000000{number}")


@dataclass(frozen=True)
class Step:
    """A milestone: owner, unblocker, days of start, due and completion, and where its progress comes from."""

    name: str
    owner: str
    unblocker: str
    start: int
    due: int
    done: int | None = None
    state: str = ""
    """Empty: completed where `done` is given, else in progress once started."""
    tasks: tuple[Tasks, ...] = ()
    """Where its tasks are; without any `percent` was set by hand."""
    percent: int = 0
    priority: str = "must"
    after: tuple[str, ...] = ()
    done_when: str = ""
    effort: int = 0
    """Person-days as estimated; 0: nobody did."""
    moved_from: int | None = None
    """The due day it had before it moved."""
    moved_on: int = -14
    moved_why: str = ""


@dataclass(frozen=True)
class Plan:
    """A launch with all that hangs on it."""

    key: str
    name: str
    owner: str
    tier: int
    stage: str
    start: int
    target: int
    outcome: str
    steps: tuple[Step, ...]
    status: str = "on_track"
    reason: str = ""
    private: bool = False
    editors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    launched: int | None = None
    channel: str = ""
    """The Slack channel of its weekly digest."""
    updates: tuple[tuple[int, str, str, str, str], ...] = ()
    """(day, headline, highlights, learnings, next steps)."""
    risks: tuple[tuple[str, str, int, int, str], ...] = ()
    """(title, mitigation, probability, impact, owner)."""
    decisions: tuple[tuple[str, str, int, str, int | None], ...] = ()
    """(title, decider, due day, outcome, day of the decision)."""
    approvals: tuple[tuple[str, str, tuple[str, ...], int, tuple[str, ...]], ...] = field(default=())
    """(title, milestone or nothing for the go/no-go, approvers, due day, who has approved)."""
    given: tuple[tuple[str, str, str, int, int], ...] = ()
    """Approvals of an earlier day: (title, milestone, approver, day on which it was asked for, day of the approval)."""


TEAMS = {
    "Booking": "delivery",
    "Payments": "delivery",
    "Platform": "delivery",
    "Clinic app": "delivery",
    "Marketing": "enabling",
    "Legal": "enabling",
    "Procurement": "enabling",
}

PEOPLE = (
    Person("ines", "Ines Carvalho", "maker", "Booking"),
    Person("martin", "Martin Hale", "member", "Booking"),
    Person("hannah", "Hannah Vogel", "admin", "Platform"),
    Person("rafael", "Rafael Lima", "member", "Booking"),
    Person("ingrid", "Ingrid Dahl", "member", "Platform"),
    Person("nadia", "Nadia Haddad", "member", "Booking"),
    Person("lea", "Lea Novak", "member", "Booking"),
    Person("jonas", "Jonas Meyer", "maker", "Clinic app"),
    Person("tomasz", "Tomasz Wrona", "maker", "Payments"),
    Person("freya", "Freya Lindqvist", "maker", "Platform"),
    Person("daniel", "Daniel Osei", "maker", "Clinic app"),
    Person("mei", "Mei Tanaka", "maker", "Payments"),
    Person("luis", "Luis Ortega", "maker", "Booking"),
    Person("amara", "Amara Nwosu", "maker", "Marketing"),
    Person("sofia", "Sofia Rossi", "maker", "Platform"),
    Person("priya", "Priya Raman", "maker", "Clinic app"),
    Person("camille", "Camille Roy", "maker", "Marketing"),
    Person("kofi", "Kofi Mensah", "maker", "Platform"),
    Person("ola", "Ola Berg", "maker", "Platform"),
    Person("petra", "Petra Blum", "member", "Legal"),
    Person("bruno", "Bruno Silva", "member", "Procurement"),
    Person("nuno", "Nuno Dias", "guest", "Marketing"),
)

SIGN_INS = (
    ("ines", "plans and runs launches (PM)"),
    ("martin", "reads the portfolio (executive)"),
    ("rafael", "works in a team"),
    ("hannah", "connects tools (admin)"),
    ("nuno", "an agency’s guest"),
)
