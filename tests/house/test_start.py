"""`manage.py up` says in one line what it can't do, and leaves with 2."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from luna.env import SettingError
from luna.start import demo_environment, prepare, sandbox_port
from tests.architecture.sources import ROOT


def _refusal(*arguments: str, **environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    done = subprocess.run(
        [sys.executable, "manage.py", "up", *arguments],
        cwd=ROOT,
        env=inherited | environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port} of 127.0.0.1 can't be used" in _refusal("--port", port, "--data", str(tmp_path))


def test_the_demo_listens_on_this_machine_only(tmp_path: Path) -> None:
    assert "this machine only" in _refusal("--demo", "--host", "0.0.0.0", "--data", str(tmp_path))  # noqa: S104


@pytest.mark.parametrize("demo", [["--demo"], []])
def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, demo: list[str]) -> None:
    (tmp_path / "file").touch()
    assert "LUNA_DATA_DIR: can't make" in _refusal(*demo, "--port", "0", "--data", str(tmp_path / "file" / "data"))


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    said = _refusal("--port", "0", "--data", str(tmp_path), LUNA_WORKER_THREADS="many")
    assert "LUNA_WORKER_THREADS: 'many' is not a whole number" in said


def test_the_sandbox_keeps_its_port(tmp_path: Path) -> None:
    port = sandbox_port(tmp_path, 18000)
    assert sandbox_port(tmp_path, 19000) == port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(SettingError, match=str(port)):
        sandbox_port(tmp_path, 18000)


def test_the_demo_may_call_its_sandbox_besides_what_the_operator_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUNA_PRIVATE_HOSTS", "jira.example:443")
    environment = demo_environment(tmp_path, 8001)
    assert environment["LUNA_PRIVATE_HOSTS"] == "jira.example:443,127.0.0.1:8001"
    assert environment["LUNA_SLACK_URL"] == "http://127.0.0.1:8001/slack/api"


def test_links_lead_to_where_luna_listens_unless_the_operator_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUNA_BASE_URL")
    prepare(["--port", "0"])
    assert os.environ["LUNA_BASE_URL"] == "http://127.0.0.1:0"
    monkeypatch.setenv("LUNA_BASE_URL", "https://luna.example")
    prepare(["--port", "0"])
    assert os.environ["LUNA_BASE_URL"] == "https://luna.example"
