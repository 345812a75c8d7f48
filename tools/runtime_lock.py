"""Prints the part of requirements.lock that Luna needs at run time: what pyproject.toml's `dependencies` lead to.

The lock says after each package which others asked for it (`# via`); `luna (pyproject.toml)` is Luna itself.
Needs nothing but Python, because the image is made with it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_ROOT = "luna (pyproject.toml)"
_NAME = re.compile(r"^([A-Za-z0-9._-]+)(\[[^\]]*\])?==")


def runtime_part(lock: str) -> str:
    """The blocks of `lock` that are reached from Luna's own dependencies."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock.rstrip("\n"))
    asked_by = {_name(block): _asked_by(block) for block in blocks}
    wanted = {name for name, parents in asked_by.items() if _ROOT in parents}
    while more := {name for name, parents in asked_by.items() if name not in wanted and parents & wanted}:
        wanted |= more
    return "\n".join(block for block in blocks if _name(block) in wanted) + "\n"


def _name(block: str) -> str:
    match = _NAME.match(block)
    if match is None:
        raise ValueError(f"not a locked package: {block[:60]!r}")
    return match[1].lower()


def _asked_by(block: str) -> set[str]:
    """The names beneath `# via`, on its line or one a line."""
    _, _, after = block.partition("# via")
    return {line.strip(" #").split("[")[0].lower() for line in after.splitlines() if line.strip(" #")}


def main() -> int:
    sys.stdout.write(runtime_part(Path("requirements.lock").read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
