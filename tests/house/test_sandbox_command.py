"""`manage.py sandbox` serves the stand-ins until it is asked to stop, and says in a line where it can't."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.servers import free_port


def _command(tmp_path: Path, port: int) -> tuple[list[str], dict[str, str]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    place = ["--port", str(port), "--data", str(tmp_path / "sandbox")]
    return [sys.executable, "manage.py", "sandbox", *place], inherited | {"LUNA_DATA_DIR": str(tmp_path / "luna")}


@pytest.mark.servers
def test_it_serves_and_stops(tmp_path: Path) -> None:
    port = free_port()
    command, environment = _command(tmp_path, port)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == f"Sandbox at http://127.0.0.1:{port}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert b"Fernhill" in page.read()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0


@pytest.mark.servers
def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command, environment = _command(tmp_path, port)
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=60
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The sandbox can't listen on 127.0.0.1:{port}: Address already in use.\n"
