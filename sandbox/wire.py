"""How an answer goes over the socket: kept-alive HTTP/1.1, or dripped, cut or reset where a fault asks for it."""

from __future__ import annotations

import io
import socket
import struct
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler

if TYPE_CHECKING:
    from collections.abc import Callable

WIRE_KEY = "sandbox.wire"


@dataclass(frozen=True)
class Reset:
    """No answer at all: the connection is reset."""


@dataclass(frozen=True)
class Drip:
    """The body goes out byte by byte, `seconds` apart."""

    seconds: float
    stopping: threading.Event


@dataclass(frozen=True)
class Cut:
    """The headers promise the whole body; only its first `count` bytes go out."""

    count: int


class WireHandler(WSGIRequestHandler):
    """Werkzeug's own handler closes after each answer, and waits before it does; real services keep the connection."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        self.environ = environ = self.make_environ()
        # The body is read whole before the app runs, so that what it leaves unread can't be taken for the next request.
        source = environ["wsgi.input"]
        chunked = environ.get("wsgi.input_terminated", False)
        body = source.read() if chunked else source.read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        status, headers = "500 Internal Server Error", list[tuple[str, str]]()

        def start_response(
            new_status: str, new_headers: list[tuple[str, str]], _exc_info: object = None
        ) -> Callable[[bytes], object]:
            nonlocal status, headers
            status, headers = new_status, list(new_headers)
            return lambda _data: None

        result = self.server.app(environ, start_response)
        try:
            answer = b"".join(result)
        finally:
            getattr(result, "close", lambda: None)()
        fault = environ.get(WIRE_KEY)
        try:
            if isinstance(fault, Reset):
                self._reset()
            else:
                self._send(int(status.split(maxsplit=1)[0]), headers, answer, fault)
        except OSError as error:
            self.close_connection = True
            self.connection_dropped(error, environ)

    def _send(self, code: int, headers: list[tuple[str, str]], answer: bytes, fault: object) -> None:
        bare = code in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
        self.send_response(code)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if not bare:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if bare or self.command == "HEAD":
            return
        if isinstance(fault, Drip):
            self._drip(answer, fault)
        elif isinstance(fault, Cut):
            self.wfile.write(answer[: fault.count])
            self._hang_up()
        else:
            self.wfile.write(answer)

    def _drip(self, answer: bytes, fault: Drip) -> None:
        for position in range(len(answer)):
            self.wfile.write(answer[position : position + 1])
            if fault.stopping.wait(fault.seconds):
                self._hang_up()
                return

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _reset(self) -> None:
        """No lingering makes the kernel send RST; detaching first lets no later reader touch the descriptor."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())

    def log_request(self, *_arguments: Any) -> None:
        """The ledger says what mattered; a line per request would drown it."""

    def log_error(self, format: str, *arguments: Any) -> None:  # noqa: A002  the parent's name for it
        """Not of a kept connection on which nothing came: callers keep many."""
        if not any(isinstance(each, TimeoutError) for each in arguments):
            super().log_error(format, *arguments)
