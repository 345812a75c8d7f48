"""Sign-in of an app: the page on which a person allows it, and the code that becomes a token.

Source: https://developer.clickup.com/docs/authentication
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.clickup import grants
from sandbox.clickup.face import ROOT, ClickUpError
from sandbox.clickup.workspace import TEAM_NAME
from sandbox.pages import POLICY
from sandbox.state import the_state

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
consent = Blueprint("clickup_consent", __name__)


def add_sign_in(app: Flask) -> None:
    app.register_blueprint(consent)

    @app.post(f"{ROOT}oauth/token")
    def clickup_token() -> Response:
        asked = request.get_json(silent=True) or {}
        try:
            return jsonify(access_token=_for_code(asked), token_type="Bearer")
        except ClickUpError as error:
            return error.response()


def _for_code(asked: dict[str, str]) -> str:
    if (asked.get("client_id"), asked.get("client_secret")) != (grants.CLIENT_ID, grants.CLIENT_SECRET):
        raise ClickUpError(401, "Client not found", "OAUTH_010")
    with the_state().store.writing() as connection:
        if not grants.take(connection, "code", str(asked.get("code"))):
            raise ClickUpError(401, "Code already used or not found", "OAUTH_014")
        return grants.give(connection, "access")


@consent.after_request
def add_policy(answer: Response) -> Response:
    """The form's answer leads back to the app, on another port of this machine."""
    loopback = "form-action 'self' http://127.0.0.1:* http://localhost:*"
    answer.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", loopback)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@consent.get("/clickup/api")
def ask() -> str:
    """What an app asked wrongly is told here, never redirected."""
    redirect_uri = urlsplit(request.args.get("redirect_uri", ""))
    if request.args.get("client_id") != grants.CLIENT_ID:
        abort(401, "There is no app with this client ID.")
    if redirect_uri.scheme != "http" or redirect_uri.hostname not in LOOPBACK:
        abort(400, "This sandbox only sends people back to this machine.")
    return render_template("clickup_consent.html", workspace=TEAM_NAME)


@consent.post("/clickup/api")
def decide() -> AnyResponse:
    ask()  # what could not be asked can't be answered either
    answer = {"state": request.args["state"]} if "state" in request.args else {}
    if request.form.get("decision") == "allow":
        with the_state().store.writing() as connection:
            answer["code"] = grants.give(connection, "code")
    else:
        answer["error"] = "access_denied"
    return redirect(f"{request.args['redirect_uri']}?{urlencode(answer)}", 303)
