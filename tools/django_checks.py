"""Django's own checks in a production-like environment, and a look for model changes without a migration."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="luna-checks-") as data:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
        environment = clean | {"LUNA_DATA_DIR": data, "LUNA_BASE_URL": "https://luna.example"}
        for command in (["check", "--deploy", "--fail-level", "WARNING"], ["makemigrations", "--check", "--dry-run"]):
            done = subprocess.run([sys.executable, "manage.py", *command], check=False, env=environment)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
