"""A server on loopback that says on the wire whatever a fault wants, byte by byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Answer = Callable[["Wire"], None]
GOOGLE_TOKEN = b'{"access_token": "ya29.short-lived", "expires_in": 3600, "token_type": "Bearer"}'
_LINGER_ZERO = struct.pack("ii", 1, 0)


class Wire:
    """One connection. `stopping` ends every wait."""

    def __init__(self, used: socket.socket, stopping: threading.Event) -> None:
        self.used = used
        self.stopping = stopping

    def send(self, data: bytes) -> None:
        """Raises OSError when the caller has gone."""
        self.used.sendall(data)

    def drip(self, data: bytes, pause_seconds: float) -> None:
        for byte in data:
            self.used.sendall(bytes([byte]))
            if self.stopping.wait(pause_seconds):
                return

    def wait(self) -> None:
        """Say nothing more, and don't hang up."""
        self.stopping.wait()

    def hang_up(self) -> None:
        """No more comes from this side; what the caller says is still heard."""
        self.used.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            while self.used.recv(65_536):
                pass

    def reset(self) -> None:
        """Without lingering the kernel sends RST."""
        self.used.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self.used.close()


class RawServer:
    """`answer` is called for each request, or (`at_once`) for each connection before anything was read.

    `heard` is all that came in the clear: with `tls`, only what came after a handshake that both sides took.
    """

    def __init__(self, answer: Answer, *, at_once: bool = False, tls: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._at_once = at_once
        self._tls = tls
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.heard: list[bytes] = []
        self.reached = threading.Event()
        """Set when the fault begins for the first time."""
        scheme = "https" if tls or at_once else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                used, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(used,), daemon=True).start()

    def _talk(self, used: socket.socket) -> None:
        with contextlib.suppress(OSError), used:
            if self._at_once:
                self.reached.set()
                self._answer(Wire(used, self._stopping))
                return
            used.settimeout(60)
            talked = self._tls.wrap_socket(used, server_side=True) if self._tls else used
            with talked:
                while request := _request(talked):
                    self.heard.append(request)
                    if _asks_google_for_a_token(request):
                        talked.sendall(whole(GOOGLE_TOKEN))
                    else:
                        self.reached.set()
                        self._answer(Wire(talked, self._stopping))


def whole(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A sound answer of JSON, with these headers besides."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _request(used: socket.socket) -> bytes:
    """A whole request with its body; nothing when the caller has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = used.recv(65_536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        part = used.recv(missing)
        if not part:
            return b""
        data += part
        missing -= len(part)
    return data


def _asks_google_for_a_token(request: bytes) -> bool:
    return request.startswith(b"POST /token ")
