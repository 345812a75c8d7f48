"""Whether the process lives, and whether Luna can do its work."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from luna import clock
from luna.lib import work
from luna.lib.heartbeat import HEARTBEAT_KEY

HEARTBEAT_LIMIT = timedelta(seconds=60)


@login_not_required
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, migrations are applied and a worker was seen within a minute; else 503.

    Tells states and ages only, nothing of what is stored.
    """
    try:
        connection.ensure_connection()
        checks = {"database": "ok", "migrations": _migrations_state(), "worker": _worker_state()}
        oldest = max((_waiting_seconds(queue) for queue in work.queues().values()), default=0)
    except DatabaseError:
        checks, oldest = {"database": "unreachable"}, 0
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse({**checks, "oldest_due_seconds": oldest}, status=200 if ready else 503)


def _migrations_state() -> str:
    try:
        _see_all_migrations_applied()
    except _PendingError:
        return "pending"
    return "ok"


class _PendingError(Exception):
    """Some migration is not applied yet."""


@lru_cache(maxsize=1)
def _see_all_migrations_applied() -> None:
    """Remembered once it is so, because reading the graph costs more than the rest of the probe together."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _PendingError


def _worker_state() -> str:
    seen = cache.get(HEARTBEAT_KEY)
    return "ok" if seen and clock.now() - seen < HEARTBEAT_LIMIT else "not seen within a minute"


def _waiting_seconds(queue: work.Queue[work.DueRow]) -> int:
    now = clock.now()
    oldest = queue.due(now).values_list("due_at", flat=True).first()
    return int((now - oldest).total_seconds()) if oldest else 0
