"""F10: a Slack that refuses 60 % of the posts with 429, and says in every possible way when to come back.

The stand-in keeps a line per post; that record, not Luna's database, decides what came too early. Time moves as
workers see it: from tick to tick, and over quiet hours at once.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import connection as database
from django.db.models import Min
from django.test import Client
from django.urls import reverse
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from benchmarks.faults.figures import Bound, Figure, percentile
from benchmarks.faults.stage import Stage
from integrations.models import Connection, Destination
from launches.models import Launch
from luna.lib import work
from reports.models import Delivery
from reports.tasks import DELIVERIES
from sandbox.wire import WireHandler
from tests.factories import make_launch, make_milestone
from tests.people import person
from tests.reports.slack import connect_slack, make_channel, queue_digest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TICK = timedelta(seconds=2)
WORKERS = 4
WAVE_EVERY = timedelta(seconds=60)
ONE_DAY_SECONDS = 86_400
REFUSED_OF_FIVE = 3
EVENNESS = timedelta(seconds=1)
"""Slack takes about one message a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""


@dataclass(frozen=True)
class Post:
    """One `chat.postMessage`, and until when the channel was told to wait."""

    at: datetime
    accepted: bool
    until: datetime | None = None
    wait: str = ""
    """The `Retry-After` that was sent."""


