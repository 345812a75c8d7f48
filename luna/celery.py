"""Celery as the executor of due rows: one tick in a thread of every worker, one task that works a row."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from django.conf import settings
from kombu import Exchange, Queue

from luna.lib import work
from luna.lib.heartbeat import ticked

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luna.settings")

_MEMORY = {"polling_interval": 0.1}
_REDIS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "socket_keepalive": True,
    # What is neither answered nor closed is given up after at most twice as long (tests/faults/test_redis.py).
    "health_check_interval": 10,
}

_BELLS, _TICKS = "celery", "ticks"
"""The tick and what it offers wait apart from the bells and are taken in turns with them: thousands of bells, as the
night of a large company rings them, don't keep waiting what no bell announces."""

app = Celery("luna", set_as_current=True)
app.conf.update(
    task_default_queue=_BELLS,
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in (_BELLS, _TICKS)],
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=_REDIS if settings.REDIS_URL else _MEMORY,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_publish_retry=False,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    accept_content=["json"],
    task_serializer="json",
    timezone="UTC",
    beat_schedule={
        "tick": {
            "task": "luna.tick",
            "schedule": settings.TICK_SECONDS,
            "options": {"expires": settings.TICK_SECONDS * 2, "queue": _TICKS},
        }
    },
)


@app.task(name="luna.tick")
def tick() -> None:
    """Offer every due row that a free slot could take; a row offered twice is claimed once."""
    ticked()
    for queue_name, pk in work.due_now():
        run_due.apply_async((queue_name, pk), expires=settings.TICK_SECONDS, queue=_TICKS)


@app.task(name="luna.run_due")
def run_due(queue_name: str, pk: int) -> None:
    """Work one row, if it is still due and nobody else has it."""
    work.run(queue_name, pk)


class _Tick(bootsteps.StartStopStep):
    """Beat in a thread: a fork would have its own in-memory broker."""

    requires = ("celery.worker.components:Pool",)

    def create(self, worker: Any) -> None:
        """Make the service; it starts with the worker."""
        self.service: Any = EmbeddedService(worker.app, thread=True, scheduler_cls="celery.beat:Scheduler")

    def start(self, worker: Any) -> None:  # noqa: ARG002  the bootstep's signature
        """Start ticking."""
        self.service.start()

    def stop(self, worker: Any) -> None:  # noqa: ARG002  the bootstep's signature
        """Stop ticking."""
        self.service.stop()


class _NothingToRestore(bootsteps.StartStopStep):
    """Messages in hand are let go with their connection; the tick finds the rows again.

    Putting them back into a broker that is gone ends Celery 5.7's worker (tests/faults/test_redis.py).
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        """Tell the channel of a fresh connection."""
        consumer.task_consumer.channel.do_restore = False


app.steps["worker"].add(_Tick)
app.steps["consumer"].add(_NothingToRestore)
