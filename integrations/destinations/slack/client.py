"""Calls to Slack's Web API through `slack_sdk`, each with a total deadline, and its errors in Luna's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.request import Request

import requests
from django.conf import settings
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from integrations.account import Access
from integrations.errors import (
    AmbiguousError,
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
    quoted,
)
from integrations.unreachable import vendor_unreachable
from luna import clock
from luna.lib.http import AddressRefusedError, Limits, NotConnectedError, guarded_session
from luna.lib.retry_after import retry_time
from luna.lib.text import clean_line

RECONNECT = "Make a new bot token in Slack and enter it under Settings, Integrations."

_SIGN_IN = {
    "account_inactive": "The Slack app’s account is switched off.",
    "invalid_auth": "Slack did not accept the bot token.",
    "not_authed": "Slack did not accept the bot token.",
    "token_expired": "The bot token has expired.",
    "token_revoked": "The bot token was revoked in Slack, or the app was removed from the workspace.",
    "not_allowed_token_type": "This is not a bot token: one begins with xoxb-.",
    "org_login_required": "The Slack workspace is being moved to an organisation.",
    "team_access_not_granted": "The app has no access to this Slack workspace any more.",
}
_REFUSED: dict[str, tuple[ErrorKind, str]] = {
    "channel_not_found": (
        ErrorKind.CHANNEL_UNKNOWN,
        "Slack knows no such channel, or it is private and Luna’s bot is not in it. Invite the bot with /invite in the "
        "channel, or choose another channel.",
    ),
    "not_in_channel": (
        ErrorKind.NOT_IN_CHANNEL,
        "Luna’s bot is not in the channel. Type /invite @Luna there, then send again.",
    ),
    "is_archived": (
        ErrorKind.CHANNEL_ARCHIVED,
        "The channel is archived. Unarchive it in Slack, or choose another channel.",
    ),
    "restricted_action": (
        ErrorKind.MISSING_SCOPE,
        "A setting of the Slack workspace keeps apps from posting there. Ask a Slack admin, or choose another channel.",
    ),
    "restricted_action_read_only_channel": (
        ErrorKind.MISSING_SCOPE,
        "The channel is read-only for apps. Ask a Slack admin, or choose another channel.",
    ),
    "access_denied": (ErrorKind.MISSING_SCOPE, "Slack denies Luna’s bot this channel. Ask a Slack admin."),
    "no_permission": (ErrorKind.MISSING_SCOPE, "Slack denies Luna’s bot this action. Ask a Slack admin."),
    "ekm_access_denied": (
        ErrorKind.MISSING_SCOPE,
        "Your organisation’s keys keep apps from posting. Ask a Slack admin.",
    ),
    "msg_blocks_too_long": (
        ErrorKind.REFUSED,
        "The message is longer than Slack takes. This is a fault in Luna: report it.",
    ),
    "msg_too_long": (ErrorKind.REFUSED, "The message is longer than Slack takes. This is a fault in Luna: report it."),
    "invalid_blocks": (
        ErrorKind.REFUSED,
        "Slack did not accept the message’s form. This is a fault in Luna: report it.",
    ),
    "invalid_blocks_format": (
        ErrorKind.REFUSED,
        "Slack did not accept the message’s form. This is a fault in Luna: report it.",
    ),
    "no_text": (ErrorKind.REFUSED, "Slack got an empty message. This is a fault in Luna: report it."),
}
_LATER = {"fatal_error", "internal_error", "ratelimited", "rate_limited", "request_timeout", "service_unavailable"}
_DEFAULT_WAIT = timedelta(seconds=30)


class GuardedWebClient(WebClient):
    """The SDK's client with its own opener put aside: every call goes through the guarded door."""

    def __init__(self, access: Access, limits: Limits, counted: Callable[[], None]) -> None:
        super().__init__(
            token=access.secret.reveal(), base_url=access.base_url or settings.SLACK_URL, retry_handlers=[]
        )
        # The SDK reads proxies from the environment for every address, local ones too.
        self.proxy = None
        self._limits = limits
        self._counted = counted

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        body = req.data if isinstance(req.data, bytes) else None
        with guarded_session(self._limits, self._counted) as session:
            answer = session.request(req.get_method(), url, data=body, headers=dict(req.header_items()))
        return {"status": answer.status_code, "headers": dict(answer.headers), "body": answer.text}


