"""What `manage.py up` was asked for, as an environment: done before Django reads its settings."""

from __future__ import annotations

import argparse
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from luna.env import SettingError

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class StartOptions:
    """The options of `manage.py up`."""

    demo: bool
    host: str
    port: int
    data: str | None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `manage.py up`."""
    parser.add_argument("--demo", action="store_true", help="with the sample company and the sandbox; on loopback only")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    parser.add_argument(
        "--data", default=None, help="the folder that Luna keeps its files in (LUNA_DATA_DIR, else var/)"
    )


def prepare(arguments: list[str]) -> None:
    """Set the environment that `manage.py up <arguments>` and its children run in. Raises SettingError."""
    parser = argparse.ArgumentParser(prog="manage.py up", add_help=False, allow_abbrev=False)
    add_options(parser)
    parsed, _ = parser.parse_known_args(arguments)
    options = StartOptions(parsed.demo, parsed.host, parsed.port, parsed.data)
    if options.data:
        os.environ["LUNA_DATA_DIR"] = options.data
    if options.demo and options.host not in _LOOPBACK:
        raise SettingError(f"--host: the demo listens on this machine only, not on {options.host}")
    check_port(options.host, options.port)
    address = f"http://{_in_url(options.host)}:{options.port}"
    if options.demo:
        data = _demo_data()
        os.environ["LUNA_BASE_URL"] = address
        os.environ |= demo_environment(data, sandbox_port(data, options.port))
    else:
        os.environ.setdefault("LUNA_BASE_URL", address)


def demo_environment(data: Path, port_of_sandbox: int) -> dict[str, str]:
    """The settings that connect the demo with its sandbox."""
    sandbox = f"127.0.0.1:{port_of_sandbox}"
    private = [entry for entry in os.environ.get("LUNA_PRIVATE_HOSTS", "").split(",") if entry.strip()]
    return {
        "LUNA_DEMO": "1",
        "LUNA_SANDBOX_URL": f"http://{sandbox}",
        "LUNA_SLACK_URL": f"http://{sandbox}/slack/api",
        "LUNA_ATLASSIAN_URL": f"http://{sandbox}/atlassian",
        "LUNA_ASANA_URL": f"http://{sandbox}/asana/api/1.0",
        "LUNA_CLICKUP_URL": f"http://{sandbox}/clickup/api/v2",
        "LUNA_GOOGLE_URL": f"http://{sandbox}/google",
        "LUNA_PRIVATE_HOSTS": ",".join([*private, sandbox]),
        "LUNA_CLOCK_FILE": str(data / "clock.json"),
    }


def check_port(host: str, port: int) -> None:
    """Raise SettingError if nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SettingError(
                f"port {port} of {host} can't be used ({reason}); choose another with PORT= or --port"
            ) from error


def sandbox_port(data: Path, luna_port: int) -> int:
    """The sandbox's port, chosen once per data folder: the sample connection points to it. Raises SettingError."""
    kept = data / "sandbox-port"
    if kept.exists():
        port = int(kept.read_text(encoding="utf-8"))
        check_port("127.0.0.1", port)
        return port
    port = _free_port(luna_port + 1)
    kept.write_text(str(port), encoding="utf-8")
    return port


def _free_port(preferred: int) -> int:
    try:
        check_port("127.0.0.1", preferred)
    except SettingError:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    return preferred


def _demo_data() -> Path:
    """The data folder, made if missing; the same rule as the settings have. Raises SettingError."""
    data = (
        Path(os.environ.get("LUNA_DATA_DIR") or Path(__file__).resolve().parent.parent / "var").expanduser().resolve()
    )
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"LUNA_DATA_DIR: can't make {data} ({error.strerror})") from error
    if not os.access(data, os.W_OK):
        raise SettingError(f"LUNA_DATA_DIR: {data} can't be written")
    return data


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
