"""The vendor's JSON, and how little of it comes when nobody asks: https://developers.asana.com/docs/inputoutput-options."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sandbox.asana.plan import PROJECT_OF, SECTIONS, USER_GIDS, WORKSPACE_GID, WORKSPACE_NAME, Project, Section
from sandbox.asana.tasks import Task
from sandbox.company.people import BY_ACCOUNT_ID, Person
from sandbox.names import called

Json = dict[str, Any]
COMPACT = ("gid", "resource_type", "name", "resource_subtype")
OPT_IN = ("dependencies", "dependents", "num_subtasks")
"""These come only to those who ask for them by name."""
FIRST_TAG_GID = 1_300_000_000_000_000
MINUTES_FIELD, POINTS_FIELD, ID_FIELD = "1200000000000101", "1200000000000102", "1200000000000103"


def instant_text(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def workspace_json() -> Json:
    return {"gid": WORKSPACE_GID, "resource_type": "workspace", "name": WORKSPACE_NAME, "is_organization": True}


def user_json(person: Person) -> Json:
    return {
        "gid": USER_GIDS[person.account_id],
        "resource_type": "user",
        "name": person.name,
        "email": person.email,
        "photo": None,
        "workspaces": [workspace_json()],
    }


def project_json(project: Project, site_url: str) -> Json:
    return {
        "gid": project.gid,
        "resource_type": "project",
        "name": called(f"asana {project.gid}", project.name),
        "archived": False,
        "permalink_url": f"{site_url}/projects/{project.gid}",
        "workspace": workspace_json(),
    }


def section_json(section: Section, site_url: str) -> Json:
    project = project_json(PROJECT_OF[section.gid], site_url)
    return {
        "gid": section.gid,
        "resource_type": "section",
        "name": called(f"asana {section.gid}", section.name),
        "created_at": "2026-06-01T08:00:00.000Z",
        "project": project,
        "projects": [project],
    }


def task_json(task: Task, site_url: str, *, subtasks: int = 0) -> Json:
    """All that there is to know of it; `subtasks` is how many stand directly below it."""
    people = {name: BY_ACCOUNT_ID.get(getattr(task, name) or "") for name in ("assignee", "creator")}
    home = PROJECT_OF[task.sections[0]].gid if task.sections else "0"
    found: Json = {
        "gid": task.gid,
        "resource_type": "task",
        "resource_subtype": task.subtype,
        "name": task.name,
        "completed": task.completed,
        "completed_at": instant_text(task.completed_at),
        "created_at": instant_text(task.created),
        "modified_at": instant_text(task.modified),
        "assignee": user_json(people["assignee"]) if people["assignee"] else None,
        "created_by": user_json(people["creator"]) if people["creator"] else None,
        "parent": {"gid": task.parent, "resource_type": "task"} if task.parent else None,
        "permalink_url": f"{site_url}/projects/{home}#{task.gid}",
        "due_at": None,
        "due_on": None,
        "notes": "",
        "custom_fields": _custom_fields(task),
        "num_subtasks": subtasks,
        "tags": [
            {"gid": str(FIRST_TAG_GID + zlib.crc32(tag.encode())), "resource_type": "tag", "name": tag}
            for tag in task.tags
        ],
        "dependencies": [{"gid": gid, "resource_type": "task"} for gid in task.dependencies],
        "memberships": [
            {
                "project": project_json(PROJECT_OF[section], site_url),
                "section": section_json(SECTIONS[section], site_url),
            }
            for section in task.sections
        ],
        "workspace": workspace_json(),
    }
    return found | ({"approval_status": task.approval} if task.subtype == "approval" else {})


def _custom_fields(task: Task) -> list[Json]:
    fields = [
        _number(MINUTES_FIELD, "Estimated time", task.minutes),
        _number(POINTS_FIELD, "Story points", task.points),
    ]
    if task.custom_id:
        field = {"gid": ID_FIELD, "resource_type": "custom_field", "name": "ID", "representation_type": "custom_id"}
        fields.append(field | {"id_prefix": task.custom_id.partition("-")[0], "display_value": task.custom_id})
    return fields


def _number(gid: str, name: str, value: float | None) -> Json:
    return {
        "gid": gid,
        "resource_type": "custom_field",
        "name": name,
        "type": "number",
        "representation_type": "number",
        "number_value": value,
        "display_value": None if value is None else f"{value:g}",
    }


def compact(record: Json) -> Json:
    """What a list tells by itself."""
    return {name: record[name] for name in COMPACT if name in record}


def whole(record: Json) -> Json:
    """What a single record tells by itself: everything but what has to be asked for, other records in brief."""
    return {name: _brief(value) for name, value in record.items() if name not in OPT_IN}


def _brief(value: Any) -> Any:
    if isinstance(value, list):
        return [_brief(one) for one in value]
    if isinstance(value, dict) and "gid" in value:
        return value if value.get("resource_type") == "custom_field" else compact(value)
    if isinstance(value, dict):
        return {name: _brief(one) for name, one in value.items()}
    return value


def picked(record: Json, paths: Iterable[str]) -> Json:
    """The gid and what the dotted paths ask for; another record without a path into it is its gid alone."""
    wanted: dict[str, list[str]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        wanted.setdefault(name, []).extend([rest] if rest else [])
    found = {"gid": record["gid"]} if "gid" in record else {}
    return found | {name: _picked_value(record[name], rest) for name, rest in wanted.items() if name in record}


def _picked_value(value: Any, paths: list[str]) -> Any:
    if isinstance(value, list):
        return [_picked_value(one, paths) for one in value]
    if not isinstance(value, dict):
        return value
    if "gid" not in value:
        return picked(value, paths) if paths else _brief(value)
    return {"gid": value["gid"], "resource_type": value["resource_type"]} | picked(value, paths)
