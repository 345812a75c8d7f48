"""Valkey dies, goes mute and hangs up while people work: edits answer in time, and the worker catches up by itself.

Real web server and worker on PostgreSQL; both reach Valkey through a proxy that can fail.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
import pytest
import redis
import requests
from celery import Celery

from luna.lib.bell import QUIET_SECONDS
from luna.up import answers
from luna.web import granian_command
from tests.fault_proxy import FaultProxy, Mode
from tests.faults.installation import ROOT, Installation, wait_until
from tests.people import PASSWORD
from tests.servers import Valkey, free_port, make_folder

EDIT_SECONDS = 1.0
BACK_TO_WORK_SECONDS = 40.0
TICK_SECONDS = 2
OUTAGE_SECONDS = TICK_SECONDS + 1.5
MUTE_SECONDS = 6.0
COUNTED = "SELECT milestones_total FROM launches_launchsummary WHERE launch_id = ?"

WISH = "UPDATE launches_launchsummary SET due_at = now() WHERE launch_id = %s"
DUE = "SELECT count(*) FROM launches_launchsummary WHERE due_at <= now() AND launch_id = ?"
CROWD = 30_000
"""Bells for nothing, for which the worker needs minutes."""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid > ?"

pytestmark = pytest.mark.servers


@dataclass
class Site:
    """A running Luna, its Valkey behind a proxy, and Ana's session."""

    luna: Installation
    address: str
    valkey: Valkey
    proxy: FaultProxy
    worker: subprocess.Popen[bytes]
    launch: int
    held: int
    """Another launch, whose summary a test can hold."""
    browser: requests.Session
    added: int = 0

    def add_milestone(self) -> float:
        """Add one as the page's form does; how many seconds the answer took."""
        self.added += 1
        form = {"lines": f"Milestone {self.added}", "csrfmiddlewaretoken": self.browser.cookies["luna_csrf"]}
        began = time.monotonic()
        answer = self.browser.post(
            f"{self.address}/launches/BOOK/milestones/add/", data=form, allow_redirects=False, timeout=20
        )
        assert answer.status_code == 303, answer.text[:500]
        return time.monotonic() - began

    def is_counted(self) -> bool:
        """Whether the worker has worked through everything that was added."""
        return bool(self.luna.value(COUNTED, self.launch) == self.added)

    def messages(self) -> int:
        """How many wait in Valkey for a worker."""
        with redis.Redis(port=self.valkey.port, socket_timeout=5) as client:
            return int(client.llen("celery"))

    def said_by_web(self) -> str:
        """The web server's log."""
        return (self.luna.folder / "web.log").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    luna = Installation.make(tmp_path_factory.mktemp("redis"))
    address = f"http://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        folder = make_folder()
        stack.callback(shutil.rmtree, folder)
        valkey = Valkey(folder)
        valkey.start()
        stack.callback(valkey.stop)
        proxy = stack.enter_context(FaultProxy(valkey.port))
        luna.environment |= {
            "LUNA_REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0",
            "LUNA_TICK_SECONDS": str(TICK_SECONDS),
        }
        launch, held = (int(luna.scene("launch", key)["launch"]) for key in ("BOOK", "HELD"))
        stack.enter_context(_web_server(luna, address))
        site = Site(luna, address, valkey, proxy, luna.start_worker(), launch, held, _sign_in(address))
        stack.callback(lambda: _end(site.worker))
        yield site


