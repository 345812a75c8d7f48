"""The only door out: addresses checked once and then connected to, a total deadline, a bound on what comes back.

`requests`' own time-outs are per read: a server that drips a byte a second holds a caller for hours. Here a clock
beside the call shuts the socket down when the time is over, in the handshake, the headers or the body.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import parse_url
from urllib3.util.connection import create_connection

from luna.lib.addresses import REFUSED, AddressError, check_url, may_call
from luna.lib.redaction import redact

CHUNK = 65_536


@dataclass(frozen=True)
class Limits:
    """How long a call may take and how much it may bring, decompressed."""

    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    total_seconds: float = 30.0
    body_bytes: int = 10_000_000


class AddressRefusedError(requests.RequestException):
    """Luna doesn't call there; the message says why."""


class NotConnectedError(requests.ConnectionError):
    """Nothing was sent: the host's name is unknown, or nobody answers there."""


class DeadlineExceededError(requests.Timeout):
    """The call as a whole took too long."""


class BodyTooLargeError(requests.RequestException):
    """More came back than a call may bring."""


class RedirectRefusedError(requests.RequestException):
    """The service sent Luna elsewhere; credentials don't follow."""


class _ClosedError(Exception):
    """Inside urllib3, which would take a RequestException (an OSError) for a broken connection."""


class Deadline:
    """The clock beside one call: at its end, the sockets in use are shut down and the call fails."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def start(self) -> None:
        """Start counting."""
        self._timer.start()

    def stop(self) -> None:
        """The call has ended."""
        self._timer.cancel()
        with self._lock:
            for twin in self._watched:
                twin.close()
            self._watched.clear()

    def watch(self, used: socket.socket) -> None:
        """Shut `used` down when the time is over. A twin of it is kept, because TLS wraps and takes the original."""
        with self._lock:
            self._watched.append(socket.fromfd(used.fileno(), used.family, used.type))
        if self.is_over:
            self._end()

    def _end(self) -> None:
        self.is_over = True
        with self._lock:
            for twin in self._watched:
                try:
                    twin.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class _Current(threading.local):
    deadline: Deadline | None = None


_current = _Current()


@contextmanager
def _within(seconds: float) -> Iterator[Deadline]:
    """Everything that this thread calls inside has to end in time."""
    deadline = Deadline(seconds)
    _current.deadline = deadline
    deadline.start()
    try:
        yield deadline
    finally:
        _current.deadline = None
        deadline.stop()


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """The host's addresses. Raises OSError, also when the resolver doesn't answer in time."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("the resolver does not answer") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _connect(connection: HTTPConnection) -> socket.socket:
    """Resolve once, check every record, connect to what was checked."""
    scheme = "https" if isinstance(connection, HTTPSConnection) else "http"
    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    try:
        target = check_url(f"{scheme}://{host}:{connection.port}", settings.PRIVATE_HOSTS)
    except AddressError as error:
        raise _ClosedError(str(error)) from None
    seconds = connection.timeout if isinstance(connection.timeout, int | float) else Limits.connect_seconds
    try:
        found = resolve(target.host, target.port, seconds)
    except OSError as error:
        raise NewConnectionError(connection, "can't be reached") from error
    if not all(may_call(ipaddress.ip_address(text.partition("%")[0]), target.opened_by) for text in found):
        raise _ClosedError(REFUSED)
    used = _first_open(connection, found, target.port, seconds)
    if _current.deadline is not None:
        _current.deadline.watch(used)
    return used


def _first_open(connection: HTTPConnection, addresses: list[str], port: int, seconds: float) -> socket.socket:
    for address in addresses:
        try:
            return create_connection((address, port), seconds, socket_options=connection.socket_options)
        except OSError:
            continue
    raise NewConnectionError(connection, "can't be reached")


class _GuardedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _watch_again(self)
        super().request(*args, **kwargs)


class _GuardedTLSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _watch_again(self)
        super().request(*args, **kwargs)


def _watch_again(connection: HTTPConnection) -> None:
    """A kept connection is used once more: this call's clock holds it now."""
    if connection.sock is not None and _current.deadline is not None:
        _current.deadline.watch(connection.sock)


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTLSConnection


class GuardedAdapter(HTTPAdapter):
    """Mounts on any requests session, an SDK's too. `after_call` is told of each call that was made."""

    def __init__(self, limits: Limits | None = None, after_call: Callable[[], None] | None = None) -> None:
        self.limits = limits or Limits()
        self.after_call = after_call
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTLSPool}

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        """One call to the end of its body. Certificates are always checked; proxies of the environment don't count."""
        try:
            check_url(request.url or "", settings.PRIVATE_HOSTS)
        except AddressError as error:
            raise AddressRefusedError(str(error), request=request) from None
        if self.after_call is not None:
            self.after_call()
        with _within(self.limits.total_seconds) as deadline:
            try:
                return self._send(request, deadline)
            except _ClosedError as error:
                raise AddressRefusedError(str(error), request=request) from None
            except (BodyTooLargeError, RedirectRefusedError):
                raise
            except (requests.RequestException, HTTPError, OSError) as error:
                raise self._named(request, deadline, error) from None

    def _send(self, request: requests.PreparedRequest, deadline: Deadline) -> requests.Response:
        patience = (self.limits.connect_seconds, self.limits.read_seconds)
        response = super().send(request, stream=True, timeout=patience, verify=True, proxies={})
        try:
            if response.is_redirect or 300 <= response.status_code < 304:
                host = parse_url(response.headers.get("Location", "")).host or "another page of the same host"
                raise RedirectRefusedError(f"redirected to {host}", request=request, response=response)
            response._content = self._body(request, response)
            response._content_consumed = True  # type: ignore[attr-defined]  # or requests would read it again
        finally:
            response.close()
        if deadline.is_over:
            raise TimeoutError
        return response

    def _body(self, request: requests.PreparedRequest, response: requests.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.raw.stream(CHUNK, decode_content=True):
            size += len(part)
            if size > self.limits.body_bytes:
                raise BodyTooLargeError(f"more than {self.limits.body_bytes} bytes came back", request=request)
            parts.append(part)
        return b"".join(parts)

    def _named(
        self, request: requests.PreparedRequest, deadline: Deadline, error: Exception
    ) -> requests.RequestException:
        """`error` as one of requests' kinds, told without query, credentials or what lies behind the address."""
        where = redact(f"{request.method} {(request.url or '').partition('?')[0]}")
        if deadline.is_over:
            return DeadlineExceededError(f"{where}: no answer within {self.limits.total_seconds:g} s", request=request)
        kind = type(error) if isinstance(error, requests.RequestException) else requests.ConnectionError
        cause = getattr(error.args[0], "reason", None) if error.args else None
        if isinstance(cause, NewConnectionError):
            kind = NotConnectedError
        return kind(f"{where}: {type(error).__name__}", request=request)


def guarded(
    session: requests.Session, limits: Limits | None = None, after_call: Callable[[], None] | None = None
) -> None:
    """Let `session` go out through the guarded door alone."""
    session.trust_env = False
    session.max_redirects = 0
    session.adapters.clear()
    session.mount("https://", GuardedAdapter(limits, after_call))
    session.mount("http://", GuardedAdapter(limits, after_call))


def guarded_session(limits: Limits | None = None, after_call: Callable[[], None] | None = None) -> requests.Session:
    """A plain requests session with the guarded door."""
    session = requests.Session()
    guarded(session, limits, after_call)
    return session
