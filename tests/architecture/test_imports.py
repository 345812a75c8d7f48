"""The import contracts of pyproject.toml, and what they can't say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT, imported_names, product_files, relative

_SOCKETS = (
    "requests",
    "urllib3",
    "urllib.request",
    "http.client",
    "socket",
    "httplib2",
    "jira",
    "slack_sdk",
    "aiohttp",
    "httpx",
)
# In a provider's folder; all of them call through luna.lib.http.
_CLIENTS = ("/client.py", "/refusals.py", "/oauth.py", "/grants.py", "/addresses.py", "/registration.py", "/writes.py")
# Besides luna/lib/http.py and the providers' own clients: who may know of sockets, and why.
_MAY_OPEN_SOCKETS = {
    "luna/lib/http.py",
    "integrations/unreachable.py",  # names the transport's errors for several clients
    "luna/lib/addresses.py",  # looks names up for it
    "luna/start.py",  # asks whether a port is free
    "luna/up.py",  # asks its own child whether it answers
}


def test_the_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_guarded_transport_and_the_clients_open_sockets() -> None:
    strangers = [
        f"{relative(path)}:{line} imports {name}"
        for path in product_files()
        if not _may_open_sockets(relative(path))
        for line, name in sorted(imported_names(path))
        if any(name == module or name.startswith(f"{module}.") for module in _SOCKETS)
    ]
    assert not strangers, "outgoing calls go through luna.lib.http:\n" + "\n".join(strangers)


def _may_open_sockets(file: str) -> bool:
    """Also what names the errors that a client meets."""
    is_provider = file.startswith(("integrations/sources/", "integrations/destinations/"))
    is_client = is_provider and file.endswith(_CLIENTS)
    return is_client or file in _MAY_OPEN_SOCKETS


def test_the_sandbox_is_known_to_the_commands_and_tests_alone() -> None:
    strangers = [
        f"{relative(path)}:{line} imports {name}"
        for path in product_files()
        for line, name in sorted(imported_names(path))
        if name.split(".")[0] in {"sandbox", "tests", "benchmarks"} and "/management/commands/" not in relative(path)
    ]
    assert not strangers, "\n".join(strangers)
