"""ClickUp's calls, verified and read (pure): https://developer.clickup.com/docs/webhooks"""

from __future__ import annotations

from collections.abc import Mapping

from integrations.sources.webhooks import Delivery, as_object, digest, ids_among, is_signed_with
from luna.lib.text import clean_line

IS_SIGNED = True
HANDSHAKE = ""
EVENTS = ("taskCreated", "taskUpdated", "taskDeleted", "taskMoved")
"""What Luna asks to be told. `taskUpdated` comes with every change of a task."""
_NEW = {"taskCreated", "taskMoved"}


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether ClickUp signed it: `X-Signature`."""
    return is_signed_with(secret, body, headers.get("X-Signature", ""))


def read(body: bytes, _headers: Mapping[str, str]) -> Delivery:
    """The task that it is about. A retry has the same event and history items."""
    data = as_object(body)
    event = clean_line(str(data.get("event", "")), limit=40)
    ids = ids_among([data.get("task_id")])
    items = data.get("history_items")
    history = [str(one.get("id")) for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return Delivery(
        key=digest(event.encode(), *(one.encode() for one in sorted(history))) if history else digest(body),
        task_ids=ids,
        new_ids=ids if event in _NEW else (),
        gone_ids=ids if event == "taskDeleted" else (),
        kinds=(event,) if event else (),
    )
