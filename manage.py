#!/usr/bin/env python
"""Luna's command line: `python manage.py <command>`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run a command; a wrong setting ends with its one line instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luna.settings")
    from django.core.management import execute_from_command_line

    from luna.env import SettingError
    from luna.start import prepare

    try:
        if sys.argv[1:2] == ["up"]:
            prepare(sys.argv[2:])
        execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.stderr.write(f"Luna can't start: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
