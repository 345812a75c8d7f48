"""A vendor's service that was not reached: what to do, in the same words for refused, filtered and silent ports.

For services at one address of the vendor's for all. Where an admin typed the address, the sentences are the provider's.
"""

from __future__ import annotations

from requests import RequestException
from requests.exceptions import SSLError

from integrations.errors import (
    AmbiguousError,
    ErrorKind,
    NeedsAttentionError,
    ProviderError,
    RefusedError,
    RetryLaterError,
)
from luna.lib.http import AddressRefusedError, BodyTooLargeError, NotConnectedError, RedirectRefusedError


def vendor_unreachable(error: Exception, service: str) -> ProviderError:
    """What the guarded transport raised, by what to do about it."""
    if isinstance(error, AddressRefusedError):
        return NeedsAttentionError(str(error), kind=ErrorKind.ADDRESS_REFUSED, detail="not called")
    if isinstance(error, RedirectRefusedError):
        return NeedsAttentionError(
            f"{service}’s address sends Luna elsewhere ({error}). A proxy may stand before it: ask the network’s "
            "admin.",
            kind=ErrorKind.WRONG_PRODUCT,
            detail="redirect refused",
        )
    if isinstance(error, BodyTooLargeError):
        return RefusedError(f"{service}’s answer was too large to be read. Choose less.", detail="answer too large")
    if isinstance(error, SSLError):
        return NeedsAttentionError(
            f"The certificate of {service}’s address can’t be trusted. A proxy may stand before it: ask the network’s "
            "admin.",
            kind=ErrorKind.UNREACHABLE,
            detail="certificate refused",
        )
    return RetryLaterError(f"{service} can’t be reached. Nothing is to do; Luna tries again.", detail="no answer")


def unclear(error: RequestException, service: str) -> AmbiguousError | None:
    """The error of a call that leaves a link as one that leaves open whether it did; None when it surely did not."""
    return None if isinstance(error, AddressRefusedError | NotConnectedError | SSLError) else maybe_done(service)


def maybe_done(service: str) -> AmbiguousError:
    """No clear answer to a call that leaves a link."""
    return AmbiguousError(
        f"{service} did not say clearly whether it kept Luna’s link. Luna looks before it tries again.",
        detail="no clear answer",
    )
