"""`python -m sandbox`: the sandbox by itself, in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from sandbox.server import SandboxServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    add_options(parser)
    options = parser.parse_args()
    return run(host=options.host, port=options.port, data=options.data, clock_file=options.clock_file)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options; `manage.py sandbox` has the same."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8090, help="the port to listen on (8090)")
    parser.add_argument(
        "--data", type=Path, default=Path("var/sandbox"), metavar="DIR", help="where its state is kept (var/sandbox)"
    )
    parser.add_argument(
        "--clock-file", type=Path, default=None, metavar="FILE", help="shared with Luna; default DIR/clock.json"
    )


def run(*, host: str, port: int, data: Path, clock_file: Path | None) -> int:
    """Serve in the foreground; the exit code."""
    try:
        socket.create_server((host, port)).close()
    except (OSError, OverflowError) as error:
        code = getattr(error, "errno", None)
        reason = os.strerror(code) if code else error
        sys.stderr.write(f"The sandbox can't listen on {host}:{port}: {reason}.\n")
        return 1
    server = SandboxServer(data_dir=data, clock_file=clock_file or data / "clock.json", host=host, port=port)

    def stop(_signal: int, _frame: object) -> None:
        # serve() runs in this very thread and can only be asked to stop from another.
        threading.Thread(target=server.stop).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"Sandbox at {server.url}\n")
    sys.stdout.flush()
    server.serve()
    server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
