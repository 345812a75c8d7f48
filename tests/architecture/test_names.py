"""Names and doors: modules are nouns, protected rows are reached through access, forms name their fields."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.sources import APPS, product_files, python_files, relative, tree

_EMPTY_WORDS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
    "core",
}
_PROTECTED = {
    "Launch", "LaunchSummary", "Participant", "Update", "Comment", "Notice",
    "Milestone", "Dependency", "Risk", "Decision", "Approval", "Approver", "Vote", "WorkDay", "Snapshot",
    "TaskSource", "Task", "SyncRun", "Schedule", "Edition", "Delivery",
}  # fmt: skip
# Where a person's request arrives: rows come from access.py and selectors there, never from a model itself.
_FRONT = {"views", "forms", "urls", "middleware", "adapter", "context"}
_SAFE_MARKUP_FOLDER = "luna/ui/"


def _front_files() -> list[Path]:
    return [path for path in product_files() if _FRONT & {*relative(path).split("/"), path.stem}]


def test_modules_are_named_for_what_they_hold() -> None:
    empty = [relative(path) for path in python_files() if _EMPTY_WORDS & {path.stem, path.parent.name}]
    assert not empty, f"these names say nothing: {empty}"


def test_protected_rows_are_reached_through_one_door() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {node.value.id}.{node.attr}"
        for path in _front_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
        if isinstance(node.value, ast.Name) and node.value.id in _PROTECTED
    ]
    assert not found, "use access.py or a selector:\n" + "\n".join(found)


def test_no_view_looks_a_protected_row_up_by_itself() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {node.func.id}({node.args[0].id})"
        for path in _front_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in {"get_object_or_404", "get_list_or_404"}
        if node.args and isinstance(node.args[0], ast.Name) and node.args[0].id in _PROTECTED
    ]
    assert not found, "use access.py:\n" + "\n".join(found)


def test_forms_name_their_fields() -> None:
    found = []
    for path in product_files():
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.ClassDef) and node.name == "Meta"):
                continue
            for statement in node.body:
                names = {t.id for t in getattr(statement, "targets", []) if isinstance(t, ast.Name)}
                value = getattr(statement, "value", None)
                takes_all = "fields" in names and isinstance(value, ast.Constant) and value.value == "__all__"
                if "exclude" in names or takes_all:
                    found.append(f"{relative(path)}:{statement.lineno}")
    assert not found, "a form lists what may be changed:\n" + "\n".join(found)


def test_markup_is_marked_safe_in_one_place() -> None:
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in product_files()
        if not relative(path).startswith(_SAFE_MARKUP_FOLDER)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and _called(node) in {"mark_safe", "SafeString", "SafeText"})
        or (isinstance(node, ast.FunctionDef) and node.name == "__html__")
    ]
    assert not found, "only luna/ui makes markup:\n" + "\n".join(found)


def _called(call: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def test_no_model_overrides_save_or_delete() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {owner.name}.{node.name}"
        for path in product_files()
        if relative(path).startswith(tuple(f"{app}/models/" for app in APPS))
        for owner in ast.walk(tree(path))
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete", "save_base", "refresh_from_db"}
    ]
    assert not found, "an action says what a change does:\n" + "\n".join(found)
