"""One event of the log in words: what was done, and each changed field before and after (pure)."""

from __future__ import annotations

from calendar import day_name
from collections.abc import Mapping
from datetime import date
from typing import Any

from luna.ui.vocabulary import LOOKS
from luna.ui.wording import day_words

_IRREGULAR = {
    "milestone.state_changed": "changed the state of",
    "milestone.health_changed": "computed another health for",
    "launch.health_changed": "computed another health for",
    "launch.status_declared": "said how it goes with",
    "launch.status_lapsed": "let the status lapse of",
    "milestone.progressed": "noted new progress of",
    "approval.asked": "asked for approval:",
    "approval.voted": "voted on",
    "approval.met": "has all votes for",
    "approval.changes_requested": "asked for changes to",
    "approval.reopened": "took back the approval of",
    "approval.asked_again": "asked for votes again on",
    "approval.stale": "changed what was asked, so votes are asked for again on",
    "decision.created": "asked for a decision:",
    "decision.decided": "decided",
    "risk.created": "raised the risk",
    "comment.added": "commented:",
    "update.written": "wrote an update:",
    "approval.withdrawn": "withdrew the approval",
    "connection.broken": "stopped reading through the connection",
    "connection.key_made": "made a key for the connection",
    "connection.links_off": "switched off links back through the connection",
    "connection.links_on": "switched on links back through the connection",
    "connection.list_taken": "took the list of the connection",
    "connection.mended": "reads again through the connection",
    "connection.offer_changed": "changed what is offered by the connection",
    "connection.payload_retried": "tried again what was set aside of the connection",
    "connection.sync_asked": "asked to read through the connection",
    "connection.webhooks_off": "switched off calls from the tool of the connection",
    "connection.webhooks_on": "switched on calls from the tool of the connection",
    "delivery.sent_again": "sent once more",
    "edition.issued": "issued",
    "launch.baseline_frozen": "froze the baseline of",
    "milestone.share_moved": "moved a share of a task of",
    "participant.role_changed": "changed the role of",
    "risk.state_changed": "changed the state of the risk",
    "schedule.commented": "wrote the next commentary for the schedule",
    "source.rules_changed": "changed what counts of the source",
    "user.joined": "joined:",
    "user.profile_edited": "edited the profile of",
    "user.reset_link_made": "made a link for a new password for",
    "user.role_changed": "changed the role of",
    "user.sessions_ended": "ended the sessions of",
    "workspace.test_mail_sent": "sent a test mail for the workspace",
}
_MOST_LETTERS = 90
_SILENT = {"version", "position", "signals"}


def event_words(verb: str) -> str:
    """`milestone.completed` → `completed the milestone`."""
    noun, _, participle = verb.partition(".")
    return _IRREGULAR.get(verb) or f"{participle.replace('_', ' ')} the {noun.replace('_', ' ')}"


def change_lines(before: Mapping[str, Any], after: Mapping[str, Any], today: date) -> list[str]:
    """`due date: Fri 4 Dec → Fri 11 Dec`, a line per field whose values a reader understands."""
    lines = []
    for name in [*before, *(name for name in after if name not in before)]:
        if name in _SILENT or name.endswith("_id"):
            continue
        old, new = (_value(_named(name, value), today) for value in (before.get(name), after.get(name)))
        if old is None or new is None or old == new:
            continue
        lines.append(
            f"{name.replace('_', ' ')}: {old} → {new}" if name in before else f"{name.replace('_', ' ')}: {new}"
        )
    return lines


def _named(field: str, value: Any) -> Any:
    """A weekday's name for its number; other values as they are."""
    return day_name[value] if field == "weekday" and isinstance(value, int) else value


def _value(value: Any, today: date) -> str | None:
    """A plain value in words; None for what is no plain value (a list, a mapping)."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    return _text(value, today) if isinstance(value, str) else None


def _text(value: str, today: date) -> str:
    if value in LOOKS:
        return LOOKS[value].word
    day = _day(value)
    if day:
        return day_words(day, today)
    return value if len(value) <= _MOST_LETTERS else value[: _MOST_LETTERS - 1].rstrip() + "…"


def _day(text: str) -> date | None:
    if len(text) != 10 or text.count("-") != 2:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
