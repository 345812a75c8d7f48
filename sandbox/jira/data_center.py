"""The Data Center face: REST v2 as version 10 has it, where pages go by number and epics are a field of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, jsonify, request

from sandbox.company.people import BY_ACCOUNT_ID, JIRA_ACCOUNT
from sandbox.company.plan import browsable
from sandbox.jira import search
from sandbox.jira.face import DATA_CENTER, JiraError, body, route, searcher, whole_number
from sandbox.jira.issue_views import names, searching, visible
from sandbox.jira.issues import Issue
from sandbox.jira.payloads import Shapes, instant_text, issue_list, wanted_fields, with_links
from sandbox.jira.vocabulary import FIELDS, FieldInfo
from sandbox.names import project_of
from sandbox.state import the_state

LARGEST_PAGE = 50
"""`jira.search.views.default.max`, set low as careful administrators do."""
DEEPEST = 10_000
"""`index.max_result_window`."""
EPIC_LINK = "customfield_10100"
POINTS = "customfield_10106"
SPRINT = "customfield_10105"
ONLY_CLOUD = {
    "parent", "statuscategorychangedate", "statusCategory",
    "customfield_10014", "customfield_10016", "customfield_10020",
}  # fmt: skip
DATA_CENTER_FIELDS = (
    *(one for one in FIELDS if one.id not in ONLY_CLOUD),
    FieldInfo("parent", "Parent", "issuelink"),
    FieldInfo(EPIC_LINK, "Epic Link", "any", ("cf[10100]", "Epic Link"), "com.pyxis.greenhopper.jira:gh-epic-link"),
    FieldInfo(SPRINT, "Sprint", "array", ("cf[10105]", "Sprint"), "com.pyxis.greenhopper.jira:gh-sprint"),
    FieldInfo(
        POINTS,
        "Story Points",
        "number",
        ("cf[10106]", "Story Points"),
        "com.atlassian.jira.plugin.system.customfieldtypes:float",
    ),
)


class DataCenterShapes(Shapes):
    """People have names and keys instead of account ids; only a sub-task has a parent."""

    def user(self, account_id: str | None) -> dict[str, Any] | None:
        person = BY_ACCOUNT_ID.get(account_id or "")
        if person is None:
            return None
        return {
            "self": self.url(f"user?username={person.username}"),
            "name": person.username,
            "key": f"JIRAUSER{10_000 + int(person.slack_id[1:3])}",
            "emailAddress": person.email,
            "avatarUrls": {},
            "displayName": person.name,
            "active": person.is_active,
            "timeZone": DATA_CENTER.zone,
        }

    def issue_fields(self, issue: Issue, parent: Issue | None) -> dict[str, Any]:
        fields = {name: value for name, value in super().issue_fields(issue, parent).items() if name not in ONLY_CLOUD}
        is_subtask = issue.type == "Sub-task"
        fields[EPIC_LINK] = parent.key if parent is not None and not is_subtask else None
        fields[POINTS] = issue.points
        fields[SPRINT] = [sprint_text(number) for number in reversed(issue.sprints)] or None
        for name in ("created", "updated", "resolutiondate"):
            fields[name] = local_text(fields[name])
        return fields | {"parent": self.brief_issue(parent)} if parent is not None and is_subtask else fields


def sprint_text(number: int) -> str:
    """A sprint as Java prints it, which is how this version tells it."""
    parts = f"id={number},rapidViewId=3,state=CLOSED,name=Sprint {number}, hosting,startDate=<null>,sequence={number}"
    return f"com.atlassian.greenhopper.service.sprint.Sprint@1a2b3c[{parts}]"


def local_text(text: str | None) -> str | None:
    """An instant in the account's zone, its offset without a colon, as Data Center writes them."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text).astimezone(ZoneInfo(DATA_CENTER.zone))
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{moment:%z}"


def add_data_center_views(app: Flask) -> None:
    _add_site(app)
    _add_projects(app)
    _add_search(app)
    _add_reading(app)


