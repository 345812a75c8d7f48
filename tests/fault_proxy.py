"""A TCP proxy on loopback that can go silent, hang up or disappear, in front of a server that doesn't know."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_LINGER_ZERO = struct.pack("ii", 1, 0)


class Mode(StrEnum):
    """What the proxy does with connections, old and new."""

    PASS = "pass"
    REFUSE = "refuse"  # nobody listens
    BLACKHOLE = "blackhole"  # accepts, never answers, never hangs up
    RESET = "reset"  # hangs up at once


class FaultProxy:
    """`with FaultProxy(port) as proxy: proxy.set(Mode.BLACKHOLE)`; clients use `proxy.port`."""

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self._mode = Mode.PASS
        self._open: list[socket.socket] = []
        self._forgotten: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = self._listen(0)
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._serve()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.set(Mode.REFUSE)

    def set(self, mode: Mode) -> None:
        """Change what happens from now on. Leaving PASS ends (RESET, REFUSE) or silences (BLACKHOLE) what is open."""
        with self._lock:
            was, self._mode = self._mode, mode
            if mode in {Mode.REFUSE, Mode.RESET} or was == Mode.BLACKHOLE:
                self._hang_up()
            if mode == Mode.REFUSE:
                # Closing alone would leave the accepting thread listening.
                with contextlib.suppress(OSError):
                    self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
        if was == Mode.REFUSE and mode != Mode.REFUSE:
            self._listener = self._listen(self.port)
            self._serve()

    def forget(self) -> None:
        """Never again answer what is open now, nor hang up, as a firewall that lost its table; new connections pass."""
        with self._lock:
            self._forgotten.update(self._open)

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        return listener

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.append(client)
                if self._mode in {Mode.REFUSE, Mode.RESET}:
                    self._hang_up()
                    continue
            if self._mode == Mode.PASS:
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        with self._lock:
            self._open.append(server)
            if self._mode in {Mode.REFUSE, Mode.RESET}:
                self._hang_up()
                return
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._mode != Mode.PASS or source in self._forgotten:
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def _hang_up(self) -> None:
        """Reset everything that is open (the lock is held)."""
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._open.clear()
