"""Luna's own source files, as the architecture tests walk them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("people", "launches", "milestones", "integrations", "reports")
_CODE = (*APPS, "luna", "sandbox", "tests", "benchmarks", "tools")


def relative(path: Path) -> str:
    """`path` as a reader of the repository writes it."""
    return path.relative_to(ROOT).as_posix()


@cache
def python_files() -> tuple[Path, ...]:
    """All Python files but migrations."""
    found = [path for folder in _CODE for path in sorted((ROOT / folder).rglob("*.py"))]
    return (ROOT / "manage.py", *(path for path in found if "migrations" not in path.parts))


@cache
def product_files() -> tuple[Path, ...]:
    """The Python files of Luna itself: no tests, no benchmarks, no tools, no sandbox."""
    product = {*APPS, "luna"}
    return tuple(path for path in python_files() if path.relative_to(ROOT).parts[0] in product)


@cache
def templates() -> tuple[Path, ...]:
    """All of Luna's templates."""
    return tuple(sorted((ROOT / "templates").rglob("*.html")))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_names(path: Path) -> set[tuple[int, str]]:
    """(line, dotted name) of everything that a file imports."""
    found: set[tuple[int, str]] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {(node.lineno, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.lineno, f"{node.module}.{alias.name}") for alias in node.names}
    return found
