"""Who a session belongs to."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from luna.lib.prepared import Prepared
from people.models import User

_FIELDS = [field.attname for field in User._meta.concrete_fields]
_USER = Prepared(lambda user_id: User.objects.filter(pk=user_id).values_list(*_FIELDS), user_id=int)


class SessionBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's, with the one statement prepared that every signed-in request makes."""

    def get_user(self, user_id: int) -> User | None:
        """The user who may be signed in, or None."""
        found = _USER.rows(user_id=user_id)
        user = User.from_db("default", _FIELDS, found[0]) if found else None
        return user if user is not None and self.user_can_authenticate(user) else None