class SlackClient:
    """The few calls that Luna makes."""

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        self.requests = 0
        self._sdk = GuardedWebClient(access, limits or Limits(), self._counted)

    def _counted(self) -> None:
        self.requests += 1

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A call that changes nothing, so that it may simply be made again. Raises ProviderError."""
        try:
            return _data(self._sdk.api_call(method, params=_plain(arguments)))
        except (SlackClientError, requests.RequestException, ValueError) as error:
            raise named(error) from None

    def create(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """A call that makes something. Raises AmbiguousError when it may have been done."""
        try:
            return _data(self._sdk.api_call(method, json=arguments))
        except (SlackClientError, requests.RequestException, ValueError) as error:
            raise (unclear(error) or named(error)) from None


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _data(answer: SlackResponse) -> dict[str, Any]:
    if not isinstance(answer.data, dict):
        raise ValueError("not an object")
    return answer.data


def unclear(error: Exception) -> AmbiguousError | None:
    """The error as one that leaves open whether the call was done; None when it surely was not."""
    surely_not: tuple[type[Exception], ...] = (AddressRefusedError, NotConnectedError, requests.exceptions.SSLError)
    if isinstance(error, surely_not) or (isinstance(error, SlackApiError) and _is_clear_refusal(error)):
        return None
    return AmbiguousError("Slack did not say clearly whether the message arrived.", detail="no clear answer")


def _is_clear_refusal(error: SlackApiError) -> bool:
    """Whether Slack itself said no: its own word, or a status below 500 that isn't success."""
    status, code = _status(error), _code(error)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in {"ratelimited", "rate_limited"}:
        return True
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and code not in _LATER and (bool(code) or status != HTTPStatus.OK)


def named(error: Exception) -> ProviderError:
    """An SDK's or transport's error by what to do about it."""
    if isinstance(error, SlackApiError):
        return _by_code(error)
    return vendor_unreachable(error, "Slack")


def _by_code(error: SlackApiError) -> ProviderError:
    status, code = _status(error), _code(error)
    detail = clean_line(code or str(status), limit=60)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in {"ratelimited", "rate_limited"}:
        sentence = "Slack asks Luna to slow down. Nothing is to do; Luna goes on by itself."
        return RetryLaterError(sentence, kind=ErrorKind.RATE_LIMITED, until=_retry_time(error), detail=detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _LATER:
        return RetryLaterError("Slack has trouble of its own. Nothing is to do; Luna tries again.", detail=detail)
    if not code:
        return NeedsAttentionError(
            "The address answers with a web page instead of Slack’s data. A proxy or sign-in page may stand before it.",
            kind=ErrorKind.WRONG_PRODUCT,
            detail=f"{status}, not JSON",
        )
    return _by_word(code, clean_line(str(error.response.get("needed") or "that it asks for"), limit=80))


def _by_word(code: str, needed_scope: str) -> ProviderError:
    """By Slack's own error word."""
    detail = clean_line(code, limit=60)
    if code in _SIGN_IN:
        return NeedsAttentionError(f"{_SIGN_IN[code]} {RECONNECT}", kind=ErrorKind.SIGN_IN_REFUSED, detail=detail)
    if code == "missing_scope":
        return RefusedError(
            f"The Slack app lacks the scope {needed_scope}. Add it to the app under OAuth & Permissions, install it "
            "again, and enter the token anew.",
            kind=ErrorKind.MISSING_SCOPE,
            detail=detail,
        )
    if code in _REFUSED:
        kind, sentence = _REFUSED[code]
        of = NotFoundError if kind is ErrorKind.CHANNEL_UNKNOWN else RefusedError
        return of(sentence, kind=kind, detail=detail)
    return RefusedError(f"Slack refused: {quoted(code)}. Look the word up in Slack’s documentation.", detail=detail)


def _status(error: SlackApiError) -> int:
    status = getattr(error.response, "status_code", None)
    return int(status if status is not None else error.response.get("status", 0))


def _code(error: SlackApiError) -> str:
    """Slack's error word; empty when what came was no JSON of Slack's."""
    code = str(error.response.get("error") or "")
    return code if code.replace("_", "").isalnum() else ""


def _retry_time(error: SlackApiError) -> datetime:
    headers = {str(name).lower(): value for name, value in dict(getattr(error.response, "headers", None) or {}).items()}
    now = clock.now()
    return retry_time(headers.get("retry-after"), now) or now + _DEFAULT_WAIT
