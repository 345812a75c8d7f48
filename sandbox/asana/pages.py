"""The pages on which a person looks into the sandbox's Asana and completes a task."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox import ledger
from sandbox.asana import stories, tasks
from sandbox.asana.plan import BY_GID, PROJECT_OF, PROJECTS, SECTIONS, Project, Section
from sandbox.asana.tasks import marked
from sandbox.names import called, rename_at_once
from sandbox.pages import add_policy
from sandbox.state import the_state

blueprint = Blueprint("asana_pages", __name__)
blueprint.after_request(add_policy)


@blueprint.app_template_filter("asana_name")
def name_now(one: Project | Section) -> str:
    return called(f"asana {one.gid}", one.name)


@blueprint.get("/asana/")
@blueprint.get("/asana/projects")
def projects() -> str:
    with the_state().store.reading() as connection:
        rows = [
            (project, [task for _, task in tasks.of_sections(connection, [one.gid for one in project.sections])])
            for project in PROJECTS
        ]
    return render_template("asana_projects.html", projects=rows)


@blueprint.get("/asana/projects/<gid>")
def project(gid: str) -> str:
    if gid not in BY_GID:
        abort(404)
    with the_state().store.reading() as connection:
        sections = [
            (section, [task for _, task in tasks.of_sections(connection, [section.gid])])
            for section in BY_GID[gid].sections
        ]
        comments = stories.texts_of(connection, (task.gid for _, found in sections for task in found))
    return render_template("asana_project.html", project=BY_GID[gid], sections=sections, comments=comments)


@blueprint.post("/asana/names/<gid>")
def rename(gid: str) -> Response:
    """A project or a section, by a person."""
    home = PROJECT_OF[gid].gid if gid in SECTIONS else gid
    name = request.form.get("name", "").strip()
    if home not in BY_GID or not name:
        abort(404)
    rename_at_once(f"asana {gid}", name)
    return redirect(url_for("asana_pages.project", gid=home, _anchor=gid), 303)


@blueprint.post("/asana/tasks/<gid>/complete")
def complete(gid: str) -> Response:
    state = the_state()
    with state.store.writing() as connection:
        task = tasks.by_gid(connection, gid)
        if task is None:
            abort(404)
        if not task.is_done:
            tasks.save(connection, marked(task, completed=True, at=state.clock.now_ms()))
            now = state.clock.now()
            ledger.record(connection, face="asana", action="completed by hand", key=gid, payload={}, at=now)
    home = PROJECT_OF[task.sections[0]].gid if task.sections else PROJECTS[0].gid
    return redirect(url_for("asana_pages.project", gid=home, _anchor=gid), 303)
