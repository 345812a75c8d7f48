"""Fernhill's Asana: who may call, and the projects with their sections and the shape of each one's story."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.company.people import BY_EMAIL, PEOPLE
from sandbox.company.plan import PAPER, Epic

TOKEN = "sandbox-asana-token"
REVOKED_TOKEN = "sandbox-asana-revoked"
ACCOUNT = BY_EMAIL["ines@fernhill.example"]
WORKSPACE_GID = "1200000000000001"
WORKSPACE_NAME = "Fernhill"
USER_GIDS = {person.account_id: str(1_100_000_000_000_001 + place) for place, person in enumerate(PEOPLE)}

LAUNCH = ("Plan {}", "Write {}", "Send out {}")
TRAINING = ("Prepare {}", "Hold {}")


@dataclass(frozen=True)
class Section:
    """`story` tells how many of its tasks are done; Asana itself also calls a task complete whose approval failed."""

    gid: str
    story: Epic
    approvals: bool = False
    """Whether one done and one open task are approvals."""

    @property
    def name(self) -> str:
        return self.story.name


@dataclass(frozen=True)
class Project:
    gid: str
    name: str
    sections: tuple[Section, ...]


PROJECTS = (
    Project(
        "1200000000010001",
        "Self-booking: legal and launch",
        (
            Section(
                "1200000000010011",
                Epic("Data protection", 7, 10, ("the privacy notice", "the processing register", "consent"), PAPER),
                approvals=True,
            ),
            Section(
                "1200000000010012",
                Epic("Public launch", 0, 9, ("the letter to clinics", "the press note", "the help page"), LAUNCH),
            ),
            Section(
                "1200000000010013",
                Epic("Reception training", 2, 6, ("the Porto session", "the Braga session", "the film"), TRAINING),
            ),
        ),
    ),
    Project(
        "1200000000020001",
        "New pricing: telling clinics",
        (
            Section(
                "1200000000020011",
                Epic("Untitled section", 1, 8, ("the price letter", "the call list", "the questions page"), LAUNCH),
            ),
        ),
    ),
    Project(
        "1200000000090001",
        "Private HR",
        (Section("1200000000090011", Epic("Hiring", 1, 4, ("the advertisement", "interviews"), LAUNCH)),),
    ),
)
BY_GID = {project.gid: project for project in PROJECTS}
SECTIONS = {section.gid: section for project in PROJECTS for section in project.sections}
PROJECT_OF = {section.gid: project for project in PROJECTS for section in project.sections}
