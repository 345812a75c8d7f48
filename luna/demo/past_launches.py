"""What Fernhill launched in the year before: the history that insights, calibration and estimates are made of."""

from __future__ import annotations

from luna.demo.company import Plan, Step

PAST = (
    Plan(
        "VIDEO", "Video visits", "priya", 2, "Launched", -395, -283, "A check-up that needs no hands needs no journey.",
        (
            Step("What doctors need", "daniel", "priya", -395, -384, -384, effort=7),
            Step("Video room in the browser", "jonas", "priya", -385, -361, -358, effort=16),
            Step("Waiting room", "priya", "daniel", -360, -320, -342, effort=12),
            Step("Consent on screen", "petra", "priya", -350, -340, -309, effort=10),
            Step("Ten doctors try it", "daniel", "priya", -340, -312, -309, after=("Video room in the browser",), effort=18),
            Step("Works on old phones", "jonas", "daniel", -330, -281, -294, effort=17),
            Step("All clinics", "priya", "martin", -300, -283, -279, after=("Ten doctors try it",), effort=12),
        ),
        launched=-279, reason="It is live.", given=(("Consent by video", "Consent on screen", "petra", -341, -328),),
    ),
    Plan(
        "PAYPT", "Card payments, Portugal", "tomasz", 1, "Launched", -355, -262, "Clinics in Portugal are paid on the day of the visit.",
        (
            Step("Fees compared", "mei", "tomasz", -355, -331, -337, effort=7),
            Step("Acquirer chosen", "tomasz", "bruno", -355, -298, -309, effort=13),
            Step("Contract signed", "bruno", "tomasz", -340, -309, -309, effort=14, moved_from=-320, moved_on=-323, moved_why="Their lawyers were on holiday."),
            Step("Checkout in Portuguese", "mei", "tomasz", -336, -285, -296, after=("Acquirer chosen",), effort=16),
            Step("Refunds by hand", "mei", "tomasz", -312, -283, -285, effort=11),
            Step("Certification passed", "tomasz", "bruno", -305, -280, -262, after=("Checkout in Portuguese", "Contract signed"), effort=19),
            Step("First hundred payments", "mei", "martin", -272, -264, -253, after=("Certification passed",), effort=9),
        ),
        launched=-253, reason="It is live.", given=(("Acquirer’s contract", "Contract signed", "bruno", -324, -312),),
    ),
    Plan(
        "SSO", "Single sign-on for clinics", "freya", 2, "Launched", -300, -205, "Nobody at a clinic needs a second password.",
        (
            Step("Protocols chosen", "freya", "hannah", -300, -276, -283, effort=7),
            Step("Sign-in with Microsoft", "ingrid", "freya", -287, -262, -255, after=("Protocols chosen",), effort=15),
            Step("Sign-in with Google", "kofi", "freya", -280, -247, -253, after=("Protocols chosen",), effort=12),
            Step("Roles come from the clinic", "ingrid", "freya", -254, -221, -221, effort=14, moved_from=-232, moved_on=-237, moved_why="Two large groups name their roles differently."),
            Step("Accounts brought over", "ola", "ingrid", -240, -216, -197, after=("Sign-in with Microsoft",), effort=14),
            Step("Help pages", "camille", "freya", -230, -193, -204, priority="should", effort=12),
            Step("Open to all clinics", "freya", "martin", -211, -205, -188, after=("Accounts brought over",), effort=10),
        ),
        launched=-188, reason="It is live.", given=(("Security review", "Sign-in with Microsoft", "hannah", -264, -257),),
    ),
    Plan(
        "WAITL", "Waiting list", "luis", 2, "Launched", -255, -149, "A visit that is cancelled is taken again within the hour.",
        (
            Step("Rules agreed with three clinics", "luis", "ines", -255, -234, -241, effort=7),
            Step("Freed visits are seen at once", "rafael", "luis", -242, -218, -211, after=("Rules agreed with three clinics",), effort=15),
            Step("Patients answer by text", "nadia", "rafael", -230, -192, -198, effort=13),
            Step("Reception sees who was asked", "lea", "luis", -215, -196, -174, effort=13),
            Step("Pilot in two clinics", "luis", "ines", -190, -164, -172, after=("Patients answer by text",), effort=10),
            Step("Open to everyone", "luis", "martin", -172, -149, -155, after=("Pilot in two clinics",), effort=8),
        ),
        launched=-155, reason="It is live.", given=(("Texts to patients", "Patients answer by text", "petra", -221, -207),),
    ),
    Plan(
        "CLIN3", "Clinic app 3.5", "daniel", 1, "Launched", -205, -112, "A doctor finds last year’s note in five seconds.",
        (
            Step("Search in notes", "jonas", "daniel", -205, -168, -171, effort=14),
            Step("Fewer taps for a visit", "daniel", "priya", -190, -152, -155, effort=15),
            Step("Photos beside a note", "jonas", "daniel", -180, -150, -144, effort=15, moved_from=-158, moved_on=-162, moved_why="Old tablets ran out of memory."),
            Step("Store listing, 3.5", "amara", "daniel", -150, -130, -137, priority="should", effort=7),
            Step("Crash-free 99.5 %", "jonas", "daniel", -148, -130, -107, after=("Photos beside a note",), effort=14),
            Step("Rolled out", "daniel", "martin", -118, -112, -98, after=("Crash-free 99.5 %",), effort=9),
        ),
        launched=-98, reason="It is live.",
    ),
    Plan(
        "INSTAL", "Instalments", "mei", 2, "Launched", -180, -79, "A patient pays a large bill in parts, and the clinic is paid at once.",
        (
            Step("What the law asks for", "petra", "mei", -180, -162, -146, effort=10),
            Step("Plans that a clinic can choose", "mei", "tomasz", -175, -133, -141, effort=17),
            Step("Collected each month", "tomasz", "mei", -150, -130, -121, after=("What the law asks for",), effort=16),
            Step("Reminders before a payment", "mei", "nadia", -135, -96, -113, effort=13),
            Step("Export for accounting", "tomasz", "mei", -124, -84, -105, priority="should", effort=12),
            Step("Three clinics try it", "mei", "martin", -106, -79, -86, after=("Collected each month",), effort=12),
        ),
        launched=-86, reason="It is live.", given=(("Credit to patients", "What the law asks for", "petra", -177, -149),),
    ),
    Plan(
        "TRAIL", "Audit trail", "kofi", 3, "Launched", -140, -82, "A clinic can say who changed what.",
        (
            Step("What is written down", "kofi", "hannah", -140, -130, -130, effort=6),
            Step("Every change has a name", "ola", "kofi", -129, -112, -103, after=("What is written down",), effort=13),
            Step("Search by patient", "sofia", "kofi", -120, -104, -97, effort=11),
            Step("Export for inspectors", "kofi", "ola", -100, -82, -87, effort=6),
        ),
        launched=-81, reason="It is live.", given=(("What is kept, and how long", "What is written down", "petra", -138, -133),),
    ),
)  # fmt: skip
