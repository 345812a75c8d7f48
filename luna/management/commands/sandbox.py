"""`manage.py sandbox`: the stand-ins of the services that Luna calls, on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from luna.management.command import LunaCommand
from sandbox.__main__ import add_options, run


class Command(LunaCommand):
    help = "Serve stand-ins of the services that Luna calls, in the foreground, until Ctrl-C."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_options(parser)

    def handle(
        self, *_args: Any, host: str, port: int, data: Path, clock_file: Path | None = None, **_options: Any
    ) -> None:
        """Serve; it leaves with 1 where it can't listen."""
        code = run(host=host, port=port, data=data, clock_file=clock_file)
        if code:
            raise SystemExit(code)
