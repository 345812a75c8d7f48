"""What `check --deploy` says."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from luna.checks import check_address, check_database, is_sound


@pytest.mark.parametrize(
    ("address", "is_open"),
    [("https://luna.example", False), ("http://127.0.0.1:8000", False), ("http://luna.example", True)],
)
def test_an_address_in_the_open_is_told(settings: Settings, address: str, is_open: bool) -> None:
    settings.BASE_URL = address
    assert bool(check_address()) is is_open


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
    ],
)
def test_sqlite_versions(version: tuple[int, int, int], sound: bool) -> None:
    assert is_sound(version) is sound


def test_several_workers_need_postgresql(settings: Settings) -> None:
    settings.DATABASE_URL, settings.REDIS_URL = "", "redis://localhost"
    assert "luna.I002" in {message.id for message in check_database()}
    settings.DATABASE_URL = "postgresql://localhost/luna"
    assert check_database() == []
