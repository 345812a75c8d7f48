"""Every action looks the same: keyword-only, the actor last, one transaction."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.sources import product_files, relative, tree


def _action_files() -> list[Path]:
    return [path for path in product_files() if "/actions/" in relative(path) and path.stem != "__init__"]


def _public_functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in tree(path).body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def test_what_an_action_takes_is_named() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in _action_files()
        for node in _public_functions(path)
        if "actor" in {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]} and node.args.args
    ]
    assert not found, "actions take keywords only:\n" + "\n".join(found)


def test_the_actor_comes_last() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in _action_files()
        for node in _public_functions(path)
        if (names := [argument.arg for argument in node.args.kwonlyargs]) and "actor" in names and names[-1] != "actor"
    ]
    assert not found, "the actor is an action's last parameter:\n" + "\n".join(found)
