"""Bodies of 200 MB through the real web server: refused, and its memory stays as it was."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from luna.up import answers
from luna.web import granian_command
from tests.faults.installation import ROOT, wait_until

SIZE = 200
MORE_THAN_BEFORE = 32
"""Megabytes; what is read of a call is one at most."""
MEGABYTE = b" " * 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The web server alone, by its port; bodies are refused before the database is asked."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"LUNA_DATA_DIR": str(tmp_path_factory.mktemp("data")), "LUNA_DATABASE_URL": ""}
    command = granian_command(host="127.0.0.1", port=port, workers=1)
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/livez"), "the web server to answer")
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


def worker_of(process: subprocess.Popen[bytes]) -> Path:
    """The folder of what Linux tells of the web server's one worker."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return max((Path(f"/proc/{child}") for child in children), key=lambda one: memory(one, "VmRSS"))


def memory(process: Path, name: str) -> int:
    """In megabytes: `VmRSS` now, `VmHWM` at its highest."""
    lines = (process / "status").read_text().splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith(name)), 0)


def posted(port: int, head: str, pieces: Iterator[bytes]) -> bytes:
    """The first line of the answer to a body that is sent as long as the server takes it."""
    call = f"POST /hooks/{'x' * 43}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(call.encode())
        with suppress(ConnectionError):
            for piece in pieces:
                wire.sendall(piece)
        return wire.recv(4096).partition(b"\r\n")[0]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells of memory there")
def test_two_hundred_megabytes_cost_no_memory(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, process = server
    worker = worker_of(process)
    before = memory(worker, "VmRSS")
    told = posted(port, f"Content-Length: {SIZE * len(MEGABYTE)}", (MEGABYTE for _ in range(SIZE)))
    chunk = b"%x\r\n%s\r\n" % (len(MEGABYTE), MEGABYTE)
    in_chunks = posted(port, "Transfer-Encoding: chunked", (chunk for _ in range(SIZE)))
    assert {told, in_chunks} == {b"HTTP/1.1 413 Payload Too Large"}
    assert memory(worker, "VmHWM") - before < MORE_THAN_BEFORE
