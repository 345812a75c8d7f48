"""`python -m sandbox`: the sandbox by itself, in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import threading
from pathlib import Path

from sandbox.server import SandboxServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--data", type=Path, default=Path("var/sandbox"), metavar="DIR")
    parser.add_argument(
        "--clock-file", type=Path, default=None, metavar="FILE", help="shared with Luna; default DIR/clock.json"
    )
    options = parser.parse_args()
    clock_file = options.clock_file or options.data / "clock.json"
    try:
        socket.create_server((options.host, options.port)).close()
    except OSError as error:
        sys.stderr.write(f"The sandbox can't listen on {options.host}:{options.port}: {error.strerror}.\n")
        return 1
    server = SandboxServer(data_dir=options.data, clock_file=clock_file, host=options.host, port=options.port)

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
