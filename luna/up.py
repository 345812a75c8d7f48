"""`manage.py up`: everything that Luna needs in one go.

Runs before Django is loaded, so that a second start on the same data is at its first page as soon as the web server
is: whatever needs Django (migrations, the sample company, the first admin's link) is done by `manage.py prepare`.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from urllib.error import URLError

from luna.demo.company import DOMAIN, PASSWORD, SIGN_INS
from luna.env import SettingError
from luna.schema import is_ready
from luna.start import add_options, prepare
from luna.supervisor import Child, Supervisor
from luna.web import granian_command

_MANAGE = [sys.executable, str(Path(__file__).resolve().parent.parent / "manage.py")]
_PROBE_SECONDS = 2.0
_HALF_LOADED = "sample-company-half-loaded"


def main(arguments: list[str]) -> None:
    """Prepare the data folder, then supervise the children until someone asks to stop. Raises SettingError."""
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Start Luna: web server, worker, and with --demo the sandbox."
    )
    add_options(parser)
    options = parser.parse_args(arguments)
    prepare(arguments)
    # Imported only now: it reads the environment that was just prepared.
    from luna import settings  # noqa: PLC0415

    # Until the supervisor takes over, a stop from outside is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _only_one(settings.DATA_DIR), contextlib.suppress(KeyboardInterrupt):
        if not _is_prepared(settings):
            _run_prepare()
        web = Child("web", granian_command(host=options.host, port=options.port, workers=settings.WEB_WORKERS))
        worker = Child("worker", [*_MANAGE, "worker"])
        address = f"http://{_probe_host(options.host)}:{options.port}/livez"
        supervisor = Supervisor([web], later=[worker, sandbox_child(settings)] if settings.DEMO else [worker])
        supervisor.run(ready=lambda: answers(address), on_ready=lambda: _say(_greeting(settings)))


def sandbox_child(settings: ModuleType) -> Child:
    """The demo's outside world."""
    host, _, port = settings.SANDBOX_URL.removeprefix("http://").partition(":")
    data = settings.DATA_DIR
    place = ["--host", host, "--port", port, "--data", str(data / "sandbox"), "--clock-file", str(data / "clock.json")]
    return Child("sandbox", [sys.executable, "-m", "sandbox", *place])


def answers(url: str) -> bool:
    """Whether a server of ours says 200 there."""
    try:
        with urllib.request.urlopen(url, timeout=_PROBE_SECONDS) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def half_loaded(data: Path) -> Path:
    """The file that exists while the sample company is being loaded."""
    return data / _HALF_LOADED


def _is_prepared(settings: ModuleType) -> bool:
    """Whether `manage.py prepare` would find nothing to do. On PostgreSQL it always has its look."""
    on_sqlite = not settings.DATABASE_URL
    is_whole = not half_loaded(settings.DATA_DIR).exists()
    return on_sqlite and is_whole and is_ready(settings.DATA_DIR / "luna.sqlite3", settings.INSTALLED_APPS)


def _run_prepare() -> None:
    """Run it as a child; what it has to say it says itself."""
    code = subprocess.run([*_MANAGE, "prepare"], check=False).returncode
    if code:
        sys.exit(code)


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the data folder's lock. Raises SettingError when another Luna has it."""
    with (data / "up.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingError(
                f"LUNA_DATA_DIR: another Luna runs on {data}; stop it, or choose another folder"
            ) from error
        yield


def _probe_host(host: str) -> str:
    """Where a server that listens on `host` can be asked from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def _greeting(settings: ModuleType) -> str:
    demo = [
        f"Sandbox:  {settings.SANDBOX_URL} (the sample company's Jira, Asana, ClickUp, Slack and Google)",
        f"Sign in with the password {PASSWORD} as",
        *(f"  {f'{nick}@{DOMAIN}':<26} {who}" for nick, who in SIGN_INS),
    ]
    return "\n".join(["", f"Luna:     {settings.BASE_URL}", *(demo if settings.DEMO else []), "Ctrl-C stops it.", ""])


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
