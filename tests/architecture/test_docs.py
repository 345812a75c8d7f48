"""The documents are true: settings, versions, dependencies, links, and nothing of the place where Luna is written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, product_files, relative

_SETTING = re.compile(r"\bLUNA_[A-Z][A-Z_]+[A-Z]\b")
# Names of docker-compose.yml's own, of the tests, and of one command (docs/self-hosting/command-line.md).
_NOT_SETTINGS = {"LUNA_HOST", "LUNA_TEST_DB", "LUNA_TEST_SESSION", "LUNA_TOKEN"}
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
_TEXT = {".py", ".md", ".html", ".css", ".js", ".toml", ".yml", ".sh", ".lock", ".example", ".json", ".txt", ""}
_SKIPPED_FOLDERS = {"var", "vendor", "static-collected", "node_modules"}
# Package indexes are the operator's choice.
_INDEX = re.compile(r"://(test\.)?pypi|registry\.npm|index-url [^\\\n]*://")


def _documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _settings_in(text: str) -> set[str]:
    return {name.removesuffix("_FILE") for name in _SETTING.findall(text)} - _NOT_SETTINGS


def _settings_in_code() -> set[str]:
    return _settings_in("\n".join(path.read_text(encoding="utf-8") for path in product_files()))


@pytest.mark.parametrize("document", [".env.example", "docs/self-hosting/configuration.md"])
def test_every_setting_is_documented_and_every_documented_one_exists(document: str) -> None:
    documented = _settings_in((ROOT / document).read_text(encoding="utf-8"))
    code = _settings_in_code()
    assert not code - documented, f"not in {document}: {sorted(code - documented)}"
    assert not documented - code, f"{document} has what Luna doesn't read: {sorted(documented - code)}"


def test_the_readme_can_be_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_the_changelog_has_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert versions[0] == version


def test_every_dependency_has_its_reason_and_every_reason_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    required = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=!~ ;]", line)[0] for line in required}
    page = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
    reasons = dict(re.findall(r"^- `([a-z0-9-]+)`: (.{15,})$", page, re.M))
    assert names == reasons.keys()


@pytest.mark.parametrize("document", _documents(), ids=relative)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    lost = [
        link for link in _LINK.findall(document.read_text(encoding="utf-8")) if not (document.parent / link).exists()
    ]
    assert not lost


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    missing = [path.name for path in (ROOT / "docs/decisions").glob("0*.md") if f"({path.name})" not in listed]
    assert not missing


def _text_files() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if not any(part in _SKIPPED_FOLDERS or _is_hidden(part) for part in path.relative_to(ROOT).parts[:-1])
        if path.is_file() and path.suffix in _TEXT and path.stat().st_size < 1_000_000
    ]


def _is_hidden(folder: str) -> bool:
    return folder.startswith(".") and folder != ".ci"


def test_nothing_tells_where_luna_was_written() -> None:
    here = re.compile(rf"{re.escape(str(ROOT))}\b")
    found = []
    for path in _text_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        if path != Path(__file__):
            found += [f"{relative(path)}: {match[0]}" for match in [*here.finditer(text), *_INDEX.finditer(text)]]
    assert not found, "\n".join(found)
