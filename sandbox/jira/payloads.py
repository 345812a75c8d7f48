"""The vendor's JSON for projects, people and issues, made from what the sandbox keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.company.people import BY_ACCOUNT_ID, JIRA_TIME_ZONE
from sandbox.company.plan import BY_KEY, PROJECTS, Project
from sandbox.jira import issues
from sandbox.jira.issues import Issue
from sandbox.jira.vocabulary import FIELDS, ISSUE_TYPES, RESOLUTIONS, STATUSES, Category, FieldInfo, Status
from sandbox.names import key_of, name_of

EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
BLOCKERS = "SELECT * FROM issue WHERE blocks != '[]'"


def instant_text(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}+0000"


def adf(text: str) -> dict[str, Any] | None:
    """Text as the Atlassian Document Format, or nothing for no text."""
    if not text:
        return None
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


@dataclass(frozen=True)
class Shapes:
    """The shapes that carry the site's own address; `version` is that of the API that was called."""

    site_url: str
    version: str = "3"
    links: dict[str, list[Issue]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"{self.site_url}/rest/api/{self.version}/{path}"

    def user(self, account_id: str | None) -> dict[str, Any] | None:
        person = BY_ACCOUNT_ID.get(account_id or "")
        if person is None:
            return None
        return {
            "self": self.url(f"user?accountId={person.account_id}"),
            "accountId": person.account_id,
            "accountType": "atlassian",
            "displayName": person.name,
            "emailAddress": person.email,
            "active": person.is_active,
            "timeZone": JIRA_TIME_ZONE,
            "avatarUrls": {},
        }

    def project(self, project: Project) -> dict[str, Any]:
        project_id = str(10_000 + PROJECTS.index(project))
        return {
            "self": self.url(f"project/{project_id}"),
            "id": project_id,
            "key": key_of(project),
            "name": name_of(project),
            "projectTypeKey": "software",
            "simplified": False,
            "style": "classic",
            "isPrivate": False,
            "avatarUrls": {},
        }

    def category(self, category: Category) -> dict[str, Any]:
        return {
            "self": self.url(f"statuscategory/{category.id}"),
            "id": category.id,
            "key": category.key,
            "colorName": category.colour,
            "name": category.name,
        }

    def status(self, status: Status) -> dict[str, Any]:
        return {
            "self": self.url(f"status/{status.id}"),
            "description": "",
            "iconUrl": f"{self.site_url}/",
            "name": status.name,
            "id": status.id,
            "statusCategory": self.category(status.category),
        }

    def issue_type(self, name: str) -> dict[str, Any]:
        kind = ISSUE_TYPES[name]
        return {
            "self": self.url(f"issuetype/{kind.id}"),
            "id": kind.id,
            "description": "",
            "name": kind.name,
            "subtask": kind.level < 0,
            "hierarchyLevel": kind.level,
        }

    def resolution(self, name: str | None) -> dict[str, Any] | None:
        if name is None:
            return None
        number = RESOLUTIONS[name]
        return {"self": self.url(f"resolution/{number}"), "id": number, "description": "", "name": name}

    def brief_issue(self, issue: Issue) -> dict[str, Any]:
        """How an issue stands inside another: as its parent, or at the other end of a link."""
        fields = {
            "summary": issue.summary,
            "status": self.status(STATUSES[issue.status]),
            "issuetype": self.issue_type(issue.type),
        }
        return {"id": str(issue.id), "key": issue.key, "self": self.url(f"issue/{issue.id}"), "fields": fields}

    def field(self, info: FieldInfo) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": info.schema_type, "system": info.id}
        if info.custom:
            number = int(info.id.removeprefix("customfield_"))
            schema = {"type": info.schema_type, "custom": info.custom, "customId": number}
        return {
            "id": info.id,
            "key": info.id,
            "name": info.name,
            "custom": bool(info.custom),
            "orderable": True,
            "navigable": info.navigable,
            "searchable": bool(info.clause_names),
            "clauseNames": list(info.clause_names),
            "schema": schema,
        }

    def issue_links(self, issue: Issue) -> list[dict[str, Any]]:
        """Links of type Blocks: `outwardIssue` waits for this issue, `inwardIssue` is what this issue waits for."""
        kind = {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
        found = []
        for end in ("outwardIssue", "inwardIssue"):
            for other in self.links.get(f"{end} {issue.key}", []):
                number = str(issue.id * 100_000 + other.id)
                brief = self.brief_issue(other)
                found.append({"id": number, "self": self.url(f"issueLink/{number}"), "type": kind, end: brief})
        return found

    def issue_fields(self, issue: Issue, parent: Issue | None) -> dict[str, Any]:
        fields = {
            "summary": issue.summary,
            "description": adf(issue.description) if self.version == "3" else issue.description or None,
            "issuetype": self.issue_type(issue.type),
            "project": self.project(BY_KEY[issue.project_key]),
            "status": self.status(STATUSES[issue.status]),
            "statusCategory": self.category(STATUSES[issue.status].category),
            "statuscategorychangedate": instant_text(issue.category_changed),
            "resolution": self.resolution(issue.resolution),
            "resolutiondate": instant_text(issue.resolved),
            "subtasks": [],
            "issuelinks": self.issue_links(issue),
            "assignee": self.user(issue.assignee),
            "reporter": self.user(issue.reporter),
            "creator": self.user(issue.reporter),
            "priority": {"self": self.url("priority/3"), "id": "3", "name": "Medium"},
            "labels": list(issue.labels),
            "fixVersions": [
                {"id": name, "name": name, "archived": False, "released": False} for name in issue.fix_versions
            ],
            "timeoriginalestimate": issue.estimate_seconds,
            "timeestimate": 0 if issue.is_done and issue.estimate_seconds else issue.estimate_seconds,
            "timespent": None,
            "duedate": issue.due,
            "created": instant_text(issue.created),
            "updated": instant_text(issue.updated),
            "customfield_10014": parent.key if parent is not None and parent.type == "Epic" else None,
            "customfield_10016": issue.points,
            "customfield_10020": [
                {"id": number, "name": f"Sprint {number}", "state": "closed", "boardId": 1, "goal": ""}
                for number in issue.sprints
            ]
            or None,
        }
        return fields if parent is None else fields | {"parent": self.brief_issue(parent)}

    def issue(self, issue: Issue, parent: Issue | None, wanted: frozenset[str] | None) -> dict[str, Any]:
        """The whole issue; `wanted` names the fields, and None stands for all."""
        head = {"expand": EXPAND, "id": str(issue.id), "self": self.url(f"issue/{issue.id}"), "key": issue.key}
        if wanted is not None and wanted <= {"id", "key"}:
            return head if "key" in wanted else {"id": head["id"]}
        fields = self.issue_fields(issue, parent)
        return head | {"fields": {name: value for name, value in fields.items() if wanted is None or name in wanted}}


def wanted_fields(names: list[str], known: Sequence[FieldInfo] = FIELDS) -> frozenset[str] | None:
    """Which fields a call asks for: `*all`, `*navigable`, names, and `-name` to leave one out."""
    asked = [name.strip() for name in names if name.strip()]
    minus = frozenset(name[1:] for name in asked if name.startswith("-"))
    plus = [name for name in asked if not name.startswith("-")]
    if minus and not plus:
        plus = ["*all"]
    if "*all" in plus and not minus:
        return None
    every = frozenset(one.id for one in known)
    navigable = frozenset(one.id for one in known if one.navigable)
    chosen = set[str]()
    for name in plus:
        chosen |= every if name == "*all" else navigable if name == "*navigable" else {name}
    return frozenset(chosen) - minus


def linked(connection: sqlite3.Connection) -> dict[str, list[Issue]]:
    """The issues at the other end of every link, by the end's name and the key of the issue that shows it."""
    blockers = [issues.from_row(row) for row in connection.execute(BLOCKERS)]
    found: dict[str, list[Issue]] = {}
    for blocker in blockers:
        for key in blocker.blocks:
            waiting = issues.by_key(connection, key)
            if waiting is not None:
                found.setdefault(f"outwardIssue {blocker.key}", []).append(waiting)
                found.setdefault(f"inwardIssue {key}", []).append(blocker)
    return found


def changelog(shapes: Shapes, rows: list[sqlite3.Row], reporter: str | None) -> dict[str, Any]:
    """At most twenty histories, newest first, as search and `expand=changelog` give them."""
    histories = []
    for row in rows[:20]:
        ids = {name: one.id for name, one in STATUSES.items()} if row["field"] == "status" else RESOLUTIONS
        item = {
            "field": row["field"],
            "fieldtype": "jira",
            "fieldId": row["field"],
            "from": ids.get(row["was"]),
            "fromString": row["was"],
            "to": ids.get(row["became"]),
            "toString": row["became"],
        }
        created = instant_text(row["at"])
        histories.append({"id": str(row["id"]), "author": shapes.user(reporter), "created": created, "items": [item]})
    return {"startAt": 0, "maxResults": len(histories), "total": len(rows), "histories": histories}


def issue_list(
    connection: sqlite3.Connection,
    shapes: Shapes,
    found: list[Issue],
    wanted: frozenset[str] | None,
    *,
    with_changelog: bool = False,
    malformed_keys: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:
    """The JSON of many issues with one look-up for all their parents."""
    parent_ids = sorted({issue.parent_id for issue in found if issue.parent_id is not None})
    marks = ", ".join("?" * len(parent_ids))
    rows = connection.execute(f"SELECT * FROM issue WHERE id IN ({marks})", parent_ids)  # noqa: S608
    parents = {row["id"]: issues.from_row(row) for row in rows}
    histories = issues.history(connection, [issue.id for issue in found]) if with_changelog else {}
    shown = []
    for issue in found:
        payload = shapes.issue(issue, parents.get(issue.parent_id), wanted)
        if with_changelog:
            payload["changelog"] = changelog(shapes, histories[issue.id], issue.reporter)
        if issue.key in malformed_keys and "fields" in payload:
            payload["fields"] = {"status": "?", "created": 12, "summary": ["not", "text"]}
        shown.append(payload)
    return shown


def with_links(connection: sqlite3.Connection, site_url: str, version: str, shapes: type[Shapes] = Shapes) -> Shapes:
    return shapes(site_url, version, linked(connection))
