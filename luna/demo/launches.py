"""The sample company's first launches, in detail: what the drawings of the interface show."""

from __future__ import annotations

from luna.demo.company import Plan, Step, asana, epic

BOOK = Plan(
    "BOOK", "Patient self-booking", "ines", 1, "Build", -70, 66,
    "Patients book, move and cancel a visit without calling; reception answers a third fewer calls.",
    (
        Step("Booking rules agreed with five clinics", "ines", "martin", -70, -66, -66, effort=3),
        Step("Design tested with twelve patients", "lea", "ines", -63, -52, -45, after=("Booking rules agreed with five clinics",), effort=8),
        Step("Booking page in beta", "rafael", "ingrid", -50, -17, -18, tasks=(epic("CAL-1"),), after=("Design tested with twelve patients",), effort=15),
        Step(
            "Data protection assessment signed", "ines", "petra", -30, 7, state="in_review", tasks=(asana(10011),),
            done_when="Legal has signed the assessment for patient data in the booking page.",
        ),
        Step(
            "Calendar sync, two-way", "rafael", "ingrid", -49, -2, tasks=(epic("CAL-2"),), after=("Booking page in beta",),
            done_when="A visit that is booked, moved or cancelled on either side shows on the other within 60 seconds, "
            "for MediDesk and Praxio, in 99.5 % of 2,000 test changes.",
            moved_from=-9, moved_why="MediDesk sandbox came a week late.",
        ),
        Step("Text and e-mail reminders", "nadia", "rafael", -30, 18, tasks=(epic("CAL-3"),), priority="should"),
        Step("Reception training kit", "jonas", "lea", -10, 46, tasks=(asana(10013),), priority="should"),
        Step(
            "Pilot in five clinics", "ines", "martin", 49, 60, effort=9,
            after=("Calendar sync, two-way", "Data protection assessment signed"),
            done_when="Five clinics take bookings for two weeks with fewer than one wrong slot in 500.",
        ),
        Step("Go/no-go and public launch", "ines", "martin", 61, 66, effort=4, after=("Pilot in five clinics",)),
    ),
    status="possible_delays", reason="We still see January if the pilot can start with three clinics.",
    editors=("rafael",), labels=("growth",), channel="launch-book",
    updates=(
        (-18, "Booking page is in beta, a day early.", "- First 40 visits booked by patients themselves", "", "- Open it to two more clinics"),
        (-4, "Booking page has 340 real visits in beta. Calendar sync is harder than planned: MediDesk sends changes without a version, so we compare whole days.",
         "", "- Patients move a visit 1.4 times on average; we had planned for one.", "- Sync with MediDesk behind a switch by Friday\n- Ask three clinics to pilot first"),
    ),
    risks=(
        ("MediDesk limits our calls to 60 a minute", "Queue changes and compare whole days; ask for the partner limit.", 4, 4, "rafael"),
        ("Reception staff fear for their jobs", "Training kit shows what reception gains; two clinics tell it themselves.", 2, 4, "lea"),
        ("Text messages cost more than planned", "E-mail first; text only for visits within a day.", 3, 2, "nadia"),
    ),
    decisions=(
        ("Start the pilot with three clinics instead of five", "ines", 4, "", None),
        ("How does sync compare a day?", "rafael", -6, "Sync compares whole days; versions come when MediDesk sends them.", -5),
    ),
    approvals=(
        ("Data protection", "Data protection assessment signed", ("petra",), 7, ()),
        ("Go/no-go", "", ("martin", "petra"), 61, ()),
    ),
)  # fmt: skip

PAYDE = Plan(
    "PAYDE", "Card payments, Germany", "tomasz", 1, "Build", -60, 24,
    "Clinics in Germany are paid on the day of the visit.",
    (
        Step("Checkout in German", "mei", "tomasz", -60, -10, -12, tasks=(epic("PAY-2"),), effort=25),
        Step("Acquirer certification", "tomasz", "bruno", -40, 10, tasks=(epic("PAY-1"),), after=("Checkout in German",)),
        Step("Refunds and receipts", "mei", "tomasz", -25, 16, tasks=(epic("PAY-3"),)),
        Step("Fraud rules live", "mei", "ingrid", -14, 20, tasks=(epic("PAY-4"),), priority="should"),
    ),
    channel="launch-payde",
    updates=((-5, "Certification is in its last round; refunds work end to end.", "- 15 of 19 certification cases passed", "", "- Fraud rules on test cards"),),
    risks=(("The acquirer changes its test cards in December", "We asked for the new set early.", 2, 4, "tomasz"),),
    decisions=(("Which currency do receipts show first?", "tomasz", -9, "The clinic's own.", -9),),
    approvals=(("Acquirer contract", "Acquirer certification", ("bruno", "petra"), 8, ("bruno",)),),
)  # fmt: skip

EUDATA = Plan(
    "EUDATA", "EU data residency", "freya", 1, "Planning", -45, 128,
    "Clinics in the EU know that patient data never leaves it.",
    (
        Step("Data map complete", "freya", "petra", -45, 2, tasks=(epic("EUD-1"),)),
        Step("Hosting contract signed", "bruno", "martin", -20, 4, tasks=(epic("HOST-1", "jira-dc"),), after=("Data map complete",)),
        Step("Replica in Frankfurt", "ingrid", "freya", -35, 60, tasks=(epic("EUD-2"),), after=("Hosting contract signed",)),
        Step("Cut-over rehearsal", "freya", "ingrid", 61, 100, tasks=(epic("EUD-3"),), after=("Replica in Frankfurt",)),
    ),
    status="at_risk", reason="Procurement and Legal are each waiting for the other; I need one of them to go first by Friday.",
    private=True, editors=("ingrid",), channel="launch-eudata",
    risks=(
        ("The hosting contract slips past the quarter", "Sign a letter of intent first.", 4, 5, "freya"),
        ("Two clinics ask for Switzerland", "Ask for the second region in the same contract.", 3, 3, "freya"),
    ),
    decisions=(("Who signs the hosting contract first?", "martin", 4, "", None),),
)  # fmt: skip

CLIN4 = Plan(
    "CLIN4", "Clinic app 4.0", "daniel", 1, "Readiness", -65, 17,
    "Doctors work a whole round without a network.",
    (
        Step("Offline mode", "jonas", "daniel", -65, -6, tasks=(epic("CLI-2"),)),
        Step("Store listing approved", "daniel", "amara", -20, 8, tasks=(epic("CLI-1"),)),
        Step("Crash-free 99.8 %", "jonas", "daniel", -15, 14, tasks=(epic("CLI-3"),), after=("Offline mode",)),
    ),
    channel="launch-clinicapp", editors=("jonas",),
    updates=((-7, "Offline mode is in the hands of 200 doctors.", "", "- Old tablets need a smaller cache", "- Store listing to review"),),
    risks=(("The store reviews slowly before Christmas", "Submit a week earlier than we need.", 3, 4, "daniel"),),
    approvals=(("Go/no-go", "", ("martin", "hannah"), 12, ("hannah",)),),
)  # fmt: skip

DETAILED = (BOOK, PAYDE, EUDATA, CLIN4)
