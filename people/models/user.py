"""Someone who signs in."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models

from people.domain.types import Role, Theme
from people.models.team import Team


def check_zone(value: str) -> None:
    """Refuse what is no IANA time zone."""
    if value not in available_timezones():
        raise ValidationError("“%(value)s” is not a time zone, such as Europe/Lisbon.", params={"value": value})


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a hashed password (none: the user can't sign in by password)."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """By e-mail, in any case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person with an e-mail address, a workspace role and a time zone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_zone])
    locale = models.CharField(max_length=12, default="en-gb")
    theme = models.CharField(
        max_length=8, choices=[(t.value, t.value.capitalize()) for t in Theme], default=Theme.SYSTEM
    )
    role = models.CharField(max_length=8, choices=[(r.value, r.value.capitalize()) for r in Role], default=Role.MEMBER)
    primary_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="primary_of")
    teams: models.ManyToManyField[Team, Any] = models.ManyToManyField(Team, blank=True, related_name="members")
    is_active = models.BooleanField(default=True)
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    """Part of every session's hash: one more ends all sessions."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """At most two letters, for the avatar."""
        words = self.name.split()
        return (
            "".join(word[0] for word in (words[0], words[-1]) if word)[: 2 if len(words) > 1 else 1].upper()
            if words
            else "?"
        )

    @property
    def is_admin(self) -> bool:
        """Whether this is a workspace admin."""
        return self.role == Role.ADMIN

    @property
    def is_guest(self) -> bool:
        """Whether only launches that this person participates in may be seen."""
        return self.role == Role.GUEST

    @property
    def can_create_launches(self) -> bool:
        """Makers and admins."""
        return self.role in {Role.ADMIN, Role.MAKER}

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with `session_generation`."""
        return f"{super().get_session_auth_hash()}{self.session_generation}"
