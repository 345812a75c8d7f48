"""F18: tokens that end in the middle of the work, and a refresh token that is good once and wanted by ten workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection as database

from benchmarks.faults.figures import Bound, Figure
from benchmarks.faults.recorded import Calls, recorded
from benchmarks.faults.signed_in import SERVICES, Service, jira_by_consent
from integrations.account import AccountInfo
from integrations.actions.connections import edit_connection, sync_now
from integrations.domain.types import ConnectionState, PlaceKind, WebhookState
from integrations.models import Connection, InboundEvent, ScopeChange, SourceTask, SyncRun, Task, Webhook
from integrations.registry import open_source
from luna import clock
from luna.events.models import Event
from luna.lib.work import drain
from reports.actions.deliveries import send_again
from reports.domain.types import DeliveryState
from reports.models import Delivery
from tests.factories import make_launch, make_milestone
from tests.google import make_folder
from tests.integrations.webhooks.signed import listen
from tests.integrations.world import link
from tests.people import person
from tests.reports.slack import make_channel, queue_digest

if TYPE_CHECKING:
    from benchmarks.faults.stage import Stage

QUIET_HOURS, STEP = 3, timedelta(minutes=5)
MOST_POLLS = 5
WORKERS = 10


@dataclass
class Tally:
    """The worst that was seen, over all the places at which a token ended."""

    ends: int = 0
    polls: int = 0
    """Until it was noticed; none where the refused call itself told."""
    calls: int = 0
    """Within any hour after that."""
    told: int = 0
    unmended: int = 0
    doubled: int = 0


def measure(stage: Stage, *, services: Sequence[Service] = SERVICES, hours: int = QUIET_HOURS) -> Iterable[Figure]:
    """Each service by itself, its token ended at each of its calls; then the refresh."""
    tallies: dict[str, Tally] = {}
    with recorded(stage) as (outside, calls):
        for face in ("jira", "asana", "clickup", "slack"):
            outside.control.set_rate(face, per_second=10_000, burst=10_000)
            outside.control.add_fault(face, "short_pages")
        for service in services:
            tally = tallies[service.name] = Tally()
            work = _Reading if service.source else _Sending
            work(service, outside, calls, tally, hours).measure()
            Connection.objects.update(state=ConnectionState.DISCONNECTED, due_at=None)
        yield from _figures(tallies)
        yield from _refresh(outside)


def _figures(tallies: dict[str, Tally]) -> Iterator[Figure]:
    for name, tally in tallies.items():
        yield Figure(f"{name}: calls at which the token ended", tally.ends, 2, "calls", Bound.AT_LEAST)
    for words, field, limit, unit in (
        ("polls until that was noticed", "polls", 1, "polls"),
        ("calls in any hour after that", "calls", 1, "calls"),
        ("times that admins were told of it", "told", 1, "notices"),
        ("work not gone on with after a new token", "unmended", 0, "times"),
        ("work done twice", "doubled", 0, "times"),
    ):
        value, worst = max((int(getattr(tally, field)), name) for name, tally in tallies.items())
        yield Figure(f"{words}, at most" + (f" ({worst})" if value > limit else ""), value, limit, unit)


class _Work:
    """Ends the token at each call of a piece of work in turn."""

    poll_every = timedelta(hours=1)

    def __init__(self, service: Service, stage: Stage, calls: Calls, tally: Tally, hours: int) -> None:
        self.service, self.stage, self.calls, self.tally, self.hours = service, stage, calls, tally, hours
        self.connection = service.connected(stage)

    def measure(self) -> None:
        """Until the work has no further call at which the token could end."""
        after = 0
        while self._ended(after):
            after += 1
        self.tally.ends = after

    def _ended(self, after: int) -> bool:
        """Whether the token ended while the work went on, `after` calls of which were answered."""
        self.stage.clock.move(self.service.before)
        self._begin()
        told = self._times_told()
        self.calls.revoke(self.service.face, self.service.refusal, after=after)
        asked = len(self.calls.of(self.service.face))
        self._work()
        if not self._refused(asked):
            self.calls.restore()
            self._work()
            return False
        polls = 0
        while not self._is_broken() and polls < MOST_POLLS:
            self.stage.clock.move(self.poll_every)
            self._work()
            polls += 1
        self.tally.polls = max(self.tally.polls, polls)
        self._stay_quiet()
        self.tally.told = max(self.tally.told, self._times_told() - told)
        self._mend()
        return True

    def _stay_quiet(self) -> None:
        """Let hours go by; whatever wants to call meanwhile may try."""
        for _ in range(self.hours):
            before = self._refused(0)
            for _ in range(timedelta(hours=1) // STEP):
                self.stage.clock.move(STEP)
                drain()
            self.tally.calls = max(self.tally.calls, self._refused(0) - before)

    def _mend(self) -> None:
        """A new token is entered, and the work goes on."""
        self.calls.restore()
        self.connection.refresh_from_db()
        row = self.connection
        edit_connection(
            connection=row, version=row.version, name=row.name, base_url=row.base_url, account=row.account,
            secret=self.service.renewed(self.stage, row), info=AccountInfo(row.account, row.workspace_name),
            actor=person("ada"),
        )  # fmt: skip
        self._go_on()
        self.connection.refresh_from_db()
        self.tally.unmended += self.connection.state != ConnectionState.OK or not self._is_done()
        self.tally.doubled += self._doubled()

    def _refused(self, since: int) -> int:
        return sum(one.answer is None for one in self.calls.of(self.service.face)[since:])

    def _is_broken(self) -> bool:
        return Connection.objects.filter(pk=self.connection.pk, state=ConnectionState.NEEDS_ATTENTION).exists()

    def _times_told(self) -> int:
        return Event.objects.filter(
            verb="connection.broken", subject_kind="connection", subject_id=self.connection.pk
        ).count()

    def _begin(self) -> None:
        raise NotImplementedError

    def _work(self) -> None:
        drain()

    def _go_on(self) -> None:
        drain()

    def _is_done(self) -> bool:
        raise NotImplementedError

    def _doubled(self) -> int:
        raise NotImplementedError


class _Reading(_Work):
    """A full read of a source, with a webhook that is looked after and calls that come in."""

    poll_every = timedelta(minutes=10)

    def __init__(self, service: Service, stage: Stage, calls: Calls, tally: Tally, hours: int) -> None:
        super().__init__(service, stage, calls, tally, hours)
        assert service.source is not None
        kind, query = service.source
        launch = make_launch(person("ana"))
        self.source = link(make_milestone(launch), self.connection, query, kind)
        drain()
        self.known = set(self._linked())
        assert self.known
        self.changes = ScopeChange.objects.filter(milestone=self.source.milestone).count()

    def _linked(self) -> Iterable[str]:
        return SourceTask.objects.filter(source=self.source).values_list("task__external_id", flat=True)

    def _begin(self) -> None:
        sync_now(connection=self.connection, is_full=True, actor=person("ada"))

    def _stay_quiet(self) -> None:
        webhook = listen(self.connection, state=WebhookState.ON)
        Webhook.objects.filter(pk=webhook.pk).update(due_at=clock.now())
        task = Task.objects.filter(connection=self.connection).latest("pk")
        for number in range(self.hours):
            InboundEvent.objects.create(
                connection=self.connection, delivery_key=f"{self.tally.ends}-{clock.now()}-{number}"[:64],
                task_ids=[task.external_id], received_at=clock.now(),
                due_at=clock.now() + timedelta(hours=number, minutes=7),
            )  # fmt: skip
        super()._stay_quiet()
        Webhook.objects.filter(pk=webhook.pk).delete()

    def _is_done(self) -> bool:
        last = SyncRun.objects.filter(connection=self.connection).latest("pk")
        self.source.refresh_from_db()
        return last.state == "done" and not self.source.error_sentence and set(self._linked()) == self.known

    def _doubled(self) -> int:
        """Tasks that came or went in the records although nothing happened to them."""
        return ScopeChange.objects.filter(milestone=self.source.milestone).count() - self.changes


class _Sending(_Work):
    """A digest to a place."""

    delivery: Delivery

    def _begin(self) -> None:
        kind, where = self.service.place
        ana = person("ana")
        launch = make_launch(ana)
        make_milestone(launch, "Beta", owner=ana)
        if kind == PlaceKind.CHANNEL:
            place = self.connection.destinations.first() or make_channel(self.connection, where, "launches")
        else:
            place = self.connection.destinations.first() or make_folder(self.connection, kind)
        self.made = self._made()
        self.delivery = queue_digest(launch, place, sender=ana)

    def _go_on(self) -> None:
        """A person has it sent again where it failed; the rest goes on by itself."""
        self.delivery.refresh_from_db()
        if self.delivery.state == DeliveryState.FAILED:
            send_again(delivery=self.delivery, actor=person("ana"))
        for _ in range(30):
            drain()
            self.stage.clock.move(timedelta(minutes=1))

    def _is_done(self) -> bool:
        self.delivery.refresh_from_db()
        return self.delivery.state == DeliveryState.DONE and self._made() > self.made

    def _made(self) -> int:
        action = "create" if self.service.face == "google" else "chat.postMessage"
        return sum(
            line["face"] == self.service.face and line["action"] == action for line in self.stage.control.ledger()
        )

    def _doubled(self) -> int:
        return max(0, self._made() - self.made - 1)


def _refresh(stage: Stage) -> Iterator[Figure]:
    """Ten workers find the same access token at its end."""
    row = jira_by_consent(stage)
    stage.clock.move(timedelta(hours=2))
    before = _refreshes(stage)

    def work(_number: int) -> int:
        try:
            with closing(open_source(Connection.objects.get(pk=row.pk))) as client:
                return len(client.projects())
        finally:
            database.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        served = sum(count > 0 for count in workers.map(work, range(WORKERS)))
    yield Figure("workers that found the access token at its end and went on", served, WORKERS, "", Bound.EXACTLY)
    yield Figure("refreshes that they made", _refreshes(stage) - before, 1, "refreshes", Bound.EXACTLY)


def _refreshes(stage: Stage) -> int:
    return sum(line["action"] == "oauth refresh" for line in stage.control.ledger())
