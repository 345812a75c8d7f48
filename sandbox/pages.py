"""The pages on which a person looks into the sandbox: tasks, channels with their messages, ledger, faults."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import ledger
from sandbox.clock import COMPANY_ZONE
from sandbox.company import people
from sandbox.company.plan import BY_KEY, PROJECTS
from sandbox.control_api import next_day
from sandbox.jira import issues
from sandbox.jira.issues import Issue
from sandbox.slack import messages
from sandbox.slack.mrkdwn import mrkdwn, plain, rich_text, text_object
from sandbox.state import the_state

blueprint = Blueprint("pages", __name__)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
BROWSABLE = [project for project in PROJECTS if project.is_browsable]


@blueprint.before_app_request
def refuse_other_sites() -> None:
    """A page of another site may not press our buttons."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and origin != request.host_url.rstrip("/"):
        abort(403, "This came from a page of another site.")


@blueprint.after_request
def add_policy(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.app_context_processor
def shown_everywhere() -> dict[str, Any]:
    state = the_state()
    return {"today": state.clock.today(), "faces": state.faces}


for drawing in (mrkdwn, plain, rich_text, text_object):
    blueprint.add_app_template_filter(drawing)


@blueprint.app_template_filter()
def instant(value: float | None) -> str:
    """Epoch seconds as `Mon 23 Nov, 09:15` in the company's zone."""
    if value is None:
        return ""
    local = datetime.fromtimestamp(value, UTC).astimezone(COMPANY_ZONE)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


@blueprint.app_template_filter()
def person(account_id: str | None) -> str:
    found = people.BY_ACCOUNT_ID.get(account_id or "")
    return found.name if found else "Nobody yet"


@blueprint.get("/")
def index() -> str:
    return render_template("index.html", people=people)


@blueprint.post("/next-day")
def press_next_day() -> AnyResponse:
    next_day(the_state())
    return redirect(url_for("pages.index"), 303)


@blueprint.get("/jira/")
@blueprint.get("/jira/projects")
def jira_projects() -> str:
    with the_state().store.reading() as connection:
        rows = [(project, issues.of_project(connection, project.key)) for project in BROWSABLE]
    counted = [(project, sum(one.is_done for one in found), len(found)) for project, found in rows]
    return render_template("jira_projects.html", projects=counted)


@blueprint.get("/jira/projects/<key>")
def jira_project(key: str) -> str:
    project = BY_KEY.get(key)
    if project is None or not project.is_browsable:
        abort(404)
    with the_state().store.reading() as connection:
        found = issues.of_project(connection, key)
    epics = [one for one in found if one.type == "Epic"]
    groups = [(epic, [one for one in found if one.parent_id == epic.id]) for epic in epics]
    own = {epic.id for epic in epics}
    loose = [one for one in found if one.type != "Epic" and one.parent_id not in own]
    return render_template("jira_project.html", project=project, groups=groups, loose=loose)


def _issue(key: str) -> Issue:
    with the_state().store.reading() as connection:
        issue = issues.by_key(connection, key)
    if issue is None or not BY_KEY[issue.project_key].is_browsable:
        abort(404)
    return issue


@blueprint.get("/jira/browse/<key>")
def jira_issue(key: str) -> str:
    issue = _issue(key)
    with the_state().store.reading() as connection:
        parent = issues.by_key(connection, str(issue.parent_id)) if issue.parent_id else None
        tasks = issues.children(connection, issue.id)
        changes = issues.history(connection, [issue.id])[issue.id]
    return render_template("jira_issue.html", issue=issue, parent=parent, tasks=tasks, changes=changes)


@blueprint.post("/jira/browse/<key>/complete")
def complete_issue(key: str) -> AnyResponse:
    issue, state = _issue(key), the_state()
    now = state.clock.now()
    if not issue.is_done:
        now_ms = state.clock.now_ms()
        with state.store.writing() as connection:
            issues.save(connection, issues.moved(issue, "Done", at=now_ms), now_ms=now_ms)
            ledger.record(connection, face="jira", action="completed by hand", key=issue.key, payload={}, at=now)
    return redirect(url_for("pages.jira_project", key=issue.project_key, _anchor=issue.key), 303)


@blueprint.get("/slack/")
def slack_channels() -> str:
    with the_state().store.reading() as connection:
        shown = [
            (channel, messages.has_bot(connection, channel), messages.of_channel(connection, channel.id))
            for channel in people.CHANNELS
        ]
    return render_template("slack_channels.html", channels=shown)


@blueprint.get("/slack/channels/<channel_id>")
def slack_channel(channel_id: str) -> str:
    channel = messages.BY_NAME_OR_ID.get(channel_id)
    if channel is None:
        abort(404)
    with the_state().store.reading() as connection:
        found = messages.of_channel(connection, channel.id)
    return render_template("slack_channel.html", channel=channel, messages=found)


@blueprint.get("/ledger")
def ledger_page() -> str:
    with the_state().store.reading() as connection:
        return render_template("ledger.html", entries=ledger.entries(connection)[::-1][:500])


@blueprint.get("/faults")
def faults_page() -> str:
    return render_template("faults.html", faults=the_state().faults.listed())


@blueprint.post("/faults/clear")
def clear_faults() -> AnyResponse:
    the_state().faults.clear()
    return redirect(url_for("pages.faults_page"), 303)
