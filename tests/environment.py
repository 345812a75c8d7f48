"""What the tests' environment holds before Luna's settings are read, and the walls around it."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from tests.servers import Servers

Address = tuple[str | int, ...] | str | bytes

_servers: Servers | None = None
_folder: Path | None = None


OURS = ("LUNA_TEST_", "LUNA_SEEDS", "LUNA_TASKS", "LUNA_EXAMPLES")
"""What whoever runs the tests may set."""


def prepare() -> None:
    """Point Luna at a fresh data folder, and at PostgreSQL and Valkey where `LUNA_TEST_DB=postgres` asks for them.

    Runs once in the process that starts the tests; pytest-xdist's workers inherit what it has set.
    """
    global _servers, _folder  # noqa: PLW0603 (one test session per process)
    if "LUNA_TEST_SESSION" in os.environ:
        return
    database = os.environ.get("LUNA_TEST_DB", "sqlite")
    if database not in {"sqlite", "postgres"}:
        raise SystemExit(f"LUNA_TEST_DB: {database!r} is neither sqlite nor postgres")
    for name in [name for name in os.environ if name.startswith("LUNA_") and not name.startswith(OURS)]:
        del os.environ[name]
    _folder = Path(tempfile.mkdtemp(prefix="luna-tests-"))
    os.environ |= {
        "LUNA_TEST_SESSION": str(os.getpid()),
        "LUNA_TEST_DB": database,
        "LUNA_DATA_DIR": str(_folder / "data"),
        "LUNA_BASE_URL": "http://testserver",
        "LUNA_SECRET_KEY": "a-secret-that-only-the-tests-know-0123456789",
        "LUNA_ENCRYPTION_KEYS": "t1:" + "A" * 43 + "=",
        "DJANGO_SETTINGS_MODULE": "luna.settings",
        # Playwright's synchronous calls run a loop in the test's thread, where Django would refuse the database.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    # Also when pytest ends before it has read its configuration.
    atexit.register(leave)
    if database == "postgres":
        # Tests commit next to nothing: autovacuum would find tables empty that are full for the one who asks.
        _servers = Servers.start(autovacuum="off")
        os.environ |= {"LUNA_DATABASE_URL": _servers.postgres.url("luna"), "LUNA_REDIS_URL": _servers.valkey.url}
        # Tests open and drop databases; processes that tests start have their pools.
        os.environ["LUNA_DATABASE_POOL"] = "0"


def leave() -> None:
    """Stop what `prepare` started; does nothing in pytest-xdist's workers."""
    if _servers is not None:
        _servers.stop()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)


def allow_only_loopback(patch: pytest.MonkeyPatch) -> None:
    """Make every socket of this process refuse to leave the machine, loudly."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked_connect(self: socket.socket, address: Address) -> None:
        _refuse_strangers(self, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Address) -> int:
        _refuse_strangers(self, address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "connect", checked_connect)
    patch.setattr(socket.socket, "connect_ex", checked_connect_ex)


def _refuse_strangers(calling: socket.socket, address: Address) -> None:
    if calling.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = str(address[0])
    if host not in {"localhost", "::1"} and not host.startswith("127."):
        raise AssertionError(f"a test tried to reach {host}: only loopback is open")
