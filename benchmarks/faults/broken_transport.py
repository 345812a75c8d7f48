"""F14: answers that break off, lie about their length, burst, never end, or come with a certificate of somebody else's.

Every case ends in a named error, memory stays where it was, and no secret goes out before a certificate was believed.
"""

from __future__ import annotations

import gzip
import resource
import ssl
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import brotli
import requests.adapters

from benchmarks.faults.callers import Caller, callers
from benchmarks.faults.certificates import Authority
from benchmarks.faults.figures import Bound, Figure
from benchmarks.faults.raw_server import Answer, RawServer, Wire, whole
from benchmarks.faults.stage import Stage
from luna.lib.http import Limits

BOMB_BYTES = 1_000_000_000
BODY = b'{"data": [{"gid": "1", "name": "One"}], "ok": true, "values": []}'
SHORT = Limits(connect_seconds=5, read_seconds=5, total_seconds=20)
CONTINUES = "endless “continue”"
HASTY = Limits(connect_seconds=1, read_seconds=1, total_seconds=1)
"""For the one answer that only the deadline ends."""
BUSY = whole(b"{}", status="503 Busy")
_OK = b"HTTP/1.1 200 OK\r\n"


def _says(data: bytes) -> Answer:
    """`data`, and then the connection's end."""

    def answer(wire: Wire) -> None:
        wire.send(data)
        wire.hang_up()

    return answer


def _resets(data: bytes) -> Answer:
    def answer(wire: Wire) -> None:
        if data:
            wire.send(data)
        wire.reset()

    return answer


def _endless(head: bytes, more: bytes) -> Answer:
    def answer(wire: Wire) -> None:
        wire.send(head)
        while not wire.stopping.is_set():
            wire.send(more)

    return answer


def _redirects(status: str) -> Answer:
    """To itself, for ever."""
    return lambda wire: wire.send(whole(b"", "Location: /again", status=status))


def broken_answers(bomb_bytes: int) -> dict[str, Answer]:
    """Every way in which an answer breaks, by its name."""
    length = f"Content-Length: {len(BODY)}\r\n\r\n".encode()
    chunked = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
    answers = {
        "half-closed before the answer": _says(b""),
        "half-closed in the headers": _says(_OK + b"Content-Ty"),
        "half-closed in the body": _says(_OK + length + BODY[:20]),
        "reset before the answer": _resets(b""),
        "reset in the headers": _resets(_OK),
        "reset in the body": _resets(_OK + length + BODY[:20]),
        "Content-Length too long": _says(_OK + b"Content-Length: 5000\r\n\r\n" + BODY),
        "Content-Length too short": _says(_OK + b"Content-Length: 9\r\n\r\n" + BODY),
        "Content-Length negative": _says(_OK + b"Content-Length: -5\r\n\r\n" + BODY[:9]),
        "Content-Length of words": _says(_OK + b"Content-Length: many\r\n\r\n" + BODY[:9]),
        "two Content-Lengths": _says(_OK + b"Content-Length: 9\r\nContent-Length: 12\r\n\r\n" + BODY),
        "a chunk’s size is no number": _says(chunked + b"zz\r\nbad\r\n"),
        "a chunk breaks off": _says(chunked + b"ff\r\n{"),
        "a chunk of 16 EB": _says(chunked + b"ffffffffffffffff\r\n{"),
        "no last chunk": _says(chunked + b"2\r\n{}\r\n"),
        "no gzip in spite of the header": _says(whole(BODY, "Content-Encoding: gzip")),
        "gzip that breaks off": _says(whole(gzip.compress(BODY)[:-12], "Content-Encoding: gzip")),
        "nine encodings": _says(whole(BODY, "Content-Encoding: " + ", ".join(["gzip"] * 9))),
        "no HTTP": _says(b"SSH-2.0-OpenSSH_9.6\r\n"),
        "a status of words": _says(b"HTTP/1.1 fine\r\n\r\n"),
        "a status out of range": _says(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
        "a header of 100 kB": _says(_OK + b"X-Long: " + b"y" * 100_000 + b"\r\n\r\n"),
        "200 headers": _says(_OK + b"X-More: y\r\n" * 200 + b"\r\n"),
        "an empty body": _says(whole(b"")),
        "a TLS answer to plain HTTP": _says(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"),
        "endless body": _endless(_OK + b"Content-Type: application/json\r\n\r\n", b" " * 65_536),
        "endless chunks": _endless(chunked, b"8000\r\n" + b" " * 0x8000 + b"\r\n"),
        "endless headers": _endless(_OK, b"X-More: y\r\n" * 10),
        CONTINUES: _endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    }
    redirects = {f"redirect loop, {status}": _redirects(f"{status} Moved") for status in (301, 302, 303, 307, 308)}
    return answers | redirects | {f"{name} bomb": _says(data) for name, data in _bombs(bomb_bytes).items()}


def _bombs(size: int) -> dict[str, bytes]:
    """Small answers that want to become `size` bytes."""
    pressed = _pressed_zeros(size, 31)
    packer = brotli.Compressor(quality=1)
    portions = [packer.process(bytes(1_000_000)) for _ in range(size // 1_000_000)]
    return {
        "gzip": whole(pressed, "Content-Encoding: gzip"),
        "gzip in gzip": whole(gzip.compress(pressed), "Content-Encoding: gzip, gzip"),
        "deflate": whole(_pressed_zeros(size, 15), "Content-Encoding: deflate"),
        "brotli": whole(b"".join([*portions, packer.finish()]), "Content-Encoding: br"),
    }


def _pressed_zeros(size: int, window_bits: int) -> bytes:
    packer = zlib.compressobj(1, wbits=window_bits)
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)), packer.flush()])


