"""The ratchet: what is too long to be read at once is split, without exceptions."""

from __future__ import annotations

import ast

from tests.architecture.sources import ROOT, python_files, relative, templates, tree

FILE_LINES = 400
FUNCTION_LINES = 40
TEMPLATE_LINES = 120


def _lines(path: str) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_400_lines() -> None:
    static = [
        path for kind in ("css", "js") for path in (ROOT / "static").rglob(f"*.{kind}") if "vendor" not in path.parts
    ]
    files = [relative(path) for path in [*python_files(), *static]]
    too_long = [f"{file}: {_lines(file)} lines" for file in files if _lines(file) > FILE_LINES]
    assert not too_long, "\n".join(too_long)


def test_no_template_is_longer_than_120_lines() -> None:
    files = [relative(path) for path in templates()]
    too_long = [f"{file}: {_lines(file)} lines" for file in files if _lines(file) > TEMPLATE_LINES]
    assert not too_long, "\n".join(too_long)


def test_no_function_is_longer_than_40_lines() -> None:
    too_long = [
        f"{relative(path)}:{node.lineno} {node.name}: {length} lines"
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not too_long, "\n".join(too_long)
