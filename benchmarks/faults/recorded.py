"""A sandbox that remembers what it was asked, and that can take a token back in the middle of a piece of work."""

from __future__ import annotations

import io
import json
import random
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from benchmarks.faults.stage import Stage
from sandbox.control import SandboxControl
from sandbox.faults import API_ROOTS
from sandbox.jira import issues
from sandbox.server import SandboxServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Asked:
    """One call of an API. `answer` is None where it was refused."""

    face: str
    path: str
    body: bytes
    answer: bytes | None

    def answered(self) -> Any:
        """The answer's JSON."""
        return json.loads(self.answer or b"null")


@dataclass(frozen=True)
class Refusal:
    """How a service says that it does not know a token any more."""

    status: int
    body: dict[str, Any]


HOW_OFTEN_BEHIND = 0.5
MOST_REMEMBERED = 20
INVALID_GRANT = Refusal(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
"""How every service that hands out access tokens refuses another one."""
_SIGN_INS = ("/oauth_token", "/oauth/token", "/google/token")


@dataclass
class Calls:
    """A WSGI layer before the sandbox: `asked` grows call by call."""

    app: WSGIApplication
    asked: list[Asked] = field(default_factory=list)
    refusal: Refusal | None = None
    face: str = ""
    """Whose calls are refused, and counted in `left`."""
    left: int = 0
    """How many of them still pass."""
    dice: random.Random | None = None
    """While it is there, issues may be told as they were told before."""
    from_the_past: int = 0
    """How many were."""
    _told: dict[str, list[Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def revoke(self, face: str, refusal: Refusal, *, after: int = 0) -> None:
        """From the call after the next `after` ones on, all of this face's are refused."""
        with self.lock:
            self.face, self.refusal, self.left = face, refusal, after

    def restore(self) -> None:
        """A new token is good."""
        with self.lock:
            self.refusal = None

    @contextmanager
    def answering_from_the_past(self, dice: random.Random) -> Iterator[None]:
        """As a service some of whose machines are behind."""
        self.dice = dice
        yield
        self.dice = None

    def of(self, face: str) -> list[Asked]:
        """What this face was asked, oldest first."""
        with self.lock:
            return [one for one in self.asked if one.face == face]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        face = next((name for root, name in API_ROOTS.items() if path.startswith(root)), "")
        if not face:
            return self.app(environ, start_response)
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        refusal = self._refusal_of(face, path)
        if refusal is not None:
            answer = Response(json.dumps(refusal.body), status=refusal.status, mimetype="application/json")
        else:
            answer = Response.from_app(self.app, environ, buffered=True)
            if path.endswith("/issue/bulkfetch"):
                answer = self._by_one_behind(answer, self.dice) if self.dice else self._remembered(answer)
        with self.lock:
            self.asked.append(Asked(face, path, body, None if refusal else answer.get_data()))
        return answer(environ, start_response)

    def _by_one_behind(self, answer: Response, dice: random.Random) -> Response:
        """Some of the issues in it as they were told before."""
        found = json.loads(answer.get_data())
        for place, issue in enumerate(found["issues"]):
            known = self._told.setdefault(issue["id"], [])
            if known and dice.random() < HOW_OFTEN_BEHIND:
                found["issues"][place] = dice.choice(known)
                self.from_the_past += 1
        return Response(json.dumps(found), mimetype="application/json")

    def _remembered(self, answer: Response) -> Response:
        for issue in json.loads(answer.get_data()).get("issues", []):
            known = self._told.setdefault(issue["id"], [])
            known.append(issue)
            del known[:-MOST_REMEMBERED]
        return answer

    def _refusal_of(self, face: str, path: str) -> Refusal | None:
        with self.lock:
            if self.refusal is None or face != self.face:
                return None
            if self.left > 0:
                self.left -= 1
                return None
            return INVALID_GRANT if path.endswith(_SIGN_INS) else self.refusal


class RecordedSandbox(SandboxServer):
    """`calls` holds what it was asked."""

    def __init__(self, *, data_dir: Path, clock_file: Path | None = None) -> None:
        super().__init__(data_dir=data_dir, clock_file=clock_file)
        self.calls = Calls(self._server.app)
        self._server.app = self.calls

    def edit_issues(self, changes: Mapping[str, tuple[str, str]]) -> None:
        """Status and summary of many of Jira's issues by their keys, in one transaction."""
        now_ms = self._state.clock.now_ms()
        with self._state.store.writing() as connection:
            for key, (status, summary) in changes.items():
                issue = issues.by_key(connection, key)
                assert issue is not None
                if status != issue.status:
                    issue = issues.moved(issue, status, at=now_ms)
                issues.save(connection, replace(issue, summary=summary, updated=now_ms), now_ms=now_ms)


@contextmanager
def recorded(stage: Stage, name: str = "once") -> Iterator[tuple[Stage, Calls]]:
    """The stage with another sandbox, which remembers; two on one stage need two names."""
    with RecordedSandbox(data_dir=stage.folder / f"recorded-{name}", clock_file=stage.clock.file) as sandbox:
        other = replace(stage, sandbox=sandbox, control=SandboxControl(sandbox.url))
        other.open_to_sandbox()
        yield other, sandbox.calls
