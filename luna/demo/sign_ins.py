"""Who can sign in to the sample company, as `manage.py up --demo` prints it."""

from __future__ import annotations

PASSWORD = "fernhill-launches"  # noqa: S105 (printed at every start of the demo)
SIGN_INS = (
    ("ines@fernhill.example", "Admin"),
    ("maya@fernhill.example", "Maker, runs launches"),
    ("theo@fernhill.example", "Member, an executive"),
)
