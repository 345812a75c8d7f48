"""Run as a program: a tool that floods Luna with calls, and a person who reads meanwhile. Knows nothing of Luna.

It reads a `Load` as JSON, and says lines of JSON: one before its last round of true calls, one of each task; one when
they were sent; and one at the end.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

SENDERS = 16
FORGERS = 8
READS_EVERY_SECONDS = 0.25
WARMING = 16
"""Forged calls before the flood: a server that runs has loaded its code, which takes a new process a second or two."""


@dataclass(frozen=True)
class Load:
    """Paths begin at `host`:`port`; `tasks` are external ids."""

    host: str
    port: int
    hook: str
    secret: str
    cookie: str
    pages: list[str]
    tasks: list[str]
    calls: int
    seconds: float


@dataclass
class Tally:
    """Milliseconds of each answer by its kind, and how many answers were not as they should be."""

    true_ms: list[float] = field(default_factory=list)
    forged_ms: list[float] = field(default_factory=list)
    pages_ms: list[float] = field(default_factory=list)
    unexpected: int = 0


class Caller:
    """One kept connection."""

    def __init__(self, load: Load, tally: Tally) -> None:
        self._load = load
        self._tally = tally
        self._line = http.client.HTTPConnection(load.host, load.port, timeout=60)

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str], *, expected: int) -> None:
        """One exchange; a line that was closed meanwhile is opened again."""
        try:
            status = self._exchange(method, path, body, headers)
        except (OSError, http.client.HTTPException):
            self._line.close()
            try:
                status = self._exchange(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self._line.close()
                status = 0
        if status != expected:
            self._tally.unexpected += 1

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
        self._line.request(method, path, body=body or None, headers=headers)
        answer = self._line.getresponse()
        answer.read()
        return answer.status

    def call(self, number: int, task: str, *, is_true: bool) -> None:
        """A call about a task, with a signature that is right or not."""
        body = json.dumps({"webhookEvent": "jira:issue_updated", "issue": {"id": task}, "n": number}).encode()
        secret = self._load.secret if is_true else "guessed"
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature": f"sha256={digest}",
            "X-Atlassian-Webhook-Identifier": f"flood-{number}",
        }
        self.ask("POST", self._load.hook, body, headers, expected=200 if is_true else 404)

    def read(self, page: str) -> None:
        """A page, as someone who is signed in."""
        self.ask("GET", page, b"", {"Cookie": self._load.cookie}, expected=200)


def flood(load: Load, tally: Tally) -> None:
    """The true calls, each at its time: one that has to wait for an earlier one is late, and that counts."""
    last_round = load.calls - len(load.tasks)
    tasks = [load.tasks[place % len(load.tasks)] for place in range(last_round)]
    random.Random(load.calls).shuffle(tasks)
    tasks += load.tasks
    began = time.monotonic()

    def send(caller: Caller, number: int) -> float:
        due = began + number * load.seconds / load.calls
        time.sleep(max(0.0, due - time.monotonic()))
        if number == last_round:
            print(json.dumps({"last_round": number}), flush=True)
        caller.call(number, tasks[number], is_true=True)
        return (time.monotonic() - due) * 1000

    tally.true_ms += _shared(SENDERS, load, tally, send)


def forge(load: Load, tally: Tally) -> None:
    """As many forged calls as fast as they are answered."""

    def send(caller: Caller, number: int) -> float:
        began = time.monotonic()
        caller.call(number, load.tasks[number % len(load.tasks)], is_true=False)
        return (time.monotonic() - began) * 1000

    tally.forged_ms += _shared(FORGERS, load, tally, send)


def _shared(workers: int, load: Load, tally: Tally, send: Callable[[Caller, int], float]) -> list[float]:
    """`load.calls` calls, each taken by the first worker that is free; what `send` says of each."""
    numbers = iter(range(load.calls))
    lock = threading.Lock()

    def work(_worker: int) -> list[float]:
        caller, taken = Caller(load, tally), list[float]()
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return taken
            taken.append(send(caller, number))

    with ThreadPoolExecutor(workers) as pool:
        return [one for some in pool.map(work, range(workers)) for one in some]


def warm_up(load: Load, tally: Tally) -> None:
    """Let every process of the server have answered something."""

    def work(number: int) -> None:
        caller = Caller(load, tally)
        caller.call(number, load.tasks[0], is_true=False)
        for page in load.pages:
            caller.read(page)

    with ThreadPoolExecutor(WARMING) as pool:
        list(pool.map(work, range(WARMING)))


def read_on(load: Load, tally: Tally, ended: threading.Event) -> None:
    """Read one page after the other until the flood is over."""
    caller, place = Caller(load, tally), 0
    while not ended.wait(READS_EVERY_SECONDS):
        began = time.monotonic()
        caller.read(load.pages[place % len(load.pages)])
        tally.pages_ms.append((time.monotonic() - began) * 1000)
        place += 1


def main() -> None:
    """Flood, forge, read; say what came of it."""
    load, tally, ended = Load(**json.load(sys.stdin)), Tally(), threading.Event()
    warm_up(load, tally)
    reader = threading.Thread(target=read_on, args=(load, tally, ended))
    reader.start()
    flood(load, tally)
    print(json.dumps({"sent": len(tally.true_ms)}), flush=True)
    forge(load, tally)
    ended.set()
    reader.join()
    print(json.dumps(tally.__dict__), flush=True)


if __name__ == "__main__":
    main()