def measure(
    stage: Stage, *, bomb_bytes: int = BOMB_BYTES, services: Sequence[str] = (), hasty: Limits = HASTY
) -> Iterator[Figure]:
    """Every caller (those of `services` alone, where some are named) meets every answer, then every certificate."""
    asking = [caller for caller in callers(stage.settings) if not services or caller.name in services]
    answers = broken_answers(bomb_bytes)
    _meet(stage, asking, _says(BUSY), SHORT)  # what is loaded once counts for nothing
    before = _peak_bytes()
    troubles = [
        f"{caller}, {name}: {trouble}"
        for name, answer in answers.items()
        for caller, trouble in _meet(stage, asking, answer, hasty if name == CONTINUES else SHORT)
    ]
    grown = _peak_bytes() - before
    cases = len(answers) * len(asking)
    heard, believed, misnamed = _certificates(stage, asking, SHORT)
    for line in [*troubles, *misnamed]:
        print(f"      {line}")
    yield Figure("broken answers, each to every caller", cases)
    yield Figure("broken answers without a named error", len(troubles), 0)
    yield Figure("memory’s growth over all of them", grown / 1_000_000, 50, "MB")
    yield Figure("certificates refused without a named error", len(misnamed), 0)
    yield Figure("calls heard behind a bad certificate", heard, 0)
    yield Figure("callers heard behind a good certificate", believed, len(asking), "", Bound.EXACTLY)


def _meet(stage: Stage, asking: Sequence[Caller], answer: Answer, limits: Limits) -> list[tuple[str, str]]:
    """Who did not end in a named error, and how instead."""
    with RawServer(answer) as server:
        stage.open_to(server.url)
        ended = [caller.ended(server.url, limits) for caller in asking]
    return [
        (caller.name, one.error or "took it for an answer")
        for caller, one in zip(asking, ended, strict=True)
        if not (one.is_named and one.error)
    ]


def _certificates(stage: Stage, asking: Sequence[Caller], limits: Limits) -> tuple[int, int, list[str]]:
    """Bad certificates behind which anything was heard; callers that a good one convinced; and what went wrong."""
    authority = Authority(stage.folder / "certificates")
    bad = {
        "self-signed": authority.self_signed("127.0.0.1"),
        "expired": authority.issued("127.0.0.1", days_left=-1),
        "not yet valid": authority.issued("127.0.0.1", days_left=30, from_day=10),
        "wrong host": authority.issued("localhost.example"),
        "no name": authority.issued(""),
        "of a stranger’s authority": Authority(stage.folder / "stranger").issued("127.0.0.1"),
    }
    with _trusting(authority.file):
        heard, misnamed = 0, []
        for name, context in bad.items():
            for caller in asking:
                words, error = _behind(stage, caller, context, limits)
                heard += bool(words)
                misnamed += [] if error else [f"{caller.name}, certificate {name}"]
        good = authority.issued("127.0.0.1")
        believed = sum(bool(_behind(stage, caller, good, limits)[0]) for caller in asking)
    return heard, believed, misnamed


def _behind(stage: Stage, caller: Caller, context: ssl.SSLContext, limits: Limits) -> tuple[bytes, str]:
    """What a server with this certificate heard, and the name of the error."""
    with RawServer(_says(BUSY), tls=context) as server:
        stage.open_to(server.url)
        ended = caller.ended(server.url, limits)
        return b"".join(server.heard), ended.error if ended.is_named else ""


@contextmanager
def _trusting(authority: Path) -> Iterator[None]:
    """Or an expired certificate would be refused for its unknown authority."""
    kept = requests.adapters.DEFAULT_CA_BUNDLE_PATH
    requests.adapters.DEFAULT_CA_BUNDLE_PATH = str(authority)
    try:
        yield
    finally:
        requests.adapters.DEFAULT_CA_BUNDLE_PATH = kept


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