@contextmanager
def _web_server(luna: Installation, address: str) -> Iterator[None]:
    command = granian_command(host="127.0.0.1", port=int(address.rpartition(":")[2]), workers=1)
    with (luna.folder / "web.log").open("ab") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=luna.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_until(lambda: answers(f"{address}/livez"), "the web server to answer")
        yield
    finally:
        _end(server)


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def _sign_in(address: str) -> requests.Session:
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(f"{address}/account/login/", timeout=20).text
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    form = {"login": "ana@luna.test", "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = browser.post(f"{address}/account/login/", data=form, allow_redirects=False, timeout=20)
    assert answer.status_code == 302
    return browser


def _edits_for(site: Site, seconds: float) -> Iterator[float]:
    """Edit after edit, how long each took; the last one when the time is over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        yield site.add_milestone()
    yield site.add_milestone()


@contextmanager
def work_in_hand(site: Site) -> Iterator[None]:
    """One of the worker's threads is in the middle of something: Celery 5.7 ends when it loses its broker then."""
    with psycopg.connect(site.luna.environment["LUNA_DATABASE_URL"], autocommit=True) as connection:
        with asleep(site.worker):
            connection.execute(WISH, (site.held,))
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM launches_launchsummary WHERE launch_id = %s FOR UPDATE", (site.held,))
        wait_until(lambda: site.luna.value(WAITING, 0) > 0, "the worker to take the held row")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def stopped(site: Site) -> Iterator[None]:
    """Valkey is killed, and started again empty."""
    site.valkey.stop()
    yield
    site.valkey.start()


@contextmanager
def mute(site: Site) -> Iterator[None]:
    """Valkey takes connections and never says a word, for longer than Celery waits for one (luna/celery.py)."""
    site.proxy.set(Mode.BLACKHOLE)
    ends = time.monotonic() + MUTE_SECONDS
    yield
    wait_until(lambda: time.monotonic() > ends, "Celery to give up waiting")
    site.proxy.set(Mode.PASS)


@contextmanager
def hanging_up(site: Site) -> Iterator[None]:
    """Valkey's connections are reset, old and new ones."""
    site.proxy.set(Mode.RESET)
    yield
    site.proxy.set(Mode.PASS)


@contextmanager
def forgotten(site: Site) -> Iterator[None]:
    """The open connections are never answered again, nor closed; new ones are well."""
    site.proxy.forget()
    yield


@pytest.mark.parametrize("outage", [stopped, mute, hanging_up, forgotten])
def test_edits_answer_while_valkey_fails_and_the_worker_catches_up(
    site: Site, outage: Callable[[Site], AbstractContextManager[None]]
) -> None:
    site.add_milestone()
    wait_until(site.is_counted, "the first milestone to be counted while all is well")

    with ExitStack() as in_hand:
        in_hand.enter_context(work_in_hand(site))
        with outage(site):
            # Done before the outage ends, so that what is edited last waits for the worker to come back.
            in_hand.close()
            answers = list(_edits_for(site, OUTAGE_SECONDS))
    wait_until(site.is_counted, "the worker to catch up", within=BACK_TO_WORK_SECONDS)

    assert max(answers) < EDIT_SECONDS
    assert site.worker.poll() is None, "the worker that caught up is the one that lost Valkey"


def test_the_web_rings_the_bell_again_after_an_outage(site: Site) -> None:
    said = len(site.said_by_web())

    def is_lost() -> bool:
        site.add_milestone()
        return "the tick will find the work" in site.said_by_web()[said:]

    def is_rung() -> bool:
        site.add_milestone()
        return site.messages() > before

    # After each failure the bell is quiet for a while, so an edit may have to be repeated.
    with asleep(site.worker):
        with hanging_up(site):
            wait_until(is_lost, "the bell to fail")
        before = site.messages()
        wait_until(is_rung, "the bell to ring", within=QUIET_SECONDS + 5)


def test_what_no_bell_announces_is_worked_while_bells_crowd_the_line(site: Site) -> None:
    address = f"redis://127.0.0.1:{site.valkey.port}/0"
    with redis.Redis.from_url(address) as client:
        Celery(broker=address).send_task("luna.run_due", ("movements", 0), queue="pattern")
        bell = client.lpop("pattern")
        try:
            with asleep(site.worker):
                client.rpush("celery", *[bell] * CROWD)
                with psycopg.connect(site.luna.environment["LUNA_DATABASE_URL"], autocommit=True) as connection:
                    connection.execute(WISH, (site.held,))
            wait_until(lambda: not site.luna.value(DUE, site.held), "the tick to find the row", within=20)
            assert site.messages() > 0, "the worker had time for the whole crowd"
        finally:
            client.delete("celery")


@contextmanager
def asleep(worker: subprocess.Popen[bytes]) -> Iterator[None]:
    """The worker neither reads nor sends anything."""
    os.killpg(worker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(worker.pid, signal.SIGCONT)
