"""Fernhill's projects and epics with the shape of each one's story. The keys of epics are fixed, by their order."""

from __future__ import annotations

from dataclasses import dataclass

BUILD = ("Sketch {}", "Build {}", "Handle errors in {}", "Test {} with a clinic", "Write help for {}")
PAPER = ("Draft {}", "Review {}", "Agree on {}", "File {}")
ARTICLE = ("Translate “{}”", "Review “{}”", "New pictures for “{}”", "Publish “{}”")


@dataclass(frozen=True)
class Epic:
    """`total` leaves out what was cancelled. `recent` of the total were added in the last three weeks; `stalled_days`
    (working days) have passed since the last completion."""

    name: str
    done: int
    total: int
    topics: tuple[str, ...]
    steps: tuple[str, ...] = BUILD
    recent: int = 0
    stalled_days: int = 0
    per_week: float | None = None
    reopened: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class Project:
    key: str
    name: str
    launch: str
    epics: tuple[Epic, ...] = ()
    lead: str = "712020:5f0a-ines"
    is_browsable: bool = True
    site: str = "jira"
    """The face that shows it: Jira Cloud, or the Data Center that the hosting and partner teams kept."""


PROJECTS = (
    Project(
        "CAL",
        "Calendar",
        "BOOK",
        (
            Epic(
                "Booking page",
                18,
                18,
                ("the week view", "the clinic picker", "guest booking", "the confirmation"),
                cancelled=1,
            ),
            Epic(
                "Calendar sync, two-way",
                13,
                21,
                ("Google sync", "Outlook sync", "conflict rules", "time zones", "the sync queue"),
                recent=5,
                per_week=2.5,
                reopened=1,
            ),
            Epic(
                "Text and e-mail reminders", 10, 14, ("text reminders", "e-mail reminders", "quiet hours"), cancelled=1
            ),
            Epic("Reception training kit", 1, 10, ("the short film", "the desk card", "the practice clinic"), PAPER),
            Epic(
                "Pilot in five clinics",
                0,
                16,
                ("the Porto clinic", "the Braga clinic", "the Faro clinic", "the Bergen clinic"),
                PAPER,
            ),
        ),
    ),
    Project(
        "PAY",
        "Payments",
        "PAYDE",
        (
            Epic(
                "Acquirer certification",
                15,
                19,
                ("card present", "card on file", "chargebacks", "settlement"),
                cancelled=1,
            ),
            Epic(
                "Checkout in German",
                12,
                12,
                ("the basket", "the invoice", "the receipt mail"),
            ),
            Epic("Refunds and receipts", 9, 13, ("part refunds", "tax receipts", "the refund queue"), recent=1),
            Epic("Fraud rules live", 4, 9, ("velocity rules", "the review desk"), reopened=1),
        ),
    ),
    Project(
        "EUD",
        "EU data",
        "EUDATA",
        (
            Epic("Data map complete", 11, 12, ("the patient tables", "the file store", "the search index"), PAPER),
            Epic(
                "Replica in Frankfurt",
                3,
                17,
                ("the network", "the replica", "the backups", "the key store"),
                stalled_days=15,
            ),
            Epic(
                "Cut-over rehearsal",
                0,
                9,
                ("the run book", "the roll-back"),
            ),
        ),
    ),
    Project(
        "CLI",
        "Clinic app",
        "CLIN4",
        (
            Epic("Store listing approved", 7, 8, ("the store texts", "the privacy answers"), PAPER),
            Epic(
                "Offline mode",
                22,
                24,
                ("the local store", "merging visits", "the sync banner", "photos", "sign-in offline"),
                cancelled=2,
            ),
            Epic("Crash-free 99.8 %", 5, 9, ("start-up crashes", "the camera"), recent=2, reopened=1),
        ),
    ),
    Project(
        "INS",
        "Insurance",
        "INSPC",
        (
            Epic("First insurer live", 8, 15, ("the eligibility call", "the claim form", "the insurer's test bed")),
            Epic("Eligibility answers in two seconds", 6, 11, ("the cache", "the slow path", "the load test")),
        ),
    ),
    Project(
        "REF",
        "Referrals",
        "REFER",
        (
            Epic("Beta with nine practices", 12, 14, ("the invitations", "the referral letter", "feedback")),
            Epic("Triage rules", 9, 12, ("urgent rules", "routine rules", "the override")),
        ),
    ),
    Project(
        "API",
        "Partner API",
        "PAPI2",
        (
            Epic("Sandbox open to partners", 6, 14, ("sign-up", "test data", "the explorer")),
            Epic("Rate limits and keys", 5, 8, ("key rotation", "limits per plan")),
        ),
    ),
    Project(
        "PRI",
        "Pricing",
        "PRICE",
        (
            Epic("Prices decided", 3, 5, ("the three plans", "the discount rules"), PAPER),
            Epic(
                "Billing migrates contracts",
                2,
                16,
                ("the old contracts", "proration", "the dry run", "dunning"),
                recent=3,
            ),
        ),
    ),
    Project(
        "ONB",
        "Onboarding",
        "ONB3",
        (
            Epic("Import from MediDesk", 9, 13, ("patients", "appointments", "documents")),
            Epic("First-day checklist", 7, 7, ("the checklist", "the welcome mail")),
        ),
    ),
    Project(
        "VOI",
        "Voice notes",
        "VOICE",
        (
            Epic("Consent wording", 1, 4, ("the consent text",), PAPER, stalled_days=7),
            Epic(
                "Dictation in the visit note",
                6,
                18,
                ("the microphone", "live text", "medical words", "corrections"),
                recent=2,
            ),
        ),
    ),
    Project(
        "HLP",
        "Help in French",
        "HELPFR",
        (
            Epic(
                "Last 14 articles reviewed",
                44,
                58,
                (
                    "Book a visit",
                    "Cancel a visit",
                    "Reminders",
                    "Sign in",
                    "Reset a password",
                    "Invite a colleague",
                    "Opening hours",
                    "Refunds",
                    "Receipts",
                    "Print a letter",
                    "Referrals",
                    "Offline mode",
                    "Export data",
                    "Delete data",
                    "Contact us",
                ),
                ARTICLE,
            ),
        ),
    ),
    Project("OPS", "Operations", "", (Epic("Keep the lights on", 4, 9, ("the on-call rota", "disk alerts")),)),
    Project("SEC", "Security", "", (Epic("Close the findings", 2, 6, ("finding 1", "finding 2")),), is_browsable=False),
    Project(
        "HOST",
        "Hosting",
        "",
        (Epic("Hosting contract signed", 3, 10, ("the tender", "the contract", "the exit clause"), PAPER),),
        site="jira-dc",
    ),
    Project(
        "PAR",
        "Partners",
        "",
        (Epic("First two partners live", 1, 12, ("the lab", "the pharmacy chain", "partner support")),),
        site="jira-dc",
    ),
    Project(
        "FIV",
        "Insurers",
        "",
        (Epic("Five insurers live", 0, 15, ("the second insurer", "the third insurer", "the fourth and fifth")),),
        site="jira-dc",
    ),
)
BY_KEY = {project.key: project for project in PROJECTS}


def browsable(site: str) -> tuple[Project, ...]:
    """What the sample account of a site may see."""
    return tuple(project for project in PROJECTS if project.site == site and project.is_browsable)


EPIC_KEYS = {
    project.launch: tuple(f"{project.key}-{number}" for number in range(1, len(project.epics) + 1))
    for project in PROJECTS
    if project.launch
}