def _shapes() -> DataCenterShapes:
    return DataCenterShapes(DATA_CENTER.url, "2")


def _add_site(app: Flask) -> None:
    @route(app, "serverInfo", site=DATA_CENTER)
    def server_info(_version: str) -> Response:
        return jsonify(
            baseUrl=DATA_CENTER.url,
            version="10.3.2",
            versionNumbers=[10, 3, 2],
            deploymentType="Server",
            buildNumber=10_030_002,
            buildDate="2026-02-10T00:00:00.000+0100",
            serverTime=local_text(instant_text(the_state().clock.now_ms())),
            scmInfo="0000000",
            serverTitle="Fernhill hosting",
        )

    @route(app, "myself", site=DATA_CENTER)
    def myself(_version: str) -> Response:
        return jsonify((_shapes().user(JIRA_ACCOUNT.account_id) or {}) | {"locale": "en_GB"})

    @route(app, "field", site=DATA_CENTER)
    def fields(_version: str) -> Response:
        return jsonify([_shapes().field(one) for one in DATA_CENTER_FIELDS])


def _add_projects(app: Flask) -> None:
    @route(app, "project", site=DATA_CENTER)
    def projects(_version: str) -> Response:
        return jsonify([_shapes().project(one) for one in browsable(DATA_CENTER.name)])

    @route(app, "project/<id_or_key>", site=DATA_CENTER)
    def project(_version: str, id_or_key: str) -> Response:
        shown = {_shapes().project(one)["id"]: one for one in browsable(DATA_CENTER.name)}
        found = shown.get(id_or_key) or project_of(id_or_key)
        if found is None or found not in shown.values():
            raise JiraError(404, (f"No project could be found with key '{id_or_key}'.",))
        return jsonify(_shapes().project(found))


def _add_search(app: Flask) -> None:
    @route(app, "search", "GET", "POST", site=DATA_CENTER)
    def search_issues(_version: str) -> Response:
        asked: dict[str, Any] = body() if request.method == "POST" else request.args.to_dict()
        if request.method == "GET":
            asked["fields"] = request.args.getlist("fields")
        state = the_state()
        start, size = max(0, whole_number(asked.get("startAt"), 0, "startAt")), _page_size(asked)
        if state.faults.stands("token_loop"):
            start = 0
        if start + size > DEEPEST:
            raise JiraError(500, ("Search limit exceeded",))
        with searching() as connection:
            is_strict = str(asked.get("validateQuery", True)).lower() != "false"
            who = searcher(state, connection, DATA_CENTER, is_strict=is_strict)
            found, total = search.numbered_page(who, str(asked.get("jql") or ""), start=start, size=size)
            shown = issue_list(
                connection,
                with_links(connection, DATA_CENTER.url, "2", DataCenterShapes),
                found,
                wanted_fields(names(asked.get("fields")) or ["*navigable"], DATA_CENTER_FIELDS),
                malformed_keys=state.faults.malformed_keys(),
            )
        return jsonify(expand="schema,names", startAt=start, maxResults=size, total=total, issues=shown)


def _add_reading(app: Flask) -> None:
    @route(app, "issue/<id_or_key>", site=DATA_CENTER)
    def one_issue(_version: str, id_or_key: str) -> Response:
        with the_state().store.reading() as connection:
            shown = issue_list(
                connection,
                with_links(connection, DATA_CENTER.url, "2", DataCenterShapes),
                [visible(connection, id_or_key, DATA_CENTER)],
                wanted_fields(names(request.args.getlist("fields")) or ["*all"], DATA_CENTER_FIELDS),
                malformed_keys=the_state().faults.malformed_keys(),
            )
        return jsonify(shown[0])


def _page_size(asked: dict[str, Any]) -> int:
    size = min(max(0, whole_number(asked.get("maxResults"), LARGEST_PAGE, "maxResults")), LARGEST_PAGE)
    return max(1, size // 2) if size > 1 and the_state().faults.stands("short_pages") else size
