"""The shapes that the vendors publish, as small JSON Schemas in our own words: what a client may rely on."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
DIGITS: Schema = {"type": "string", "pattern": "^[0-9]+$"}
JIRA_INSTANT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$"}


def record(required: dict[str, Schema], **optional: Schema) -> Schema:
    """An object with these keys at least."""
    return {"type": "object", "required": list(required), "properties": required | optional}


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


JIRA_CATEGORY = record(
    {"id": {"type": "integer"}, "key": {"enum": ["new", "indeterminate", "done"]}, "name": TEXT, "colorName": TEXT}
)
JIRA_STATUS = record({"id": DIGITS, "name": TEXT, "statusCategory": JIRA_CATEGORY})
JIRA_USER = record({"accountId": TEXT, "displayName": TEXT, "active": {"type": "boolean"}, "accountType": TEXT})
JIRA_TYPE = record({"id": DIGITS, "name": TEXT, "subtask": {"type": "boolean"}, "hierarchyLevel": {"type": "integer"}})
JIRA_PROJECT = record(
    {"id": DIGITS, "key": TEXT, "name": TEXT, "projectTypeKey": TEXT, "simplified": {"type": "boolean"}}
)
JIRA_BRIEF = record({"id": DIGITS, "key": TEXT, "fields": record({"summary": TEXT, "status": JIRA_STATUS})})
JIRA_LINK = record(
    {"id": DIGITS, "type": record({"name": TEXT, "inward": TEXT, "outward": TEXT})},
    inwardIssue=JIRA_BRIEF,
    outwardIssue=JIRA_BRIEF,
)
JIRA_DOCUMENT = record({"type": {"const": "doc"}, "version": {"const": 1}, "content": {"type": "array"}})
JIRA_FIELDS = record(
    {
        "summary": TEXT,
        "description": maybe(JIRA_DOCUMENT),
        "issuetype": JIRA_TYPE,
        "project": JIRA_PROJECT,
        "status": JIRA_STATUS,
        "statuscategorychangedate": JIRA_INSTANT,
        "resolution": maybe(record({"id": DIGITS, "name": TEXT})),
        "resolutiondate": maybe(JIRA_INSTANT),
        "issuelinks": listed(JIRA_LINK),
        "assignee": maybe(JIRA_USER),
        "labels": listed(TEXT),
        "fixVersions": listed(record({"id": TEXT, "name": TEXT})),
        "timeoriginalestimate": {"type": ["integer", "null"]},
        "duedate": MAYBE_TEXT,
        "created": JIRA_INSTANT,
        "updated": JIRA_INSTANT,
    },
    parent=JIRA_BRIEF,
)
JIRA_ISSUE = record({"id": DIGITS, "key": TEXT, "self": TEXT, "expand": TEXT, "fields": JIRA_FIELDS})
JIRA_SEARCH = {
    **record({"issues": listed(JIRA_ISSUE), "isLast": {"type": "boolean"}}, nextPageToken=TEXT),
    "not": {"anyOf": [{"required": ["total"]}, {"required": ["startAt"]}]},
}
JIRA_PROJECT_PAGE = record(
    {"values": listed(JIRA_PROJECT), "total": {"type": "integer"}, "isLast": {"type": "boolean"}, "startAt": {}}
)
JIRA_FIELD = record({"id": TEXT, "name": TEXT, "custom": {"type": "boolean"}, "schema": record({"type": TEXT})})
JIRA_ERROR = record({"errorMessages": listed(TEXT), "errors": {"type": "object"}})

SLACK_TS: Schema = {"type": "string", "pattern": r"^\d{10}\.\d{6}$"}
SLACK_MESSAGE = record({"type": {"const": "message"}, "ts": SLACK_TS, "text": TEXT, "user": TEXT, "bot_id": TEXT})
SLACK_POSTED = record({"ok": {"const": True}, "channel": TEXT, "ts": SLACK_TS, "message": SLACK_MESSAGE})
SLACK_CHANNEL = record(
    {"id": TEXT, "name": TEXT}
    | {name: {"type": "boolean"} for name in ("is_channel", "is_private", "is_archived", "is_general", "is_member")}
)
SLACK_CHANNELS = record(
    {"ok": {"const": True}, "channels": listed(SLACK_CHANNEL), "response_metadata": record({"next_cursor": TEXT})}
)
SLACK_AUTH = record(dict.fromkeys(("url", "team", "user", "team_id", "user_id", "bot_id"), TEXT))
SLACK_USER = record(
    {"id": TEXT, "name": TEXT, "deleted": {"type": "boolean"}, "profile": record({"email": TEXT, "real_name": TEXT})}
)


def misfits(value: object, schema: Schema) -> list[str]:
    """Where the value leaves the shape, in words; nothing where it fits."""
    found = Draft202012Validator(schema).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]
