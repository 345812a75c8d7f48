"""Run as a program inside an installation: has Luna loaded, and becomes by forking whatever process a test asks for.

What is forked is a process of its own, which may be killed; only the seconds that loading takes are saved. Reads one
line of JSON per wish from standard input, answers with one on standard output:
{"run": "worker" or a module with `main`, "arguments": […], "environment": {…}, "output": path} → {"pid": …}
{"wait": pid, "seconds": …} → {"code": as subprocess tells it, or null while it runs}
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import execute_from_command_line  # noqa: E402  settings first

# Whatever its processes would load one after the other.
for _name in (
    "celery.apps.worker", "celery.concurrency.thread", "integrations.destinations.google.destination",
    "integrations.destinations.slack.destination", "integrations.sources.jira.cloud.source", "luna.celery", "luna.urls",
    "tests.faults.scene", "tests.faults.sync_scene",
):  # fmt: skip
    import_module(_name)


def answer(wish: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked."""
    if "wait" in wish:
        return {"code": _wait(wish["wait"], wish["seconds"])}
    pid = os.fork()
    if pid == 0:
        _become(wish)
    while os.getpgid(pid) != pid:  # until it leads its own group, nobody can kill it with all that it starts
        time.sleep(0.001)
    return {"pid": pid}


def _wait(pid: int, seconds: float) -> int | None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    return None


def _become(wish: dict[str, Any]) -> None:
    """In the new process; never returns."""
    code = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(Path(wish["output"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ |= wish["environment"]
        if wish["run"] == "worker":
            execute_from_command_line(["manage.py", "worker"])
        else:
            import_module(wish["run"]).main(*wish["arguments"])
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()
