"""`make bench`: print every ratio beside its limit; exit 1 when one is over."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import django


def main() -> int:
    """Measure in a database of its own, which is thrown away."""
    with tempfile.TemporaryDirectory(prefix="luna-bench-") as folder:
        os.environ["LUNA_DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luna.settings")
        os.environ.setdefault("LUNA_LOG_LEVEL", "ERROR")
        os.environ.pop("LUNA_DATABASE_URL", None)
        django.setup()
        from benchmarks.run import run_all  # noqa: PLC0415  settings must be known before models are imported

        return 0 if run_all(Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
