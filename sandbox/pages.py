"""The pages on which a person looks into the sandbox: tasks, channels with their messages, ledger, faults."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import ledger
from sandbox.clock import COMPANY_ZONE
from sandbox.company import people
from sandbox.control_api import next_day
from sandbox.slack import messages
from sandbox.slack.mrkdwn import mrkdwn, plain, rich_text, text_object
from sandbox.state import the_state

blueprint = Blueprint("pages", __name__)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


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
