"""What workspace roles outrank, and who may give which."""

from __future__ import annotations

from people.domain.types import Role

_RANK = {Role.GUEST: 0, Role.MEMBER: 1, Role.MAKER: 2, Role.ADMIN: 3}


def may_grant(own: Role, given: Role) -> bool:
    """Whether someone with the role `own` may make another person `given`: nobody grants more than they have."""
    return _RANK[given] <= _RANK[own]
