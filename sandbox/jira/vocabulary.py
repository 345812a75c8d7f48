"""The words that every site of this kind has: statuses with categories, issue types, resolutions, fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    id: int
    key: str
    name: str
    colour: str


@dataclass(frozen=True)
class Status:
    id: str
    name: str
    category: Category
    transition_id: str


@dataclass(frozen=True)
class IssueType:
    id: str
    name: str
    level: int


@dataclass(frozen=True)
class FieldInfo:
    """A line of `GET /field`; `custom` is the plug-in's name for a custom field's type."""

    id: str
    name: str
    schema_type: str
    clause_names: tuple[str, ...] = ()
    custom: str = ""
    navigable: bool = True


NEW = Category(2, "new", "To Do", "blue-gray")
INDETERMINATE = Category(4, "indeterminate", "In Progress", "yellow")
DONE = Category(3, "done", "Done", "green")
CATEGORIES = (NEW, INDETERMINATE, DONE)

STATUSES = {
    status.name: status
    for status in (
        Status("10000", "To Do", NEW, "11"),
        Status("3", "In Progress", INDETERMINATE, "21"),
        Status("10002", "In Review", INDETERMINATE, "41"),
        Status("10001", "Done", DONE, "31"),
    )
}
ISSUE_TYPES = {
    kind.name: kind
    for kind in (
        IssueType("10000", "Epic", 1),
        IssueType("10001", "Story", 0),
        IssueType("10002", "Task", 0),
        IssueType("10003", "Bug", 0),
        IssueType("10004", "Sub-task", -1),
    )
}
RESOLUTIONS = {"Done": "10000", "Won't Do": "10001", "Duplicate": "10002", "Cannot Reproduce": "10003"}

FIELDS = (
    FieldInfo("summary", "Summary", "string", ("summary",)),
    FieldInfo("description", "Description", "string", ("description",), navigable=False),
    FieldInfo("issuetype", "Issue Type", "issuetype", ("issuetype", "type")),
    FieldInfo("project", "Project", "project", ("project",)),
    FieldInfo("status", "Status", "status", ("status",)),
    FieldInfo("statusCategory", "Status Category", "statusCategory", ("statusCategory",)),
    FieldInfo("statuscategorychangedate", "Status Category Changed", "datetime", ("statusCategoryChangedDate",)),
    FieldInfo("resolution", "Resolution", "resolution", ("resolution",)),
    FieldInfo("resolutiondate", "Resolved", "datetime", ("resolutiondate", "resolved")),
    FieldInfo("parent", "Parent", "issuelink", ("parent",)),
    FieldInfo("subtasks", "Sub-tasks", "array", ()),
    FieldInfo("issuelinks", "Linked Issues", "array", ("issueLink",)),
    FieldInfo("assignee", "Assignee", "user", ("assignee",)),
    FieldInfo("reporter", "Reporter", "user", ("reporter",)),
    FieldInfo("creator", "Creator", "user", ("creator",)),
    FieldInfo("priority", "Priority", "priority", ("priority",)),
    FieldInfo("labels", "Labels", "array", ("labels",)),
    FieldInfo("fixVersions", "Fix versions", "array", ("fixVersion",)),
    FieldInfo("timeoriginalestimate", "Original estimate", "number", ("originalEstimate",)),
    FieldInfo("timeestimate", "Remaining Estimate", "number", ("remainingEstimate",)),
    FieldInfo("timespent", "Time Spent", "number", ("timespent",)),
    FieldInfo("duedate", "Due date", "date", ("due", "duedate")),
    FieldInfo("created", "Created", "datetime", ("created", "createdDate")),
    FieldInfo("updated", "Updated", "datetime", ("updated", "updatedDate")),
    FieldInfo(
        "customfield_10014", "Epic Link", "any", ("cf[10014]", "Epic Link"), "com.pyxis.greenhopper.jira:gh-epic-link"
    ),
    FieldInfo(
        "customfield_10016",
        "Story point estimate",
        "number",
        ("cf[10016]", "Story point estimate"),
        "com.pyxis.greenhopper.jira:jsw-story-points",
    ),
    FieldInfo("customfield_10020", "Sprint", "array", ("cf[10020]", "Sprint"), "com.pyxis.greenhopper.jira:gh-sprint"),
)


def category_by_name(name: str) -> Category | None:
    """A category by its key or its name, as JQL takes either."""
    wanted = name.casefold()
    return next((one for one in CATEGORIES if wanted in {one.key, one.name.casefold(), str(one.id)}), None)