@dataclass
class StormySlack:
    """`stormy` channels refuse three of every five posts, in an order of the dice; the others take every one."""

    now: Callable[[], datetime]
    stormy: frozenset[str]
    dice: random.Random
    posts: dict[str, list[Post]] = field(default_factory=lambda: defaultdict(list))
    _fates: dict[str, list[bool]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if not request.path.endswith("/chat.postMessage"):
            answer = Response(
                json.dumps({"ok": True, "permalink": f"{request.host_url}m"}), mimetype="application/json"
            )
        else:
            with self._lock:
                answer = self._posted(str(json.loads(request.get_data())["channel"]))
        return answer(environ, start_response)

    def _posted(self, channel: str) -> Response:
        at = self.now()
        if channel in self.stormy and self._is_refused(channel):
            wait, until = self._wait(at)
            self.posts[channel].append(Post(at, accepted=False, until=until, wait=wait))
            headers = {"Retry-After": wait} if wait else {}
            body = {"ok": False, "error": "ratelimited"}
            return Response(json.dumps(body), 429, headers, mimetype="application/json")
        self.posts[channel].append(Post(at, accepted=True))
        body = {"ok": True, "channel": channel, "ts": f"{at.timestamp():.6f}"}
        return Response(json.dumps(body), mimetype="application/json")

    def _is_refused(self, channel: str) -> bool:
        fates = self._fates.setdefault(channel, [])
        if not fates:
            fates += [place < REFUSED_OF_FIVE for place in range(5)]
            self.dice.shuffle(fates)
        return fates.pop()

    def _wait(self, at: datetime) -> tuple[str, datetime | None]:
        """A `Retry-After`, and the end of the wait that it asks for; None where it asks for nothing sensible."""
        seconds = self.dice.randint(1, 30)
        until = at + timedelta(seconds=seconds)
        match self.dice.choices(("seconds", "date", "none", "negative", "day"), (55, 15, 12, 12, 6))[0]:
            case "date":
                return format_datetime(until, usegmt=True), until.replace(microsecond=0)
            case "none":
                return "", None
            case "negative":
                return f"-{seconds}", None
            case "day":
                return str(ONE_DAY_SECONDS), at + timedelta(seconds=ONE_DAY_SECONDS)
            case _:
                return str(seconds), until


@contextmanager
def _served(slack: StormySlack) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, slack, threaded=True, request_handler=WireHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def measure(stage: Stage, *, stormy: int = 20, healthy: int = 5, waves: int = 3, seed: int = 10) -> Iterator[Figure]:
    """`waves` reports a minute apart to every channel, two of them at once to the stormy ones."""
    names = [f"C{number:02}STORM" for number in range(stormy)]
    slack = StormySlack(stage.clock.now, frozenset(names), random.Random(seed))
    with _served(slack) as url:
        stage.open_to(url)
        connection = connect_slack(url)
        launch = make_launch(person("ana"), key="STORM")
        make_milestone(launch, "Booking page")
        names += [f"C{number:02}CALM" for number in range(healthy)]
        queued = _Storm(stage, connection, launch, names, slack.stormy, waves).blow()
    yield from _figures(slack, queued)


@dataclass
class _Storm:
    stage: Stage
    connection: Connection
    launch: Launch
    names: list[str]
    stormy: frozenset[str]
    waves: int
    queued: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    paused: int = 0
    shown: int = 0
    """Deliveries that wait for a day, and how many of them the page calls so."""

    def blow(self) -> _Storm:
        """Issue every wave in its time and work until nothing is due."""
        channels = [make_channel(self.connection, name, name.lower()) for name in self.names]
        began = self.stage.clock.now()
        due = [began + wave * WAVE_EVERY for wave in range(self.waves)]
        with ThreadPoolExecutor(WORKERS) as pool:
            while True:
                if due and self.stage.clock.now() >= due[0]:
                    del due[0]
                    self._issue(channels)
                list(pool.map(_work, self._due_now()))
                following = Delivery.objects.aggregate(at=Min("due_at"))["at"]
                if following is None and not due:
                    break
                self._move_to(min(filter(None, (following, *due[:1]))))
        return self

    def _issue(self, channels: list[Destination]) -> None:
        for chosen in (channels, [channel for channel in channels if channel.external_id in self.stormy]):
            queue_digest(self.launch, *chosen, sender=self.launch.owner)
            now = self.stage.clock.now()
            for channel in chosen:
                self.queued[channel.external_id].append(now)

    def _due_now(self) -> list[int]:
        return list(DELIVERIES.due(self.stage.clock.now()).values_list("pk", flat=True))

    def _move_to(self, instant: datetime) -> None:
        """To the first tick that finds something."""
        ahead = instant - self.stage.clock.now()
        if ahead > timedelta(hours=1):
            self._look_at_the_page()
        if ahead > timedelta(0):
            self.stage.clock.move(-(-ahead // TICK) * TICK)

    def _look_at_the_page(self) -> None:
        """What waits for long is called paused where people look for it."""
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(self.launch.owner)
        pages = [
            client.get(reverse("reports:edition", args=[self.launch.key, pk])).content.decode()
            for pk in self.launch.editions.values_list("pk", flat=True)
        ]
        self.paused += Delivery.objects.filter(due_at__gt=self.stage.clock.now() + timedelta(hours=1)).count()
        self.shown += sum(page.count("paused until") for page in pages)


def _work(pk: int) -> None:
    try:
        work.run_row(DELIVERIES, pk)
    finally:
        database.close()


def _figures(slack: StormySlack, storm: _Storm) -> Iterator[Figure]:
    posts = [post for channel in storm.names for post in slack.posts[channel]]
    accepted = sum(post.accepted for post in posts)
    calm = [name for name in storm.names if name not in slack.stormy]
    wanted = sum(len(times) for times in storm.queued.values())
    kinds = Counter(post.wait for post in posts)
    refused = len(posts) - accepted
    stormed = sum(len(slack.posts[name]) for name in slack.stormy)
    yield Figure("reports to send, to stormy and calm channels", wanted)
    yield Figure("posts refused in stormy channels", 100 * refused / stormed, 50, "%", Bound.AT_LEAST)
    yield Figure("posts told to wait a day", kinds[str(ONE_DAY_SECONDS)], 1, "", Bound.AT_LEAST)
    yield Figure("posts before Retry-After was over", sum(map(_too_early, slack.posts.values())), 0)
    yield Figure("posts within a second of another in the channel", sum(map(_too_close, slack.posts.values())), 0)
    yield Figure("reports that did not arrive exactly once", abs(wanted - accepted) + _not_done(), 0)
    yield Figure("posts against the fewest possible", len(posts) / (wanted + refused), 1.2, "times")
    delays = [delay for name in calm for delay in _delays(storm.queued[name], slack.posts[name])]
    yield Figure("delay of calm channels, p95", percentile(delays, 95), 5, "s")
    yield Figure("waits of over an hour that the page tells", storm.shown, storm.paused, "", Bound.EXACTLY)


def _too_early(posts: list[Post]) -> int:
    return sum(1 for before, after in pairwise(posts) if before.until is not None and after.at < before.until)


def _too_close(posts: list[Post]) -> int:
    return sum(1 for before, after in pairwise(posts) if after.at - before.at < EVENNESS)


def _not_done() -> int:
    return Delivery.objects.exclude(state="done").count()


def _delays(queued: list[datetime], posts: list[Post]) -> list[float]:
    """Seconds from the wish to the message, each with its own."""
    arrived = [post.at for post in posts if post.accepted]
    return [(at - wished).total_seconds() for wished, at in zip(queued, arrived, strict=True)]
