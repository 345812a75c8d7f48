"""The endpoints of the Jira face about the site, its projects and its vocabulary."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from sandbox.company.people import JIRA_ACCOUNT
from sandbox.company.plan import PROJECTS, Project, browsable
from sandbox.jira.face import CLOUD, CLOUD_ID, JiraError, route, whole_number
from sandbox.jira.payloads import Shapes, instant_text
from sandbox.jira.vocabulary import CATEGORIES, FIELDS, ISSUE_TYPES, RESOLUTIONS, STATUSES
from sandbox.names import key_of, name_of, project_of
from sandbox.state import the_state

VISIBLE = browsable(CLOUD.name)
GONE = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"  # noqa: E501 - the vendor's sentence


def add_views(app: Flask) -> None:
    _add_site(app)
    _add_vocabulary(app)
    _add_projects(app)
    _add_project_search(app)


def _add_site(app: Flask) -> None:
    @app.get(f"/{CLOUD.name}/_edge/tenant_info")
    def tenant_info() -> Response:
        return jsonify(cloudId=CLOUD_ID, cloudName="fernhill")

    @route(app, "serverInfo")
    def server_info(_version: str) -> Response:
        return jsonify(
            baseUrl=CLOUD.url,
            version="1001.0.0-SNAPSHOT",
            versionNumbers=[1001, 0, 0],
            deploymentType="Cloud",
            buildNumber=100_287,
            buildDate="2026-10-01T00:00:00.000+0000",
            serverTime=instant_text(the_state().clock.now_ms()),
            serverTitle="Jira",
        )

    @route(app, "myself")
    def myself(version: str) -> Response:
        account = Shapes(CLOUD.url, version).user(JIRA_ACCOUNT.account_id) or {}
        return jsonify(
            account
            | {"locale": "en_GB", "groups": {"size": 1, "items": []}, "applicationRoles": {"size": 1, "items": []}}
        )

    @route(app, "search", "GET", "POST")
    def old_search(_version: str) -> Response:
        raise JiraError(410, (GONE,))


def _add_vocabulary(app: Flask) -> None:
    @route(app, "field")
    def fields(version: str) -> Response:
        return jsonify([Shapes(CLOUD.url, version).field(one) for one in FIELDS])

    @route(app, "status")
    def statuses(version: str) -> Response:
        return jsonify([Shapes(CLOUD.url, version).status(one) for one in STATUSES.values()])

    @route(app, "statuscategory")
    def categories(version: str) -> Response:
        return jsonify([Shapes(CLOUD.url, version).category(one) for one in CATEGORIES])

    @route(app, "issuetype")
    def issue_types(version: str) -> Response:
        return jsonify([Shapes(CLOUD.url, version).issue_type(name) for name in ISSUE_TYPES])

    @route(app, "resolution")
    def resolutions(version: str) -> Response:
        return jsonify([Shapes(CLOUD.url, version).resolution(name) for name in RESOLUTIONS])


def _add_projects(app: Flask) -> None:
    @route(app, "project")
    def projects(version: str) -> Response:
        return jsonify([Shapes(CLOUD.url, version).project(one) for one in VISIBLE])

    @route(app, "project/<id_or_key>")
    def project(version: str, id_or_key: str) -> Response:
        found = _found(id_or_key)
        shapes = Shapes(CLOUD.url, version)
        more = {
            "description": "",
            "lead": shapes.user(found.lead),
            "issueTypes": [shapes.issue_type(name) for name in ISSUE_TYPES],
        }
        return jsonify(shapes.project(found) | more)

    @route(app, "project/<id_or_key>/statuses")
    def project_statuses(version: str, id_or_key: str) -> Response:
        _found(id_or_key)
        shapes = Shapes(CLOUD.url, version)
        every = [shapes.status(one) for one in STATUSES.values()]
        kinds = [shapes.issue_type(name) for name in ISSUE_TYPES]
        brief = [{key: kind[key] for key in ("self", "id", "name", "subtask")} for kind in kinds]
        return jsonify([kind | {"statuses": every} for kind in brief])


def _add_project_search(app: Flask) -> None:
    @route(app, "project/search")
    def project_search(version: str) -> Response:
        start = whole_number(request.args.get("startAt"), 0, "startAt")
        size = min(max(1, whole_number(request.args.get("maxResults"), 50, "maxResults")), 100)
        wanted = request.args.get("query", "").casefold()
        keys = {key.upper() for key in request.args.getlist("keys")}
        found = [
            one for one in VISIBLE
            if wanted in f"{key_of(one)} {name_of(one)}".casefold() and (not keys or key_of(one) in keys)
        ]  # fmt: skip
        found = sorted(found, key=key_of)
        shapes = Shapes(CLOUD.url, version)
        is_last = start + size >= len(found)
        answer = {
            "self": f"{shapes.url('project/search')}?startAt={start}&maxResults={size}",
            "maxResults": size,
            "startAt": start,
            "total": len(found),
            "isLast": is_last,
            "values": [shapes.project(one) for one in found[start : start + size]],
        }
        if not is_last:
            answer["nextPage"] = f"{shapes.url('project/search')}?startAt={start + size}&maxResults={size}"
        return jsonify(answer)


def _found(id_or_key: str) -> Project:
    place = int(id_or_key) - 10_000 if id_or_key.isdigit() else -1
    by_id = PROJECTS[place] if 0 <= place < len(PROJECTS) else None
    project = by_id or project_of(id_or_key)
    if project not in VISIBLE:
        raise JiraError(404, (f"No project could be found with key '{id_or_key}'.",))
    return project
