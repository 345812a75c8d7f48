"""Scripted faults: which calls go wrong, how, and how often; and the gate in front of the faces that makes them so."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from werkzeug.wrappers import Response

from sandbox.wire import WIRE_KEY, Cut, Drip, Reset

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A call under one of these is a call of that face's API; everything else is a page for people and never goes wrong.
API_ROOTS = {
    "/jira/rest/": "jira",
    "/atlassian/ex/jira/": "jira",
    "/atlassian/oauth/": "jira",
    "/jira-dc/rest/": "jira-dc",
    "/slack/api/": "slack",
    "/asana/api/": "asana",
    "/asana/-/oauth_token": "asana",
    "/clickup/api/": "clickup",
    "/google/token": "google",
    "/google/drive/v3/": "google",
    "/google/v1/": "google",
}
FACES = tuple(dict.fromkeys(API_ROOTS.values()))
Kind = Literal[
    "status", "html", "bad_json", "delay", "drip", "cut", "reset_before", "reset_after", "timeout_after",
    "index_lag", "minute_steps", "malformed_issue", "hidden_issue", "account_zone", "short_pages", "token_loop",
]  # fmt: skip
STANDING_KINDS = (
    "index_lag",
    "minute_steps",
    "malformed_issue",
    "hidden_issue",
    "account_zone",
    "short_pages",
    "token_loop",
)  # these hold until cleared; the others are used up call by call
LOGIN_PAGE = "<!doctype html><html><head><title>Log in</title></head><body><h1>Log in to continue</h1></body></html>"


@dataclass
class Fault:
    """`match` is searched in "METHOD /path"; `times` is how many calls are still to be hit."""

    face: str
    kind: Kind
    match: str = ""
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    seconds: float = 0.0
    bytes: int = 0
    key: str = ""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """Raises ValueError, in words, for what can't be a fault."""
        unknown = sorted(set(data) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"A fault has no {', '.join(unknown)}.")
        if data.get("face") not in FACES or data.get("kind") not in get_args(Kind):
            raise ValueError(f"A fault needs a face of {FACES} and a kind of {get_args(Kind)}.")
        try:
            re.compile(data.get("match", ""))
        except re.error as error:
            raise ValueError(f"The match is no regular expression: {error}.") from error
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    """The faults that are still to come; kept in memory, for a restarted sandbox is a sound one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripted: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._scripted.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._scripted.clear()

    def lift(self, kind: str, key: str) -> None:
        """Take back those of a kind; with a key, that of this key alone."""
        with self._lock:
            self._scripted = [one for one in self._scripted if one.kind != kind or (key and one.key != key)]

    def listed(self) -> list[Fault]:
        with self._lock:
            return list(self._scripted)

    def take(self, face: str, call: str) -> Fault | None:
        """The first fault for this call, which thereby is used once."""
        with self._lock:
            for fault in self._scripted:
                if fault.face == face and fault.kind not in STANDING_KINDS and re.search(fault.match, call):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._scripted.remove(fault)
                    return fault
        return None

    def index_lag_seconds(self) -> float:
        return max((fault.seconds for fault in self.listed() if fault.kind == "index_lag"), default=0.0)

    def stands(self, kind: Kind) -> bool:
        return any(fault.kind == kind for fault in self.listed())

    def hidden_keys(self) -> frozenset[str]:
        """Issues that a security level keeps from the account."""
        return frozenset(fault.key for fault in self.listed() if fault.kind == "hidden_issue")

    def account_zone(self) -> str:
        """Another time zone of Jira's account than its own, or ""."""
        return next((fault.key for fault in self.listed() if fault.kind == "account_zone"), "")

    def malformed_keys(self) -> frozenset[str]:
        return frozenset(fault.key for fault in self.listed() if fault.kind == "malformed_issue")


class FaultGate:
    """A WSGI layer in front of the faces. `stopping` ends every wait when the server goes down."""

    def __init__(self, app: WSGIApplication, faults: Faults, stopping: threading.Event) -> None:
        self._app = app
        self._faults = faults
        self._stopping = stopping

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        face = next((name for root, name in API_ROOTS.items() if path.startswith(root)), "")
        fault = self._faults.take(face, f"{environ['REQUEST_METHOD']} {path}") if face else None
        if fault is None:
            return self._app(environ, start_response)
        return self._answer(fault, environ)(environ, start_response)

    def _answer(self, fault: Fault, environ: WSGIEnvironment) -> WSGIApplication:
        match fault.kind:
            case "status":
                return _scripted_status(fault)
            case "html":
                return Response(LOGIN_PAGE, status=200, mimetype="text/html")
            case "reset_before":
                environ[WIRE_KEY] = Reset()
                return Response(status=500)
            case "delay":
                self._stopping.wait(fault.seconds)
                return self._app
        answer = Response.from_app(self._app, environ, buffered=True)
        match fault.kind:
            case "bad_json":
                return Response('{"ok": tru', status=200, mimetype="application/json")
            case "drip":
                environ[WIRE_KEY] = Drip(fault.seconds, self._stopping)
            case "cut":
                environ[WIRE_KEY] = Cut(fault.bytes)
            case "timeout_after":
                self._stopping.wait(fault.seconds)
                environ[WIRE_KEY] = Reset()
            case _:
                environ[WIRE_KEY] = Reset()
        return answer


def _scripted_status(fault: Fault) -> Response:
    if isinstance(fault.body, str):
        return Response(fault.body, status=fault.status, headers=fault.headers, mimetype="text/html")
    body = fault.body
    if body is None:
        body = _vendors_words(fault)
    return Response(json.dumps(body), status=fault.status, headers=fault.headers, mimetype="application/json")


def _vendors_words(fault: Fault) -> dict[str, Any]:
    """A refusal without a body of its own, in the shape in which the vendor refuses."""
    match fault.face:
        case "slack":
            return {"ok": False, "error": "fatal_error"}
        case "asana":
            return {"errors": [{"message": "Scripted.", "help": "For more information, see the documentation."}]}
        case "clickup":
            return {"err": "Scripted.", "ECODE": "SCRIPTED_001"}
        case "google":
            return {"error": {"code": fault.status, "message": "Scripted.", "status": "INTERNAL"}}
        case _:
            return {"errorMessages": ["Scripted."], "errors": {}}
