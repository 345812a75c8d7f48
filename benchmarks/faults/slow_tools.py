"""F13: services that are slow on purpose, at every stage of a call. A worker's slot is never held for long."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.faults.callers import Caller, Ended, callers
from benchmarks.faults.figures import Figure, percentile
from benchmarks.faults.raw_server import Answer, RawServer
from benchmarks.faults.stage import Stage
from integrations.account import Access
from integrations.sources.clickup.source import ClickUpSource
from luna.lib.http import Limits
from luna.lib.redaction import Secret
from sandbox.clickup.workspace import TOKEN

BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HANDSHAKE = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"
"""The beginning of a ServerHello that promises 16 kB."""
CALM_EVERY_SECONDS = 0.25


def slow_answers(pause_seconds: float) -> dict[str, tuple[Answer, bool]]:
    """Each with whether it comes before the request, in the TLS handshake."""
    return {
        "body": (lambda wire: (wire.send(BODY), wire.drip(b" " * 9000, pause_seconds))[-1], False),
        "chunks": (lambda wire: (wire.send(CHUNKS), wire.drip(b"1\r\n \r\n" * 2000, pause_seconds))[-1], False),
        "headers": (lambda wire: wire.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 90, pause_seconds), False),
        "no answer": (lambda wire: wire.wait(), False),
        "handshake": (lambda wire: wire.drip(HANDSHAKE + b"x" * 9000, pause_seconds), True),
        "no handshake": (lambda wire: wire.wait(), True),
    }


def measure(
    stage: Stage, *, pause_seconds: float = 0.9, limits: Limits | None = None, grace_seconds: float = 1
) -> Iterator[Figure]:
    """Every service with every slowness at once; meanwhile another connection is called again and again."""
    limits = limits or Limits()
    answers = slow_answers(pause_seconds)
    asking = callers(stage.settings)
    with ThreadPoolExecutor(len(answers) * len(asking) + 1) as pool, ExitStack() as servers:
        held = [
            _called(stage, pool, servers.enter_context(RawServer(answer, at_once=at_once)), caller, limits)
            for caller in asking
            for answer, at_once in answers.values()
        ]
        calm = _calm_calls(stage, held)
        ended = [one.result() for one in held]
    yield from _figures(ended, calm, limits.total_seconds + grace_seconds)


def _called(stage: Stage, pool: ThreadPoolExecutor, server: RawServer, caller: Caller, limits: Limits) -> Future[Ended]:
    """The call is under way when this returns, so that the next one may be told of another address."""
    stage.open_to(server.url)
    begun = pool.submit(caller.ended, server.url, limits)
    assert server.reached.wait(20), f"{caller.name} does not call"
    return begun


def _calm_calls(stage: Stage, held: Sequence[Future[Ended]]) -> list[float]:
    """Seconds of each call to a service that is well, for as long as the others hold."""
    access = Access(f"{stage.sandbox.url}/clickup/api/v2", "", Secret(TOKEN))
    stage.control.set_rate("clickup", per_second=100_000, burst=100_000)
    taken = []
    while not all(one.done() for one in held):
        began = time.monotonic()
        client = ClickUpSource(access, None)
        assert client.projects()
        client.close()
        taken.append(time.monotonic() - began)
        time.sleep(CALM_EVERY_SECONDS)
    return taken


def _figures(ended: Sequence[Ended], calm: list[float], limit_seconds: float) -> Iterator[Figure]:
    yield Figure("slow calls, six services’ calls × six stages", len(ended))
    yield Figure("longest hold of a worker’s slot", max(one.seconds for one in ended), limit_seconds, "s")
    yield Figure("calls that ended without a named error", sum(not (one.is_named and one.error) for one in ended), 0)
    yield Figure("calls to a sound service meanwhile", len(calm))
    yield Figure("call to a sound service meanwhile, p95", percentile(calm, 95), 1, "s")
