"""What projects, sections and lists are called since someone renamed them; their ids stay.

`jira key CAL` and `jira name CAL` tell of Jira's project that was first called CAL, `jira once CAL` which project an
old key still leads to, `asana GID` and `clickup ID` the rest. Each is kept in the store, and in the state for speed.
"""

from __future__ import annotations

import sqlite3

from sandbox.company.plan import BY_KEY, Project
from sandbox.state import State, the_state
from sandbox.store import NAMES, forget_meta, set_meta


def called(what: str, otherwise: str) -> str:
    """As `what` is called now."""
    return the_state().names.get(what, otherwise)


def rename(state: State, connection: sqlite3.Connection, what: str, name: str) -> None:
    """In the caller's transaction."""
    set_meta(connection, f"{NAMES}{what}", name)
    state.names[what] = name


def rename_at_once(what: str, name: str) -> None:
    """Let it be called so from now on."""
    state = the_state()
    with state.store.writing() as connection:
        rename(state, connection, what, name)


def key_of(project: Project) -> str:
    """A Jira project's key as it is now."""
    return called(f"jira key {project.key}", project.key)


def name_of(project: Project) -> str:
    """A Jira project's name as it is now."""
    return called(f"jira name {project.key}", project.name)


def project_of(key: str) -> Project | None:
    """The project that has this key, or had it: Jira lets an old key lead on, until an admin takes it away.

    https://confluence.atlassian.com/adminjiraserver0917/editing-a-project-key-1431246064.html
    """
    wanted = key.upper()
    for project in BY_KEY.values():
        if key_of(project) == wanted:
            return project
    return BY_KEY.get(called(f"jira once {wanted}", ""))


def rename_project(
    state: State, connection: sqlite3.Connection, project: Project, *, key: str, name: str, keeps_old_key: bool
) -> None:
    """Another key and name. Its issues are called anew, and none counts as updated by that."""
    before = key_of(project)
    rename(state, connection, f"jira name {project.key}", name)
    if key == before:
        return
    rename(state, connection, f"jira key {project.key}", key)
    if keeps_old_key:
        rename(state, connection, f"jira once {before}", project.key)
    for what in [f"jira once {key}", *([] if keeps_old_key else _old_keys(state, project))]:
        forget_meta(connection, f"{NAMES}{what}")
        state.names.pop(what, None)
    for table in ("issue", "issue_index"):
        connection.execute(
            f"UPDATE {table} SET key = ? || '-' || number WHERE project_key = ?",  # noqa: S608 - one of two names
            (key, project.key),
        )
        connection.execute(
            f"""UPDATE {table} SET blocks = replace(blocks, '"' || ? || '-', '"' || ? || '-')""",  # noqa: S608 - as above
            (before, key),
        )


def _old_keys(state: State, project: Project) -> list[str]:
    return [what for what, home in state.names.items() if what.startswith("jira once ") and home == project.key]
