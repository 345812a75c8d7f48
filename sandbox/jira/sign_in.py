"""OAuth 2.0 (3LO) as Atlassian has it: the consent page, tokens whose refresh tokens rotate, the sites one may reach.

Source: developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import ledger
from sandbox.jira import grants
from sandbox.jira.face import CLOUD, CLOUD_ID, bearer_token, body
from sandbox.pages import POLICY
from sandbox.state import the_state

CLIENT_ID = "sandbox-atlassian-app"
CLIENT_SECRET = "sandbox-atlassian-secret"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
consent = Blueprint("jira_consent", __name__)


def add_sign_in(app: Flask) -> None:
    app.register_blueprint(consent)

    @app.post("/atlassian/oauth/token")
    def atlassian_token() -> Response:
        asked = body()
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused(401, "access_denied", "Unauthorized")
        kind = {"authorization_code": "code", "refresh_token": "refresh"}.get(str(asked.get("grant_type")), "")
        return _exchanged(kind, str(asked.get("code" if kind == "code" else "refresh_token") or ""), asked)

    @app.get("/atlassian/oauth/token/accessible-resources")
    def accessible_resources() -> Response:
        with the_state().store.reading() as connection:
            now = the_state().clock.now().timestamp()
            found = grants.find(connection, "access", bearer_token(), now=now)
        if found is None:
            return _refused(401, "unauthorized", "Unauthorized")
        scopes = str(found["scope"]).split()
        return jsonify([{"id": CLOUD_ID, "name": "fernhill", "url": CLOUD.url, "scopes": scopes, "avatarUrl": ""}])


def _exchanged(kind: str, token: str, asked: dict[str, Any]) -> Response:
    state = the_state()
    now = state.clock.now().timestamp()
    with state.store.writing() as connection:
        found = grants.find(connection, kind, token, now=now)
        if found is None or (kind == "code" and found["redirect_uri"] != asked.get("redirect_uri")):
            return _refused(403, "invalid_grant", "Unknown or invalid refresh token.")
        grants.take(connection, token)
        scope = str(found["scope"])
        answer = {
            "access_token": grants.give(connection, "access", now=now, scope=scope),
            "expires_in": grants.SECONDS["access"],
            "token_type": "Bearer",
            "scope": scope,
        }
        if "offline_access" in scope.split():
            answer["refresh_token"] = grants.give(connection, "refresh", now=now, scope=scope)
        ledger.record(
            connection, face="jira", action=f"oauth {kind}", key=CLIENT_ID, payload=kind, at=state.clock.now()
        )
    return jsonify(answer)


def _refused(status: int, error: str, words: str) -> Response:
    answer = jsonify(error=error, error_description=words)
    answer.status_code = status
    return answer


@consent.after_request
def add_policy(answer: Response) -> Response:
    """The form's answer leads back to the app, on another port of this machine."""
    loopback = "form-action 'self' http://127.0.0.1:* http://localhost:*"
    answer.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", loopback)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@consent.get("/atlassian/authorize")
def ask() -> str:
    """The page on which a person accepts or not; what an app asked wrongly is told here, never redirected."""
    redirect_uri = urlsplit(request.args.get("redirect_uri", ""))
    if request.args.get("client_id") != CLIENT_ID or request.args.get("audience") != "api.atlassian.com":
        abort(401, "The app or the audience is not known.")
    if redirect_uri.scheme != "http" or redirect_uri.hostname not in LOOPBACK:
        abort(400, "This sandbox only sends people back to this machine.")
    if request.args.get("response_type") != "code" or not request.args.get("state"):
        abort(400, "Only response_type=code is known, and a state is needed.")
    return render_template("jira_consent.html", scopes=request.args.get("scope", "").split(), site=CLOUD.url)


@consent.post("/atlassian/authorize")
def decide() -> AnyResponse:
    ask()  # what could not be asked can't be answered either
    redirect_uri, answer = request.args["redirect_uri"], {"state": request.args["state"]}
    if request.form.get("decision") != "accept":
        return redirect(f"{redirect_uri}?{urlencode({'error': 'access_denied'} | answer)}", 303)
    state = the_state()
    with state.store.writing() as connection:
        scope = request.args.get("scope", "")
        now = state.clock.now().timestamp()
        code = grants.give(connection, "code", now=now, scope=scope, redirect_uri=redirect_uri)
    return redirect(f"{redirect_uri}?{urlencode(answer | {'code': code})}", 303)
