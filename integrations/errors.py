"""What can go wrong with a provider. The class says what to do; the sentence says it to a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from luna.lib.text import clean_line

WORDS_LIMIT = 200


class ErrorKind(StrEnum):
    """What happened, for whoever has to decide by it; people read the sentence."""

    ADDRESS_REFUSED = "address_refused"
    API_NOT_ENABLED = "api_not_enabled"
    BAD_CREDENTIALS = "bad_credentials"
    """What was entered is no credential of the service at all."""
    BAD_QUERY = "bad_query"
    BAD_TEMPLATE = "bad_template"
    SIGN_IN_REFUSED = "sign_in_refused"
    CHANNEL_ARCHIVED = "channel_archived"
    CHANNEL_UNKNOWN = "channel_unknown"
    CONSENT_REFUSED = "consent_refused"
    FILE_GONE = "file_gone"
    """What Luna had made was deleted before it was finished."""
    FOLDER_UNKNOWN = "folder_unknown"
    MISSING_SCOPE = "missing_scope"
    NO_RIGHTS = "no_rights"
    NOT_IN_CHANNEL = "not_in_channel"
    NOT_OFFERED = "not_offered"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    TOLD_TO_WAIT = "told_to_wait"
    """It has trouble of its own, and named the time until which it wants no call."""
    STORAGE_FULL = "storage_full"
    UNCLEAR = "unclear"
    UNREACHABLE = "unreachable"
    WRONG_PRODUCT = "wrong_product"


class ProviderError(Exception):
    """A provider did not do what it was asked. `sentence` tells what happened and what to do; it holds no secret."""

    def __init__(self, sentence: str, *, kind: ErrorKind = ErrorKind.REFUSED, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind
        self.detail = detail
        """One short technical line, as `401 Unauthorized`."""


class RetryLaterError(ProviderError):
    """Nothing was done. Do the same later: not before `until` where the provider named a time."""

    def __init__(
        self, sentence: str, *, kind: ErrorKind = ErrorKind.UNREACHABLE, until: datetime | None = None, detail: str = ""
    ) -> None:
        super().__init__(sentence, kind=kind, detail=detail)
        self.until = until


class NeedsAttentionError(ProviderError):
    """Nothing of this connection will work before a person mends it: a token, a permission, an address."""


class RefusedError(ProviderError):
    """This one call will never work as it is; other calls of the connection may."""


class NotFoundError(RefusedError):
    """What was asked for is not there, or the account may not see it."""


class AmbiguousError(ProviderError):
    """A creating call ended without a clear answer: look before trying again."""

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence, kind=ErrorKind.UNCLEAR, detail=detail)


class CannotLookUpError(ProviderError):
    """Whether it arrived can't be found out here: a person has to say."""


def quoted(words: str) -> str:
    """The provider's own words, cleaned and cut, to stand within a sentence; empty when it gave none."""
    cleaned = clean_line(words, limit=WORDS_LIMIT).rstrip(".")
    return f"“{cleaned}”" if cleaned else ""
