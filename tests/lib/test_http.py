"""The guarded door against servers that misbehave, on loopback."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
from django.conf import LazySettings

from luna.env import PrivateTarget
from luna.lib.http import (
    AddressRefusedError,
    BodyTooLargeError,
    DeadlineExceededError,
    Limits,
    NotConnectedError,
    RedirectRefusedError,
    guarded_session,
)

Answer = Callable[[socket.socket], None]
SHORT = Limits(connect_seconds=0.5, read_seconds=0.4, total_seconds=0.8, body_bytes=100_000)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def server(answer: Answer, settings: LazySettings) -> Iterator[str]:
    """A server that reads a request and lets `answer` do what it likes; Luna may call it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings.PRIVATE_HOSTS = (PrivateTarget("127.0.0.1", port),)

        def serve() -> None:
            while True:
                try:
                    used, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_talk, args=(used, answer), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{port}/page?token=secret-in-query"
        listener.shutdown(socket.SHUT_RDWR)


def _talk(used: socket.socket, answer: Answer) -> None:
    with used:
        try:
            while used.recv(65_536):
                answer(used)
        except OSError:
            return


def drip(data: bytes) -> Answer:
    """Send `data` a byte at a time, each soon enough for a per-read time-out."""

    def answer(used: socket.socket) -> None:
        for byte in data:
            used.sendall(bytes([byte]))
            time.sleep(0.1)

    return answer


def says(data: bytes) -> Answer:
    return lambda used: used.sendall(data)


def test_an_answer_comes_back_whole_and_the_connection_is_used_again(settings: LazySettings) -> None:
    peers: set[object] = set()

    def answer(used: socket.socket) -> None:
        peers.add(used.getpeername())
        used.sendall(OK)

    with server(answer, settings) as url, guarded_session(SHORT) as session:
        assert [session.get(url).text for _ in range(3)] == ["ok"] * 3
    assert len(peers) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"x" * 900,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 900,
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 90,
    ],
    ids=["body", "body without length", "headers"],
)
def test_a_dripping_server_is_cut_off_at_the_total_deadline(data: bytes, settings: LazySettings) -> None:
    with server(drip(data), settings) as url, guarded_session(SHORT) as session:
        began = time.monotonic()
        with pytest.raises(DeadlineExceededError):
            session.get(url)
        assert time.monotonic() - began < SHORT.total_seconds + 1


def test_a_kept_connection_has_the_clock_of_each_call(settings: LazySettings) -> None:
    answers = iter([says(OK), drip(OK * 9)])

    def answer(used: socket.socket) -> None:
        next(answers)(used)

    with (
        server(answer, settings) as url,
        guarded_session(SHORT) as session,
    ):
        assert session.get(url).text == "ok"
        with pytest.raises(DeadlineExceededError):
            session.get(url)


def test_a_stalled_handshake_ends(settings: LazySettings) -> None:
    with (
        server(drip(b"\x16\x03\x03\x40\x00" + b"x" * 900), settings) as url,
        guarded_session(SHORT) as session,
        pytest.raises(requests.RequestException),
    ):
        session.get(url.replace("http://", "https://"))


def test_silence_is_a_time_out(settings: LazySettings) -> None:
    with (
        server(lambda _used: time.sleep(2), settings) as url,
        guarded_session(SHORT) as session,
        pytest.raises(requests.Timeout),
    ):
        session.get(url)


def test_a_compressed_bomb_is_stopped_at_the_bound(settings: LazySettings) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with (
        server(says(head + bomb), settings) as url,
        guarded_session(SHORT) as session,
        pytest.raises(BodyTooLargeError),
    ):
        session.get(url)


def test_a_redirect_is_refused_and_names_the_host_alone(settings: LazySettings) -> None:
    data = b"HTTP/1.1 302 Found\r\nLocation: https://login.example/sso?token=abc\r\nContent-Length: 0\r\n\r\n"
    with (
        server(says(data), settings) as url,
        guarded_session(SHORT) as session,
        pytest.raises(RedirectRefusedError) as refused,
    ):
        session.get(url)
    assert "login.example" in str(refused.value)
    assert "abc" not in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbad\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
)
def test_a_broken_transport_is_one_of_requests_errors_without_the_query(data: bytes, settings: LazySettings) -> None:
    def answer(used: socket.socket) -> None:
        used.sendall(data)
        used.shutdown(socket.SHUT_RDWR)

    with (
        server(answer, settings) as url,
        guarded_session(SHORT) as session,
        pytest.raises(requests.RequestException) as broken,
    ):
        session.get(url)
    assert "secret" not in str(broken.value)


def test_a_closed_port_says_that_nothing_was_sent(settings: LazySettings) -> None:
    with server(lambda _used: None, settings) as url:
        pass
    with guarded_session(SHORT) as session, pytest.raises(NotConnectedError):
        session.get(url)


def test_what_is_not_listed_is_never_connected_to(settings: LazySettings) -> None:
    calls: list[object] = []
    with server(calls.append, settings) as url, guarded_session(SHORT) as session:
        settings.PRIVATE_HOSTS = ()
        for tried in (url, url.replace("http:", "https:"), url.replace("127.0.0.1", "localhost")):
            with pytest.raises(AddressRefusedError):
                session.get(tried)
    assert calls == []


def test_a_name_that_resolves_to_a_private_address_is_refused(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: records)
    with guarded_session(SHORT) as session, pytest.raises(AddressRefusedError):
        session.get("https://rebinding.example/")
