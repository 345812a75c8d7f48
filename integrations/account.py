"""What a provider's client is opened with, and what it tells about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.errors import ErrorKind, ProviderError, RetryLaterError
from luna.lib.redaction import Secret

Renewal = Callable[[Secret], Secret]
"""Out of the secret as it is stored now: the one to store instead, or the same one where nothing is to do."""


@dataclass(frozen=True)
class Access:
    """Where, as whom and with what. Nothing in it shows the secret."""

    base_url: str
    account: str
    secret: Secret
    options: Mapping[str, Any] = field(default_factory=dict)
    """The provider's own choices, as the connection keeps them."""
    may_write: bool = False
    """Whether an admin allows Luna to leave links there: only then a consent is asked for writing, too."""
    renewed: Callable[[Renewal], Secret] | None = field(default=None, repr=False, compare=False)
    """For secrets that change with use: does a renewal alone among all workers, and stores what comes of it before
    anybody uses it. None where nothing is stored yet. docs/decisions/0012-rotating-tokens.md"""


FORMERLY = "formerly"
"""Of what a connection keeps of an offered project, beside id, key and name: keys and names it had before, by lines."""


@dataclass(frozen=True)
class Project:
    """Something that a connection can offer to read from."""

    id: str
    key: str
    name: str


@dataclass(frozen=True)
class AccountInfo:
    """Who Luna is there."""

    account: str
    workspace: str
    """What the service calls itself: the Jira site, the Slack workspace."""
    zone: str = ""
    """IANA time zone of the account's profile, where there is one."""


@dataclass(frozen=True)
class Step:
    """One line of a live test. `outcome` is `ok`, `bad` or `not_tried`."""

    label: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True)
class CheckReport:
    """What a live test found; without `error` the connection works."""

    steps: tuple[Step, ...]
    info: AccountInfo | None = None
    error: ProviderError | None = None
    projects: tuple[Project, ...] = field(default=())


NO_ANSWER = "The service does not answer as it should"


def run_steps(steps: Sequence[tuple[str, str, Callable[[], str]]]) -> tuple[tuple[Step, ...], ProviderError | None]:
    """Run (good label, bad label, step) in order; the first error ends it, and the rest stands there as not tried."""
    done: list[Step] = []
    error: ProviderError | None = None
    for label, label_bad, step in steps:
        if error is not None:
            done.append(Step(label, "not_tried"))
            continue
        try:
            done.append(Step(label, "ok", step()))
        except ProviderError as found:
            error = found
            # What was not answered was not refused, either.
            unheard = found.kind == ErrorKind.UNREACHABLE and isinstance(found, RetryLaterError)
            done.append(Step(NO_ANSWER if unheard else label_bad, "bad", found.detail))
    return tuple(done), error
