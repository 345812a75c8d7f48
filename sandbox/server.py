"""The sandbox served on loopback: in a thread for tests, or for a process of its own."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from werkzeug.serving import make_server

from sandbox.app import create_app
from sandbox.state import EXTENSION, State
from sandbox.wire import WireHandler

IN_TESTS = 0.005
"""Seconds: hundreds of servers are stopped there, one after the other."""


class SandboxServer:
    """`with SandboxServer(data_dir=…) as sandbox: … sandbox.url`; port 0 takes a free one."""

    def __init__(
        self, *, data_dir: Path, clock_file: Path | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        app = create_app(data_dir=data_dir, clock_file=clock_file)
        self._state = cast("State", app.extensions[EXTENSION])
        self._server = make_server(host, port, app, threaded=True, request_handler=WireHandler)
        self._thread = threading.Thread(target=self.serve, args=(IN_TESTS,), name="sandbox", daemon=True)
        self.url = f"http://{host}:{self._server.server_port}"

    def serve(self, look_every: float = 0.05) -> None:
        """Serve in this thread until another calls `stop`, which is looked for every so many seconds."""
        self._server.serve_forever(poll_interval=look_every)

    def stop(self) -> None:
        self._state.stopping.set()
        self._server.shutdown()

    def close(self) -> None:
        self._server.server_close()
        self._state.store.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join()
        self.close()
