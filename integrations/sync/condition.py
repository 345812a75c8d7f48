"""How a connection does: paused, broken, well again. Admins are told once when it breaks."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import SystemRandom

from django.db import models, transaction
from django.urls import reverse

from integrations.domain.types import ConnectionState
from integrations.errors import ErrorKind, NeedsAttentionError, RetryLaterError
from integrations.models import Connection, LinkRound
from integrations.sources.base import QuotaUsedUpError, RateLimits
from launches.actions.notices import notify, settle_notices
from launches.domain.types import NoticeReason
from luna import clock
from luna.events.log import record
from luna.events.models import Through
from luna.lib import work
from people.domain.types import Role
from people.models import User

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
PROBE_EVERY = timedelta(hours=1)
"""How often a broken connection, or a place, is tried."""
ASKED_FOR = frozenset({ErrorKind.RATE_LIMITED, ErrorKind.TOLD_TO_WAIT})
"""Why a connection rests where its tool asked for that: calls before its end would be refused."""
LINKS = "links"
"""The queue of the turns at leaving links (integrations.lineage.rounds)."""
_random = SystemRandom()


def pause(connection: Connection, error: RetryLaterError, *, tries: int) -> datetime:
    """Note that it rests, and until when: what the provider asked for, else longer each time.

    Where a quota is used up that a site's connections share, all of them rest: each call would be refused.
    """
    now = clock.now()
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries, 10))
    until = error.until or now + longest * _random.uniform(0.5, 1)
    resting = _at_the_same_site(connection) if isinstance(error, QuotaUsedUpError) else _living(connection)
    resting.exclude(state=ConnectionState.NEEDS_ATTENTION).update(
        state=ConnectionState.PAUSED,
        paused_until=until,
        error_kind=_kind_of(error),
        error_sentence=error.sentence[:500],
        error_at=now,
    )
    return until


def _kind_of(error: RetryLaterError) -> ErrorKind:
    """What is kept of why it rests: whether the tool asked for it decides who may try sooner."""
    return ErrorKind.TOLD_TO_WAIT if error.until is not None and error.kind not in ASKED_FOR else error.kind


def wake(connection: Connection) -> bool:
    """A person asks for a try: a rest that Luna chose by itself is over. One that the tool asked for goes on."""
    resting = _living(connection).filter(state=ConnectionState.PAUSED).exclude(error_kind__in=ASKED_FOR)
    if not resting.update(paused_until=None):
        return False
    connection.paused_until = None
    return True


def mark_broken(connection: Connection, error: NeedsAttentionError) -> None:
    """A person has to mend it. The first to notice writes the event and tells the admins."""
    now = clock.now()
    fields = {
        "error_kind": error.kind,
        "error_sentence": error.sentence[:500],
        "error_at": now,
        "paused_until": None,
        "due_at": now + PROBE_EVERY,
    }
    with transaction.atomic():
        newly = _living(connection).exclude(state=ConnectionState.NEEDS_ATTENTION)
        if not newly.update(state=ConnectionState.NEEDS_ATTENTION, **fields):
            _living(connection).update(**fields)
            return
        record("connection.broken", connection, actor=None, through=Through.SYNC, after={"why": error.sentence})
        for admin in User.objects.filter(role=Role.ADMIN, is_active=True):
            notify(
                user=admin,
                reason=NoticeReason.CONNECTION_BROKEN,
                subject=connection,
                sentence=f"{connection.name} needs someone: {error.sentence}",
                path=reverse("integrations:connection", args=[connection.pk]),
                launch=None,
                actor=None,
            )


def mark_well(connection: Connection, *, synced_at: datetime | None) -> None:
    """It answered to the end."""
    with transaction.atomic():
        broken = _living(connection).filter(state=ConnectionState.NEEDS_ATTENTION)
        if broken.exists():
            settle_notices(subject=connection)
            record("connection.mended", connection, actor=None, through=Through.SYNC)
            # What a refused sign-in stopped need not wait for its hour.
            work.wish(LINKS, LinkRound.objects.filter(connection=connection))
        _living(connection).update(
            state=ConnectionState.OK,
            paused_until=None,
            error_kind="",
            error_sentence="",
            error_at=None,
            last_synced_at=synced_at,
        )


def poll_as_usual(connection: Connection) -> None:
    """Well again before its next poll, which was put off while it was broken or at rest: from now on as planned."""
    again_at = clock.now() + timedelta(minutes=connection.poll_minutes)
    _living(connection).filter(due_at__gt=again_at).update(due_at=again_at)


def note_limits(connection: Connection, limits: RateLimits) -> None:
    """Keep what the tool last said of its limits. By itself: a page's transaction holds no lock on the connection."""
    resets_at = limits.resets_at.isoformat() if limits.resets_at else None
    told = {"limit": limits.limit, "remaining": limits.remaining, "resets_at": resets_at, "kind": limits.kind}
    said = {name: value for name, value in told.items() if value not in {None, ""}}
    if said and said != connection.limits:
        connection.limits = said
        Connection.objects.filter(pk=connection.pk).update(limits=said)


def _living(connection: Connection) -> models.QuerySet[Connection]:
    return Connection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED)


def _at_the_same_site(connection: Connection) -> models.QuerySet[Connection]:
    at_site = Connection.objects.filter(provider=connection.provider, base_url=connection.base_url)
    return at_site.exclude(state=ConnectionState.DISCONNECTED)
