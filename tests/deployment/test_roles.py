"""The compose file's roles as processes: prepared, started, well, and stopped in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.architecture.sources import ROOT
from tests.faults.installation import Installation, wait_until
from tests.servers import free_port

pytestmark = pytest.mark.servers
_STOPS_WITHIN_SECONDS = 15


@pytest.fixture
def luna(tmp_path: Path) -> Installation:
    installation = Installation.make(tmp_path)
    installation.environment["LUNA_BASE_URL"] = f"http://127.0.0.1:{free_port()}"
    return installation


def _say(luna: Installation, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env=luna.environment,
        check=False,
        capture_output=True,
        text=True,
    )


@contextmanager
def _web(luna: Installation) -> Iterator[subprocess.Popen[bytes]]:
    port = luna.environment["LUNA_BASE_URL"].rpartition(":")[2]
    command = [sys.executable, "manage.py", "web", "--port", port]
    process = subprocess.Popen(command, cwd=ROOT, env=luna.environment, start_new_session=True)
    try:
        wait_until(lambda: _status(luna, "/livez") == 200, "the web server's answer")
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _status(luna: Installation, path: str) -> int:
    """The status of a page, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(luna.environment["LUNA_BASE_URL"] + path, timeout=5) as answer:  # noqa: S310 (ours)
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
    except (URLError, OSError):
        return 0


def test_web_and_worker_are_well_together_and_stop_when_asked(luna: Installation) -> None:
    with _web(luna) as web:
        assert _status(luna, "/readyz") == 503
        worker = luna.start_worker()
        try:
            wait_until(lambda: _status(luna, "/readyz") == 200, "/readyz saying yes")
            for process in (web, worker):
                process.send_signal(signal.SIGTERM)
                # A worker that was asked while it was still starting ends by the signal itself.
                assert process.wait(_STOPS_WITHIN_SECONDS) in {0, -signal.SIGTERM}
        finally:
            _end(worker)


def test_the_first_admins_link_is_made_while_there_is_nobody(luna: Installation) -> None:
    address = f"{luna.environment['LUNA_BASE_URL']}/setup/"
    prepared, again = _say(luna, "prepare").stdout, _say(luna, "setup_link").stdout
    assert address in prepared
    assert again.startswith(address)
    assert again.strip() not in prepared
    somebody = "from people.models import User; User.objects.create_user('a@luna.test', 'x' * 12, name='A')"
    luna.manage("shell", "-c", somebody)
    assert _say(luna, "prepare").stdout == ""
    assert _say(luna, "setup_link").returncode == 1
