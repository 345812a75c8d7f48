"""Settings refuse bad values by name."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from luna import env
from luna.env import SettingError

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("maybe", lambda: env.flag("LUNA_X")),
        ("many", lambda: env.number("LUNA_X", 1)),
        ("-1", lambda: env.number("LUNA_X", 1)),
        ("LOUD", lambda: env.one_of("LUNA_X", "INFO", ("INFO",))),
        ("luna.example", lambda: env.url("LUNA_X")),
        ("ftp://luna.example", lambda: env.url("LUNA_X")),
        ("/proc/none/such", lambda: env.folder("LUNA_X", Path())),
        ("short", lambda: env.kept_secret("LUNA_X", Path("never-made"))),
        ("k1:tooshort", lambda: env.key_ring("LUNA_X", Path("never-made"))),
        (f"k1:{KEY},k1:{KEY}", lambda: env.key_ring("LUNA_X", Path("never-made"))),
        ("jira.corp", lambda: env.private_targets("LUNA_X")),
        ("jira.corp:443=10.0.0.0/99", lambda: env.private_targets("LUNA_X")),
    ],
)
def test_a_bad_value_is_refused_by_name(
    value: str, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUNA_X", value)
    with pytest.raises(SettingError, match=r"^LUNA_X: "):
        read()


def test_what_the_operator_does_not_give_is_made_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    first = env.kept_secret("LUNA_NOT_SET", file)
    assert env.kept_secret("LUNA_NOT_SET", file) == first
    assert file.stat().st_mode & 0o077 == 0


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").write_text("s" * 40 + "\n")
    monkeypatch.setenv("LUNA_X_FILE", str(tmp_path / "s"))
    assert env.text("LUNA_X") == "s" * 40


def test_private_targets_are_host_port_and_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUNA_X", "Jira.Corp:8443=10.20.0.0/16, [fd12::1]:443")
    first, second = env.private_targets("LUNA_X")
    assert (first.host, first.port, str(first.network)) == ("jira.corp", 8443, "10.20.0.0/16")
    assert (second.host, second.port, second.network) == ("fd12::1", 443, None)
