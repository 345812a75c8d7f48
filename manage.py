#!/usr/bin/env python
"""Luna's command line: `python manage.py <command>`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run a command; a wrong setting ends with its one line instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luna.settings")
    from luna.env import SettingError

    try:
        if sys.argv[1:2] == ["up"]:
            # Needs no Django itself, and is at its first page sooner without it.
            from luna.up import main as up

            up(sys.argv[2:])
        else:
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.stderr.write(f"Luna can't start: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
