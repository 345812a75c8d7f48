"""Fernhill's workspace in ClickUp: its space, folder and lists by their fixed ids, its people, statuses and tokens."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.company.people import PEOPLE, Person
from sandbox.company.plan import PAPER, Epic

TEAM_ID = "9012000001"
TEAM_NAME = "Fernhill"
TIME_ZONE = "Europe/Lisbon"
TOKEN = "pk_sandbox"
REVOKED_TOKEN = "pk_revoked"

SPACE_ID, SPACE_NAME = "90120000011", "Product ops"
FOLDER_ID, FOLDER_NAME = "901200000111", "Launch work"
HIDDEN_FOLDER_ID = "901200000119"
DELETED_LIST_ID = "901200000008"
SEARCH, CARRIERS, SENDERS, FIGURES, ODDS = (f"90120000000{place}" for place in (1, 2, 3, 4, 9))


@dataclass(frozen=True)
class TaskList:
    """`story` says how many of its tasks are done, and how they came about; one in no folder stands in the space."""

    id: str
    story: Epic
    prefix: str = ""
    """Of its tasks' own ids, where the team uses such."""
    has_folder: bool = True

    @property
    def name(self) -> str:
        return self.story.name


LISTS = (
    TaskList(
        SEARCH,
        Epic("French search", 6, 10, ("accent folding", "verb forms", "the word list"), per_week=1.5),
        "FR",
    ),
    TaskList(CARRIERS, Epic("SMS carriers", 0, 5, ("the carrier list", "the price list"), PAPER), "SMS"),
    TaskList(SENDERS, Epic("SMS sender names", 0, 7, ("the Portuguese names", "the German names"), PAPER), "SMS"),
    TaskList(FIGURES, Epic("Clinic group figures", 6, 6, ("visits per clinic", "waiting times"), PAPER)),
    TaskList(ODDS, Epic("Odds and ends", 2, 5, ("the office move", "the spring day"), PAPER), has_folder=False),
)
BY_ID = {one.id: one for one in LISTS}


@dataclass(frozen=True)
class Status:
    name: str
    type: str
    color: str


STATUSES = (
    Status("to do", "open", "#d3d3d3"),
    Status("in progress", "custom", "#4194f6"),
    Status("in review 👀", "custom", "#a875ff"),
    Status("shipped", "done", "#6bc950"),
    Status("Closed", "closed", "#6bc950"),
)
TO_DO, IN_PROGRESS, IN_REVIEW, SHIPPED, CLOSED = STATUSES
BY_STATUS = {status.name: status for status in STATUSES}
FINISHED = ("done", "closed")

BUG = 1300
CUSTOM_ITEMS = {BUG: "Bug", 1301: "Research 🔬"}
"""The types that the team made for itself, by their ids."""

FIRST_USER_ID = 81_000_001
MEMBERS = dict(enumerate(PEOPLE, start=FIRST_USER_ID))
ACTIVE_IDS = tuple(user_id for user_id, person in MEMBERS.items() if person.is_active)
ACCOUNT_ID = FIRST_USER_ID


def member(user_id: int) -> Person:
    return MEMBERS[user_id]
