"""The people in every test, and how to make more of them.

Ana owns the launch, Ben edits it, Cleo may read it, Dan makes launches of his own and is no part of it,
Gus is a guest, Ada is the workspace's admin.
"""

from __future__ import annotations

from dataclasses import dataclass

from people.domain.types import Role
from people.models import Team, User

PASSWORD = "a-good-long-password"


@dataclass(frozen=True)
class Person:
    """Someone of the cast, before there is a database."""

    name: str
    role: Role


CAST = {
    "ana": Person("Ana Alves", Role.MAKER),
    "ben": Person("Ben Berger", Role.MAKER),
    "cleo": Person("Cleo Costa", Role.MEMBER),
    "dan": Person("Dan Dvorak", Role.MAKER),
    "gus": Person("Gus Grant", Role.GUEST),
    "ada": Person("Ada Admin", Role.ADMIN),
}


def make_user(nickname: str, *, name: str = "", role: Role = Role.MEMBER, time_zone: str = "UTC") -> User:
    """A user `nickname@luna.test` with `PASSWORD`."""
    return User.objects.create_user(
        f"{nickname}@luna.test", PASSWORD, name=name or nickname.capitalize(), role=role, time_zone=time_zone
    )


def person(nickname: str) -> User:
    """Somebody of the cast, made when first asked for."""
    found = User.objects.filter(email=f"{nickname}@luna.test").first()
    return found or make_user(nickname, name=CAST[nickname].name, role=CAST[nickname].role)


def make_team(name: str, *members: User) -> Team:
    """A delivery team with these members."""
    team = Team.objects.create(name=name)
    team.members.set(members)
    return team
