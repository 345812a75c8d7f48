"""Sign-in of an app: the page on which a person allows it, and tokens: https://developers.asana.com/docs/oauth."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.asana import grants
from sandbox.asana.plan import WORKSPACE_NAME
from sandbox.pages import POLICY
from sandbox.state import the_state

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PAGE = "/asana/-/oauth_authorize"
consent = Blueprint("asana_consent", __name__)


def add_sign_in(app: Flask) -> None:
    app.register_blueprint(consent)

    @app.post("/asana/-/oauth_token")
    def asana_token() -> Response:
        form = request.form
        if (form.get("client_id"), form.get("client_secret")) != (grants.CLIENT_ID, grants.CLIENT_SECRET):
            return _refusal("invalid_client", "The client is not known, or its secret is wrong.")
        refresh_token = form.get("refresh_token", "")
        state = the_state()
        now_ms = state.clock.now_ms()
        with state.store.writing() as connection:
            if form.get("grant_type") == "authorization_code":
                if grants.challenge_of(connection, form.get("code", "")) != _challenge(form.get("code_verifier", "")):
                    return _refusal("invalid_grant", "The code was used, or its verifier is wrong.")
                given = {"refresh_token": grants.give(connection, "refresh", now_ms)}
            elif not grants.holds(connection, "refresh", refresh_token):
                return _refusal("invalid_grant", "The refresh token is not good any more.")
            else:
                given = {}
            access = grants.give(connection, "access", now_ms)
        return jsonify(given | {"access_token": access, "expires_in": 3600, "token_type": "bearer"})


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _refusal(word: str, sentence: str) -> Response:
    answer = jsonify(error=word, error_description=sentence)
    answer.status_code = 400
    return answer


@consent.after_request
def add_policy(answer: Response) -> Response:
    """The form's answer leads back to the app, on another port of this machine."""
    loopback = "form-action 'self' http://127.0.0.1:* http://localhost:*"
    answer.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", loopback)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@consent.get(PAGE)
def ask() -> str:
    """What an app asked wrongly is told here, never redirected."""
    redirect_uri = urlsplit(request.args.get("redirect_uri", ""))
    if request.args.get("client_id") != grants.CLIENT_ID:
        abort(401, "There is no app with this client ID.")
    if redirect_uri.scheme != "http" or redirect_uri.hostname not in LOOPBACK:
        abort(400, "This sandbox only sends people back to this machine.")
    return render_template("asana_consent.html", workspace=WORKSPACE_NAME)


@consent.post(PAGE)
def decide() -> AnyResponse:
    ask()  # what could not be asked can't be answered either
    answer = {"state": request.args["state"]} if "state" in request.args else {}
    if request.form.get("decision") == "allow":
        state = the_state()
        with state.store.writing() as connection:
            asked = request.args.get("code_challenge", "")
            answer["code"] = grants.give(connection, "code", state.clock.now_ms(), asked)
    else:
        answer["error"] = "access_denied"
    return redirect(f"{request.args['redirect_uri']}?{urlencode(answer)}", 303)
