"""The proxy that breaks connections on purpose."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.fault_proxy import FaultProxy, Mode


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that answers what it hears, in capitals."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while heard := connection.recv(1024):
                connection.sendall(heard.upper())

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _ask(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
        connection.sendall(b"moon")
        return connection.recv(1024)


def test_it_passes_on(echo_port: int) -> None:
    with FaultProxy(echo_port) as proxy:
        assert _ask(proxy.port) == b"MOON"


def test_a_black_hole_accepts_and_never_answers(echo_port: int) -> None:
    with FaultProxy(echo_port) as proxy:
        proxy.set(Mode.BLACKHOLE)
        with pytest.raises(TimeoutError):
            _ask(proxy.port)
        proxy.set(Mode.PASS)
        assert _ask(proxy.port) == b"MOON"


def test_an_open_connection_falls_silent(echo_port: int) -> None:
    with FaultProxy(echo_port) as proxy, socket.create_connection(("127.0.0.1", proxy.port), timeout=0.3) as connection:
        connection.sendall(b"moon")
        assert connection.recv(1024) == b"MOON"
        proxy.set(Mode.BLACKHOLE)
        connection.sendall(b"moon")
        with pytest.raises(TimeoutError):
            connection.recv(1024)


def test_a_reset_hangs_up(echo_port: int) -> None:
    with FaultProxy(echo_port) as proxy:
        proxy.set(Mode.RESET)
        try:
            heard = _ask(proxy.port)
        except (ConnectionResetError, BrokenPipeError):
            heard = b""
        assert heard == b""


def test_nobody_listens_and_then_somebody_does(echo_port: int) -> None:
    with FaultProxy(echo_port) as proxy:
        proxy.set(Mode.REFUSE)
        with pytest.raises(ConnectionRefusedError):
            _ask(proxy.port)
        proxy.set(Mode.PASS)
        assert _ask(proxy.port) == b"MOON"
