"""The sample company's other launches: quieter, smaller, paused, done."""

from __future__ import annotations

from luna.demo.company import Plan, Step, asana, clickup, epic

OTHERS = (
    Plan(
        "INSPC", "Insurance pre-check", "mei", 2, "Build", -40, 95, "Patients know before the visit what insurance pays.",
        (
            Step("First insurer live", "mei", "tomasz", -40, 22, tasks=(epic("INS-1"),)),
            Step("Eligibility answers in two seconds", "kofi", "mei", -30, 40, tasks=(epic("INS-2"),), after=("First insurer live",)),
            Step("Five insurers live", "mei", "martin", 41, 88, tasks=(epic("FIV-1", "jira-dc"),), after=("First insurer live",)),
        ),
        risks=(("The second insurer has no test system", "Start with the third.", 3, 3, "mei"),),
    ),
    Plan(
        "REFER", "Referral inbox", "luis", 2, "Build", -50, 59, "A referral is read on the day it arrives.",
        (
            Step("Beta with nine practices", "luis", "ines", -50, 7, tasks=(epic("REF-1"),)),
            Step("Triage rules", "nadia", "luis", -28, 25, tasks=(epic("REF-2"),), priority="should"),
            Step("Open to all practices", "luis", "martin", 26, 59, after=("Beta with nine practices",), effort=12),
        ),
    ),
    Plan(
        "PAPI2", "Partner API 2", "hannah", 2, "Build", -45, 102, "Partners build against one stable interface.",
        (
            Step("Sandbox open to partners", "ingrid", "hannah", -45, 18, tasks=(epic("API-1"),)),
            Step("Rate limits and keys", "kofi", "hannah", -20, 30, tasks=(epic("API-2"),), after=("Sandbox open to partners",)),
            Step("First two partners live", "hannah", "martin", 40, 95, tasks=(epic("PAR-1", "jira-dc"),), after=("Rate limits and keys",)),
        ),
        status="possible_delays", reason="One of two engineers is on loan to calendar sync until mid-December.",
        risks=(("Partners ask for webhooks first", "Offer polling with a cursor until spring.", 3, 3, "hannah"),),
    ),
    Plan(
        "PRICE", "New pricing and plans", "amara", 2, "Planning", -30, 84, "Clinics pay for what they use, and can say why.",
        (
            Step("Prices decided", "amara", "martin", -30, 9, tasks=(epic("PRI-1"),)),
            Step("Billing migrates contracts", "tomasz", "amara", -10, 60, percent=15, effort=20, after=("Prices decided",)),
            Step("Clinics told", "camille", "amara", 50, 70, tasks=(asana(20001, "project"),), priority="should", after=("Prices decided",)),
        ),
        private=True, editors=("tomasz",),
        decisions=(("What do contracts from before 2025 pay?", "amara", -3, "They keep the old price for two years.", -3),),
    ),
    Plan(
        "ONB3", "Onboarding in three days", "jonas", 2, "Build", -55, 67, "A new clinic works on its third day.",
        (
            Step("First-day checklist", "lea", "jonas", -55, -5, -6, tasks=(epic("ONB-2"),), effort=20),
            Step("Import from MediDesk", "jonas", "ingrid", -40, 15, tasks=(epic("ONB-1"),), after=("First-day checklist",)),
            Step("Ten clinics in three days", "jonas", "martin", 20, 60, after=("Import from MediDesk",), effort=15),
        ),
    ),
    Plan(
        "GROUP", "Reporting for clinic groups", "sofia", 2, "Build", -60, 158, "A group sees all its clinics on one page.",
        (
            Step("Figures agreed with two groups", "sofia", "martin", -60, -30, -28, tasks=(clickup(4),), effort=18),
            Step("Resume or close", "sofia", "martin", 40, 49, effort=2),
        ),
        status="paused", reason="Paused until the data team is back from EU data residency; we decide again in January.",
    ),
    Plan(
        "VOICE", "Voice notes, pilot", "priya", 3, "Build", -35, 25, "A note is written before the patient has left.",
        (
            Step("Consent wording", "petra", "priya", -25, -3, tasks=(epic("VOI-1"),), percent=25),
            Step("Dictation in the visit note", "priya", "jonas", -35, 18, tasks=(epic("VOI-2"),)),
            Step("Pilot with six doctors", "priya", "martin", 5, 22, after=("Consent wording", "Dictation in the visit note"), effort=8),
        ),
        status="at_risk", reason="The consent wording has waited nine days for Legal; nothing else can start.",
        risks=(("Doctors dictate in dialect", "Collect samples in the pilot.", 4, 2, "priya"),),
        approvals=(("Consent wording", "Consent wording", ("petra",), -1, ()),),
    ),
    Plan(
        "HELPFR", "Help centre in French", "camille", 3, "Readiness", -45, 10, "Clinics in France and Belgium help themselves.",
        (
            Step("Last 14 articles reviewed", "camille", "nuno", -45, 3, tasks=(epic("HLP-1"),)),
            Step("Search tuned for French", "kofi", "camille", -10, 8, tasks=(clickup(1),), priority="could"),
        ),
        editors=("nuno",),
        updates=((-2, "Fourteen articles to go; the agency delivers on Thursday.", "", "", ""),),
    ),
    Plan(
        "SMS", "SMS sender names", "kofi", 3, "Not started", 5, 81, "Patients see who writes to them.",
        (
            Step("Carrier list agreed", "kofi", "bruno", 7, 21, tasks=(clickup(2),)),
            Step("Names registered", "kofi", "ingrid", 22, 70, tasks=(clickup(3),)),
        ),
    ),
    Plan(
        "STATUS", "Public status page", "ola", 3, "Launched", -60, -3, "Clinics see an outage before they call.",
        (
            Step("Page design", "lea", "ola", -60, -45, -45, effort=8),
            Step("Incidents post themselves", "ola", "ingrid", -44, -10, -9, effort=20),
            Step("Subscribers brought over", "kofi", "ola", -30, -12, -11, effort=10),
            Step("Public", "ola", "martin", -9, -3, -4, effort=4),
        ),
        launched=-4,
    ),
)  # fmt: skip
