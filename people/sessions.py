"""Django's sessions in the database, with the one statement prepared that every signed-in request makes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from luna.lib.prepared import Prepared

_SESSION = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data"),
    key=str,
    now=datetime,
)


class SessionStore(db.SessionStore):
    """Named in the settings as SESSION_ENGINE."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, where it is unknown or over."""
        key = self.session_key
        # Django set the expiry by the machine's clock, and a moved clock of the demo must not sign anybody out.
        now = timezone.now()  # noqa: TID251
        found = _SESSION.rows(key=key, now=now) if key else []
        if not found:
            self._session_key = None
            return {}
        return dict(self.decode(found[0][0]))
