"""What keeps tasks from being read, in words for whoever reads them.

An admin is told what to do; everybody else what it means for them and whom to ask.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from integrations.domain.types import ConnectionState
from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError, RetryLaterError
from integrations.selectors_progress import stale_since

if TYPE_CHECKING:
    from integrations.models import TaskSource

REVOKED = frozenset({ErrorKind.SIGN_IN_REFUSED, ErrorKind.BAD_CREDENTIALS, ErrorKind.CONSENT_REFUSED})


class Reader(StrEnum):
    """Who reads, by what they may do about it."""

    ADMIN = "admin"
    EDITOR = "editor"
    """May link other tasks, but not see the connection."""
    VIEWER = "viewer"


def reader_of(*, is_admin: bool, may_edit: bool) -> Reader:
    """Who somebody is to the sources of a launch that they may see."""
    return Reader.ADMIN if is_admin else Reader.EDITOR if may_edit else Reader.VIEWER


def trouble_of(source: TaskSource, service: str, now: datetime, reader: Reader) -> str:
    """Why a source is not fresh; empty when it is. `service` is the tool as people call it."""
    connection = source.connection
    if source.error_sentence:
        return _SOURCE_WORDS if reader is Reader.VIEWER else source.error_sentence
    if connection.state == ConnectionState.OK:
        is_stale = stale_since(source.synced_at, now) is not None
        return f"It was not read for more than a day. {_WHEN_STALE[reader]}" if is_stale else ""
    if connection.state == ConnectionState.DISCONNECTED:
        return f"The connection was disconnected: the tasks stay as they were last seen. {_AFTER_DISCONNECTING[reader]}"
    return connection.error_sentence if reader is Reader.ADMIN else _words_for_others(source, service)


def refusal_for(error: ProviderError, service: str, name: str, reader: Reader) -> str:
    """Why what was asked of the connection `name` just now was not answered."""
    if reader is not Reader.ADMIN and isinstance(error, RetryLaterError):
        return f"{_pause_words(error.kind, service)} Try again in a few minutes. {_IF_IT_LASTS}"
    if reader is not Reader.ADMIN and isinstance(error, NeedsAttentionError):
        return f"{_broken_words(error.kind, service, name)} {_ask_about(name)}"
    return error.sentence


def _words_for_others(source: TaskSource, service: str) -> str:
    """Of a connection that rests or is broken."""
    connection = source.connection
    if connection.state == ConnectionState.PAUSED:
        return f"{_pause_words(connection.error_kind, service)} Luna goes on by itself. {_STAYS} {_IF_IT_LASTS}"
    return f"{_broken_words(connection.error_kind, service, connection.name)} {_STAYS} {_ask_about(connection.name)}"


_AFTER_DISCONNECTING = {
    Reader.ADMIN: "Connect it again, or unlink them.",
    Reader.EDITOR: "Ask an admin of Luna to connect it again, or unlink them.",
    Reader.VIEWER: "Ask whoever plans this launch.",
}
_WHEN_STALE = {
    Reader.ADMIN: "Sync now; if that does not help, look at the connection.",
    Reader.EDITOR: "Sync now, or ask an admin of Luna to look at the connection.",
    Reader.VIEWER: "Ask whoever plans this launch to sync it.",
}
_STAYS = "These tasks stay as they were last seen."
_SOURCE_WORDS = f"Luna can’t read these tasks as they were chosen. {_STAYS} Ask whoever plans this launch."
_IF_IT_LASTS = "If that lasts for hours, tell an admin of Luna."


def _pause_words(kind: str, service: str) -> str:
    if kind == ErrorKind.RATE_LIMITED:
        return f"{service} asked Luna to slow down."
    return f"{service} does not answer as it should."


def _broken_words(kind: str, service: str, name: str) -> str:
    if kind in REVOKED:
        return f"{service} no longer lets Luna in."
    return f"Luna can’t read {service} as the connection “{name}” is set up."


def _ask_about(name: str) -> str:
    return f"Ask an admin of Luna: what to do stands on the page of “{name}”, which admins can open."
