"""The endpoints of the Jira face about issues: search, count, one, many, and moving one through its workflow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox import ledger
from sandbox.jira import issues, search
from sandbox.jira.face import CLOUD, NO_ISSUE, JiraError, Site, body, route, searcher, whole_number
from sandbox.jira.issues import Issue
from sandbox.jira.jql.parser import parse
from sandbox.jira.jql.syntax import JqlError
from sandbox.jira.payloads import Shapes, issue_list, wanted_fields, with_links
from sandbox.jira.vocabulary import RESOLUTIONS, STATUSES
from sandbox.state import the_state

MAX_BULK = 100


def add_issue_views(app: Flask) -> None:
    _add_search(app)
    _add_counting(app)
    _add_reading(app)
    _add_transitions(app)
    _add_moving(app)


@contextmanager
def searching(at_once: tuple[int, ...] = ()) -> Iterator[sqlite3.Connection]:
    """A connection whose search index is as fresh as the faults allow."""
    state = the_state()
    cutoff_ms = state.clock.now_ms() - int(state.faults.index_lag_seconds() * 1000)
    search.refresh_index(state.store, cutoff_ms=cutoff_ms, at_once=at_once)
    try:
        with state.store.reading() as connection:
            yield connection
    except JqlError as error:
        raise JiraError(400, (str(error),)) from error


def names(value: object) -> list[str]:
    """A list, or a list in one string parted by commas, or several of those."""
    values = value if isinstance(value, list) else [value] if value else []
    return [name for one in values for name in str(one).split(",")]


def _asked() -> dict[str, Any]:
    if request.method == "POST":
        return body()
    asked: dict[str, Any] = {
        name: request.args[name] for name in ("jql", "nextPageToken", "maxResults", "expand") if name in request.args
    }
    return asked | {name: request.args.getlist(name) for name in ("fields", "reconcileIssues")}


def _page_size(asked: dict[str, Any], wanted: frozenset[str] | None) -> int:
    size = whole_number(asked.get("maxResults"), 50, "maxResults")
    ceiling = search.MAX_ID_PAGE if wanted is not None and wanted <= {"id", "key"} else search.MAX_PAGE
    size = min(max(1, size), ceiling)
    return max(1, size // 2) if the_state().faults.stands("short_pages") else size


def _reconciled(asked: dict[str, Any]) -> tuple[int, ...]:
    ids = tuple(whole_number(value, 0, "reconcileIssues") for value in names(asked.get("reconcileIssues")))
    if len(ids) > 50:
        raise JiraError(400, ("At most 50 issues can be reconciled.",))
    return ids


def _add_search(app: Flask) -> None:
    @route(app, "search/jql", "GET", "POST")
    def search_jql(version: str) -> Response:
        asked = _asked()
        wanted = wanted_fields(names(asked.get("fields")) or ["id"])
        token = asked.get("nextPageToken")
        state = the_state()
        with searching(_reconciled(asked)) as connection:
            page = search.page(
                searcher(state, connection),
                str(asked.get("jql") or ""),
                token=str(token) if token else None,
                size=_page_size(asked, wanted),
            )
            shown = issue_list(
                connection,
                with_links(connection, CLOUD.url, version),
                page.issues,
                wanted,
                with_changelog="changelog" in names(asked.get("expand")),
                malformed_keys=state.faults.malformed_keys(),
            )
        answer: dict[str, Any] = {"issues": shown, "isLast": page.next_page_token is None}
        if page.next_page_token is not None:
            answer["nextPageToken"] = page.next_page_token
        if token and state.faults.stands("token_loop"):
            answer |= {"isLast": False, "nextPageToken": token}
        return jsonify(answer)


def _add_counting(app: Flask) -> None:
    @route(app, "search/approximate-count", "POST")
    def approximate_count(_version: str) -> Response:
        jql = str(body().get("jql") or "")
        with searching() as connection:
            return jsonify(count=search.count(searcher(the_state(), connection), jql))

    @route(app, "jql/parse", "POST")
    def parse_jql(_version: str) -> Response:
        answers = []
        for text in _queries(body()):
            answer: dict[str, Any] = {"query": text}
            try:
                parse(text)
            except JqlError as error:
                answer["errors"] = [str(error)]
            answers.append(answer)
        return jsonify(queries=answers)


def _queries(data: dict[str, Any]) -> list[str]:
    queries = data.get("queries")
    return [str(query) for query in queries] if isinstance(queries, list) else []


def may_see(issue: Issue, site: Site = CLOUD) -> bool:
    return issue.project_key in site.project_keys and issue.key not in the_state().faults.hidden_keys()


def visible(connection: sqlite3.Connection, id_or_key: str, site: Site = CLOUD) -> Issue:
    issue = issues.by_key(connection, id_or_key)
    if issue is None or not may_see(issue, site):
        raise JiraError(404, (NO_ISSUE,))
    return issue


def _add_reading(app: Flask) -> None:
    @route(app, "issue/<id_or_key>")
    def one_issue(version: str, id_or_key: str) -> Response:
        wanted = wanted_fields(names(request.args.getlist("fields")) or ["*all"])
        with the_state().store.reading() as connection:
            shown = issue_list(
                connection,
                with_links(connection, CLOUD.url, version),
                [visible(connection, id_or_key)],
                wanted,
                with_changelog="changelog" in request.args.get("expand", ""),
                malformed_keys=the_state().faults.malformed_keys(),
            )
        return jsonify(shown[0])

    @route(app, "issue/bulkfetch", "POST")
    def bulk_fetch(version: str) -> Response:
        asked = body()
        wanted = [str(name) for name in asked.get("issueIdsOrKeys") or []]
        if not wanted or len(wanted) > MAX_BULK:
            raise JiraError(400, (f"Between 1 and {MAX_BULK} issue ids or keys are needed.",))
        with the_state().store.reading() as connection:
            found = [(name, issues.by_key(connection, name)) for name in dict.fromkeys(wanted)]
            seen = [one for _, one in found if one is not None and may_see(one)]
            shown = issue_list(
                connection,
                with_links(connection, CLOUD.url, version),
                seen,
                wanted_fields(names(asked.get("fields")) or ["*navigable"]),
                with_changelog="changelog" in names(asked.get("expand")),
                malformed_keys=the_state().faults.malformed_keys(),
            )
        ids = {one.id for one in seen}
        lost = [name for name, one in found if one is None or one.id not in ids]
        return jsonify(issues=shown, issueErrors=[{"id": name, "errorMessage": NO_ISSUE} for name in lost])


def _add_transitions(app: Flask) -> None:
    @route(app, "issue/<id_or_key>/transitions")
    def transitions(version: str, id_or_key: str) -> Response:
        with the_state().store.reading() as connection:
            visible(connection, id_or_key)
        shapes = Shapes(CLOUD.url, version)
        return jsonify(
            expand="transitions",
            transitions=[
                {
                    "id": status.transition_id,
                    "name": status.name,
                    "to": shapes.status(status),
                    "hasScreen": False,
                    "isGlobal": True,
                    "isInitial": False,
                    "isAvailable": True,
                    "isConditional": False,
                }
                for status in STATUSES.values()
            ],
        )


def _add_moving(app: Flask) -> None:
    @route(app, "issue/<id_or_key>/transitions", "POST")
    def do_transition(_version: str, id_or_key: str) -> Response:
        asked = body()
        number = str((asked.get("transition") or {}).get("id", ""))
        status = next((one for one in STATUSES.values() if one.transition_id == number), None)
        if status is None:
            raise JiraError(400, (f"The transition ID '{number}' is not valid for this issue.",))
        resolution = ((asked.get("fields") or {}).get("resolution") or {}).get("name")
        if resolution is not None and resolution not in RESOLUTIONS:
            raise JiraError(400, (), (("resolution", f"Resolution '{resolution}' is not valid."),))
        state = the_state()
        with state.store.writing() as connection:
            issue = visible(connection, id_or_key)
            now_ms = state.clock.now_ms()
            issues.save(connection, issues.moved(issue, status.name, at=now_ms, resolution=resolution), now_ms=now_ms)
            ledger.record(
                connection, face="jira", action="transition", key=issue.key, payload=asked, at=state.clock.now()
            )
        return Response(status=204)
