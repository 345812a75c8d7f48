"""The pages on which a person looks into both of the sandbox's Jiras and completes a task."""

from __future__ import annotations

import re

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox import ledger
from sandbox.company.plan import BY_KEY, Project, browsable
from sandbox.jira import issues, remote_links
from sandbox.jira.issues import Issue
from sandbox.names import key_of, name_of, project_of, rename_project
from sandbox.pages import add_policy
from sandbox.state import the_state

blueprint = Blueprint("jira_pages", __name__)
blueprint.after_request(add_policy)
SITE = '/<any("jira", "jira-dc"):site>'
KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}")
TITLES = {"jira": "Jira Cloud", "jira-dc": "Jira Data Center"}


@blueprint.get("/jira/")
@blueprint.get("/jira/projects")
def cloud_projects() -> str:
    return _projects("jira")


@blueprint.get("/jira-dc/")
@blueprint.get("/jira-dc/projects")
def data_center_projects() -> str:
    return _projects("jira-dc")


def _projects(site: str) -> str:
    with the_state().store.reading() as connection:
        rows = [(project, issues.of_project(connection, project.key)) for project in browsable(site)]
    counted = [(_told(project), sum(one.is_done for one in found), len(found)) for project, found in rows]
    return render_template("jira_projects.html", title=TITLES[site], projects=counted)


def _told(project: Project) -> dict[str, str]:
    """As it is called now."""
    return {"site": project.site, "key": key_of(project), "name": name_of(project)}


@blueprint.get(SITE + "/projects/<key>")
def project(site: str, key: str) -> str:
    shown = project_of(key)
    if shown is None or shown not in browsable(site):
        abort(404)
    with the_state().store.reading() as connection:
        found = issues.of_project(connection, shown.key)
    epics = [one for one in found if one.type == "Epic"]
    groups = [(epic, [one for one in found if one.parent_id == epic.id]) for epic in epics]
    own = {epic.id for epic in epics}
    loose = [one for one in found if one.type != "Epic" and one.parent_id not in own]
    return render_template("jira_project.html", project=_told(shown), groups=groups, loose=loose)


@blueprint.post(SITE + "/projects/<key>/rename")
def rename(site: str, key: str) -> Response:
    """By a person; the old key leads on."""
    shown, state = project_of(key), the_state()
    if shown is None or shown not in browsable(site):
        abort(404)
    new_key, name = request.form.get("key", "").strip().upper(), request.form.get("name", "").strip()
    if not KEY.fullmatch(new_key) or project_of(new_key) not in {None, shown} or not name:
        abort(400, "A project needs a name, and a key of letters and digits that no other project has or had.")
    with state.store.writing() as connection:
        rename_project(state, connection, shown, key=new_key, name=name, keeps_old_key=True)
    return redirect(url_for("jira_pages.project", site=site, key=new_key), 303)


def _issue(site: str, key: str) -> Issue:
    with the_state().store.reading() as connection:
        found = issues.by_key(connection, key)
    if found is None or BY_KEY[found.project_key] not in browsable(site):
        abort(404)
    return found


@blueprint.get(SITE + "/browse/<key>")
def issue(site: str, key: str) -> str:
    shown = _issue(site, key)
    with the_state().store.reading() as connection:
        parent = issues.by_key(connection, str(shown.parent_id)) if shown.parent_id else None
        tasks = issues.children(connection, shown.id)
        changes = issues.history(connection, [shown.id])[shown.id]
        links = remote_links.of_issue(connection, shown.id)
    told = {"parent": parent, "tasks": tasks, "changes": changes, "links": links}
    return render_template("jira_issue.html", issue=shown, **told)


@blueprint.post(SITE + "/browse/<key>/complete")
def complete(site: str, key: str) -> Response:
    found, state = _issue(site, key), the_state()
    now = state.clock.now()
    if not found.is_done:
        now_ms = state.clock.now_ms()
        with state.store.writing() as connection:
            issues.save(connection, issues.moved(found, "Done", at=now_ms), now_ms=now_ms)
            ledger.record(connection, face=site, action="completed by hand", key=found.key, payload={}, at=now)
    return redirect(url_for("jira_pages.project", site=site, key=found.project_key, _anchor=found.key), 303)
