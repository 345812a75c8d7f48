"""Secrets that don't show themselves, and text without the secrets that others put into it."""

from __future__ import annotations

import re

_PATTERNS = [
    re.compile(r"(?i)\b(authorization\s*[:=]\s*)(?:(?:basic|bearer)\s+)?[^\s,;'\"]+"),
    re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?i)\b(basic\s+)[A-Za-z0-9+/=]{16,}"),
    re.compile(r"(?i)\b((?:(?:access_|api_|refresh_)?token|password|secret)[\"']?\s*[:=]\s*[\"']?)[^\s,;&'\"]+"),
    re.compile(r"()\bxox[a-z]-[A-Za-z0-9-]+"),
    re.compile(r"()\bya29\.[A-Za-z0-9._-]+"),
    re.compile(r"()\bATATT[A-Za-z0-9_=-]+"),
    re.compile(r"()\bpk_[0-9]+_[A-Za-z0-9_-]+"),
    re.compile(r"(?i)(://)[^/\s:@]+:[^/\s@]+@"),
    # Addresses of Luna's own that let in whoever knows them.
    re.compile(r"(/(?:hooks|invitations|setup)/)[^/\s\"']+"),
]


class Secret:
    """A secret as an object: only `reveal` gives it away, and nothing prints it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not serialised")


def redact(text: str) -> str:
    """`text` with credentials replaced by `***`."""
    for pattern in _PATTERNS:
        text = pattern.sub(lambda found: found[1] + "***", text)
    return text
