"""Asana's calls, verified and read (pure): https://developers.asana.com/docs/webhooks-guide"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.sources.webhooks import Delivery, as_object, digest, ids_among, is_signed_with, part_of
from luna.lib.text import clean_line

IS_SIGNED = True
HANDSHAKE = "X-Hook-Secret"
"""The header that brings what Asana will sign with while a registration is under way, and has to come back."""
_NEW = {"added", "undeleted"}


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether Asana signed it: `X-Hook-Signature`."""
    return is_signed_with(secret, body, headers.get("X-Hook-Signature", ""))


def read(body: bytes, _headers: Mapping[str, str]) -> Delivery:
    """The tasks of all its events; of an event about something on a task (a story), that task."""
    found = as_object(body).get("events")
    events = [(one, _task_of(one)) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    kinds = {clean_line(str(event.get("action", "")), limit=20) for event, gid in events if gid}

    def ids(*actions: str) -> tuple[str, ...]:
        return ids_among(gid for event, gid in events if event.get("action") in actions and _is_task(event))

    return Delivery(
        key=digest(body),
        task_ids=ids_among(gid for _event, gid in events if gid),
        new_ids=ids(*_NEW),
        gone_ids=ids("deleted"),
        kinds=tuple(sorted(kinds)),
    )


def _is_task(event: Mapping[str, Any]) -> bool:
    return part_of(event, "resource").get("resource_type") == "task"


def _task_of(event: Mapping[str, Any]) -> object:
    about = part_of(event, "resource" if _is_task(event) else "parent")
    return about.get("gid") if about.get("resource_type") == "task" else None
