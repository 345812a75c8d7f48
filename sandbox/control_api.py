"""The sandbox's own API at /_sandbox: move the clock, script faults, edit issues, read the ledger."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from sandbox import ledger, names
from sandbox.company.plan import BY_KEY, EPIC_KEYS
from sandbox.faults import Fault
from sandbox.jira import issues
from sandbox.jira.issues import Issue, moved
from sandbox.jira.vocabulary import ISSUE_TYPES, RESOLUTIONS, STATUSES
from sandbox.limits import Rate
from sandbox.slack import messages
from sandbox.slack.messages import message_json
from sandbox.state import State, the_state

EDITABLE = {
    "summary", "labels", "fix_versions", "estimate_seconds", "due", "assignee", "blocks", "description",
    "key", "project_key",
}  # fmt: skip


def next_day(state: State, days: int = 1) -> None:
    """Move the clock by whole days and let the company live each of them."""
    for _ in range(days):
        state.clock.advance(days=1)
        with state.store.writing() as connection:
            for face in state.faces:
                face.live(connection, state.clock.now())


def add_controls(app: Flask) -> None:
    _add_clock(app)
    _add_faults(app)
    _add_issues(app)
    _add_projects(app)
    _add_reading(app)


def _posted() -> dict[str, Any]:
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        abort(400, "A JSON object is needed.")
    return data


def _add_clock(app: Flask) -> None:
    @app.get("/_sandbox/clock")
    def clock() -> Response:
        return _clock_answer()

    @app.post("/_sandbox/clock")
    def move_clock() -> Response:
        the_state().clock.advance(days=float(_posted().get("days", 0)))
        return _clock_answer()

    @app.post("/_sandbox/next-day")
    def live_on() -> Response:
        next_day(the_state(), int((request.get_json(silent=True) or {}).get("days", 1)))
        return _clock_answer()

    @app.post("/_sandbox/reset")
    def reset() -> Response:
        state = the_state()
        state.faults.clear()
        state.limits.reset()
        state.begin(anew=True)
        return jsonify(ok=True)

    @app.post("/_sandbox/rates")
    def set_rate() -> Response:
        data = _posted()
        the_state().limits.set_rate(str(data["name"]), Rate(float(data["per_second"]), int(data["burst"])))
        return jsonify({name: asdict(rate) for name, rate in the_state().limits.rates().items()})


def _clock_answer() -> Response:
    clock = the_state().clock
    return jsonify(offset_seconds=clock.offset_seconds(), now=clock.now().isoformat(), today=clock.today().isoformat())


def _add_faults(app: Flask) -> None:
    @app.get("/_sandbox/faults")
    def faults() -> Response:
        return jsonify([fault.as_json() for fault in the_state().faults.listed()])

    @app.post("/_sandbox/faults")
    def add_fault() -> Response | tuple[Response, int]:
        try:
            the_state().faults.add(Fault.from_json(_posted()))
        except (ValueError, TypeError) as error:
            return jsonify(error=str(error)), 400
        return jsonify(ok=True)

    @app.delete("/_sandbox/faults")
    def clear_faults() -> Response:
        """All of them, or those of a `kind`, also of one `key`."""
        faults, kind = the_state().faults, request.args.get("kind")
        if kind is None:
            faults.clear()
        else:
            faults.lift(kind, request.args.get("key", ""))
        return jsonify(ok=True)


def _add_issues(app: Flask) -> None:
    @app.get("/_sandbox/issues")
    def all_issues() -> Response:
        """Every issue of both Jiras as it stands, whoever may see it; `updated` in epoch milliseconds."""
        columns = "CAST(id AS TEXT) AS id, key, project_key, CAST(parent_id AS TEXT) AS parent_id, labels, updated"
        with the_state().store.reading() as connection:
            rows = connection.execute(f"SELECT {columns} FROM issue ORDER BY issue.id")  # noqa: S608 - constant
            return jsonify([dict(row) | {"labels": json.loads(row["labels"])} for row in rows])

    @app.post("/_sandbox/issues")
    def create_issues() -> Response:
        """`project`, `count`, and per issue what `edit` takes; answers with the keys."""
        data, state = _posted(), the_state()
        project_key = str(data.get("project", ""))
        if project_key not in BY_KEY or data.get("type", "Task") not in ISSUE_TYPES:
            abort(400, "No such project or type.")
        now_ms = state.clock.now_ms()
        keys = []
        with state.store.writing() as connection:
            parent = issues.by_key(connection, str(data["parent"])) if data.get("parent") else None
            for place in range(int(data.get("count", 1))):
                issue = Issue(
                    id=issues.next_id(connection), key=issues.next_key(connection, project_key),
                    project_key=project_key, type=str(data.get("type", "Task")),
                    summary=f"{data.get('summary', 'Task')} {place + 1}", created=now_ms, updated=now_ms,
                    category_changed=now_ms, parent_id=parent.id if parent else None,
                )  # fmt: skip
                issue = _edited(connection, issue, {name: data[name] for name in data if name != "summary"}, now_ms)
                issues.save(connection, issue, now_ms=now_ms)
                keys.append(issue.key)
        return jsonify(keys)

    _add_edits(app)


def _add_edits(app: Flask) -> None:
    @app.post("/_sandbox/issues/<key>")
    def edit_issue(key: str) -> Response:
        state = the_state()
        now_ms = state.clock.now_ms()
        with state.store.writing() as connection:
            issue = _issue(connection, key)
            issues.save(connection, _edited(connection, issue, _posted(), now_ms), now_ms=now_ms)
        return jsonify(ok=True)

    @app.delete("/_sandbox/issues/<key>")
    def delete_issue(key: str) -> Response:
        with the_state().store.writing() as connection:
            issues.delete(connection, _issue(connection, key))
        return jsonify(ok=True)


def _add_projects(app: Flask) -> None:
    @app.post("/_sandbox/projects/<key>")
    def rename_jira_project(key: str) -> Response:
        """Another `key`, `name` or both; with `keeps_old_key` false the old key leads nowhere any more."""
        data, state, project = _posted(), the_state(), names.project_of(key)
        if project is None:
            abort(404, f"No project {key}.")
        asked = {
            "key": str(data.get("key") or names.key_of(project)).upper(),
            "name": str(data.get("name") or names.name_of(project)),
        }
        with state.store.writing() as connection:
            keeps = bool(data.get("keeps_old_key", True))
            names.rename_project(state, connection, project, **asked, keeps_old_key=keeps)
        return jsonify(ok=True)


def _issue(connection: sqlite3.Connection, key: str) -> Issue:
    issue = issues.by_key(connection, key)
    if issue is None:
        abort(404, f"No issue {key}.")
    return issue


def _edited(connection: sqlite3.Connection, issue: Issue, data: dict[str, Any], now_ms: int) -> Issue:
    """The issue with another status, parent or plain values. `updated` becomes now."""
    status, resolution = data.get("status", issue.status), data.get("resolution")
    if status not in STATUSES or (resolution is not None and resolution not in RESOLUTIONS):
        abort(400, "No such status or resolution.")
    if status != issue.status:
        issue = moved(issue, status, at=now_ms, resolution=resolution)
    if data.get("parent"):
        issue = replace(issue, parent_id=_issue(connection, str(data["parent"])).id)
    plain: dict[str, Any] = {name: _kept(data[name]) for name in data if name in EDITABLE}
    return replace(issue, updated=now_ms, **plain)


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _add_reading(app: Flask) -> None:
    @app.get("/_sandbox/ledger")
    def ledger_entries() -> Response:
        with the_state().store.reading() as connection:
            return jsonify(ledger.entries(connection))

    @app.get("/_sandbox/company")
    def company() -> Response:
        return jsonify({launch: list(keys) for launch, keys in EPIC_KEYS.items()})

    @app.get("/_sandbox/messages/<channel>")
    def channel_messages(channel: str) -> Response:
        found = messages.BY_NAME_OR_ID.get(channel)
        if found is None:
            abort(404, f"No channel {channel}.")
        with the_state().store.reading() as connection:
            return jsonify([message_json(one, with_metadata=True) for one in messages.of_channel(connection, found.id)])
