"""The tests' world: settings, servers, people, the sandbox and the clock. Who is who stands in tests/people.py."""

from __future__ import annotations

import gc
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from tests import environment
from tests.moving_clock import MovingClock

if TYPE_CHECKING:
    from collections.abc import Iterator

# New objects until the youngest are looked through for garbage: a single page makes more than Python's own 700.
gc.set_threshold(50_000)
environment.prepare()
django.setup()
# Three runs share a small machine: how long an example takes there says nothing about the code. The same examples each
# time, so that a change alone can turn a test red; LUNA_EXAMPLES=1000 looks for new ones, as many for each test that
# names no number itself.
_EXAMPLES = os.environ.get("LUNA_EXAMPLES")
hypothesis.settings.register_profile(
    "luna",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    print_blob=True,
    derandomize=_EXAMPLES is None,
    max_examples=int(_EXAMPLES or 60),
)
hypothesis.settings.load_profile("luna")
# Hashing is slow on purpose; tests sign in often.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if connection.vendor == "sqlite":
    # A file, as Luna has it: threads wait for each other there, while Django's usual database in memory refuses them.
    _folder = Path(os.environ["LUNA_DATA_DIR"])
    _folder.mkdir(parents=True, exist_ok=True)
    connection.settings_dict["TEST"]["NAME"] = str(_folder / "tests.sqlite3")

pytest_plugins = ["tests.cast", "tests.chromium", "tests.outside"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("luna")
    group.addoption(
        "--databases-only", action="store_true", help="leave out what reads no database and starts no process of Luna"
    )
    group.addoption("--plain-too", action="append", default=[], help="a file of tests that stays whole all the same")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What reads no database need not run on both."""
    if config.getoption("--databases-only"):
        whole = {Path(name).resolve() for name in config.getoption("--plain-too")}
        plain = [item for item in items if item.path not in whole and not _needs_a_database(item)]
        config.hook.pytest_deselected(items=plain)
        left_out = set(plain)
        items[:] = [item for item in items if item not in left_out]


def _needs_a_database(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    marked = any(item.get_closest_marker(name) for name in ("django_db", "servers", "browser"))
    return marked or not {"db", "transactional_db"}.isdisjoint(fixtures)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again took every eighth second."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    environment.leave()


def pytest_report_header() -> str:
    """Say which of the two set-ups this run tests."""
    return "luna: PostgreSQL + Valkey" if os.environ["LUNA_TEST_DB"] == "postgres" else "luna: SQLite, no Redis"


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        environment.allow_only_loopback(patch)
        yield


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MovingClock]:
    """Luna's clock, which a test moves: `clock.move(timedelta(days=1))`, `clock.set(instant)`. Children inherit it."""
    moving = MovingClock(tmp_path / "clock.json")
    monkeypatch.setenv("LUNA_CLOCK_FILE", str(moving.file))
    yield moving
    moving.move(timedelta(0))
