"""Sign-in: the token endpoint for service accounts and for people, and the consent page.

Sources: developers.google.com/identity/protocols/oauth2/service-account and /web-server.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from flask import Blueprint, Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.company.people import PEOPLE
from sandbox.google import accounts, files, grants
from sandbox.google.answers import SignInError
from sandbox.pages import POLICY
from sandbox.state import State, the_state

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LEEWAY_SECONDS = 300
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
consent = Blueprint("google_consent", __name__)


def add_sign_in(app: Flask) -> None:
    app.register_blueprint(consent)

    @app.post("/google/token")
    def google_token() -> Response:
        state = the_state()
        try:
            with state.store.writing() as connection:
                answer = _token(state, connection, request.form)
        except SignInError as error:
            return error.response()
        return jsonify(answer)

    @app.post("/google/revoke")
    def google_revoke() -> Response:
        with the_state().store.writing() as connection:
            grants.take(connection, request.values.get("token", ""))
        return jsonify({})


def _token(state: State, connection: sqlite3.Connection, form: Mapping[str, str]) -> dict[str, Any]:
    match form.get("grant_type"):
        case kind if kind == JWT_BEARER:
            return _for_service_account(state, connection, form.get("assertion", ""))
        case "authorization_code":
            _check_client(form)
            return _for_code(state, connection, form)
        case "refresh_token":
            _check_client(form)
            return _for_refresh(state, connection, form.get("refresh_token", ""))
        case other:
            raise SignInError("unsupported_grant_type", f"Invalid grant_type: {other}")


def _given(
    state: State, connection: sqlite3.Connection, subject: str, scopes: frozenset[str], source: str = ""
) -> dict[str, Any]:
    expires = state.clock.now().timestamp() + grants.ACCESS_SECONDS
    token = grants.give(connection, "access", subject=subject, scopes=scopes, expires=expires, source=source)
    scope = " ".join(sorted(scopes))
    return {"access_token": token, "expires_in": grants.ACCESS_SECONDS - 1, "scope": scope, "token_type": "Bearer"}


def _check_client(form: Mapping[str, str]) -> None:
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if request.authorization is not None:
        client_id, secret = request.authorization.username, request.authorization.password
    if client_id != accounts.CLIENT_ID:
        raise SignInError("invalid_client", "The OAuth client was not found.", 401)
    if secret != accounts.CLIENT_SECRET:
        raise SignInError("invalid_client", "The provided client secret is invalid.", 401)


def _for_service_account(state: State, connection: sqlite3.Connection, assertion: str) -> dict[str, Any]:
    try:
        claims = accounts.claims_of(connection, assertion)
    except (InvalidSignature, ValueError, TypeError):
        raise SignInError("invalid_grant", "Invalid JWT Signature.") from None
    account = accounts.BY_ADDRESS.get(str(claims.get("iss")))
    if account is None or account.is_deleted:
        raise SignInError("invalid_grant", "Invalid grant: account not found")
    _check_claims(state, claims)
    scopes = frozenset(str(claims.get("scope", "")).split())
    if not scopes or not scopes <= accounts.SCOPES.keys():
        raise SignInError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    subject = str(claims.get("sub") or account.email)
    if subject != account.email:
        if not account.may_delegate:
            words = "Client is unauthorized to retrieve access tokens using this method, or client not authorized "
            raise SignInError("unauthorized_client", words + "for any of the scopes requested.", 401)
        if not accounts.is_a_person(subject):
            raise SignInError("invalid_grant", "Invalid email or User ID")
    return _given(state, connection, subject, scopes)


def _check_claims(state: State, claims: dict[str, Any]) -> None:
    """The audience is this endpoint, by the address that the key file gives or by Google's own."""
    if claims.get("aud") not in {request.base_url, "https://oauth2.googleapis.com/token"}:
        raise SignInError("invalid_grant", "Invalid JWT: Failed audience check.")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise SignInError("invalid_grant", "Invalid JWT: iat and exp must be numbers.")
    # A client signs by the machine's time, and its moved clock is the sandbox's: either is believed.
    times = (state.clock.now().timestamp(), state.clock.now().timestamp() - state.clock.offset_seconds())
    if not any(issued - LEEWAY_SECONDS <= now <= expires + LEEWAY_SECONDS for now in times):
        words = "Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
        raise SignInError("invalid_grant", f"Invalid JWT: {words} Check your iat and exp values in the JWT claim.")
    if expires - issued > grants.ACCESS_SECONDS + LEEWAY_SECONDS:
        raise SignInError("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes).")


def _for_code(state: State, connection: sqlite3.Connection, form: Mapping[str, str]) -> dict[str, Any]:
    grant = grants.find(connection, "code", form.get("code", ""), state.clock.now())
    if grant is None:
        raise SignInError("invalid_grant", "Malformed auth code.")
    if form.get("redirect_uri") != grant.redirect_uri:
        raise SignInError("redirect_uri_mismatch", "Bad Request")
    if grant.challenge:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != grant.challenge:
            raise SignInError("invalid_grant", "Invalid code verifier.")
    grants.take(connection, grant.token)
    refresh = grants.give(connection, "refresh", subject=grant.subject, scopes=grant.scopes, expires=0)
    return _given(state, connection, grant.subject, grant.scopes, refresh) | {"refresh_token": refresh}


def _for_refresh(state: State, connection: sqlite3.Connection, token: str) -> dict[str, Any]:
    grant = grants.find(connection, "refresh", token, state.clock.now())
    if grant is None:
        raise SignInError("invalid_grant", "Token has been expired or revoked.")
    return _given(state, connection, grant.subject, grant.scopes, token)


def _let_app_open(connection: sqlite3.Connection, file_id: str, email: str) -> None:
    """What Google's file picker does: a person hands one of their folders to the app."""
    found = files.find(connection, file_id)
    if found is None or files.role_of(files.access(connection, found), email) < 0:
        abort(400, "That person has no such folder.")
    files.save(connection, replace(found, is_app_made=True))


@consent.after_request
def add_policy(answer: Response) -> Response:
    """The form's answer leads back to the app, on another port of this machine."""
    loopback = "form-action 'self' http://127.0.0.1:* http://localhost:*"
    answer.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", loopback)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@consent.get("/google/o/oauth2/v2/auth")
def ask() -> str:
    """The page on which a person allows or denies; what an app asked wrongly is told here, never redirected."""
    redirect_uri = request.args.get("redirect_uri", "")
    scopes = request.args.get("scope", "").split()
    if request.args.get("client_id") != accounts.CLIENT_ID:
        abort(401, "Error 401: invalid_client. The OAuth client was not found.")
    if urlsplit(redirect_uri).scheme != "http" or urlsplit(redirect_uri).hostname not in LOOPBACK:
        abort(400, "Error 400: redirect_uri_mismatch. This sandbox only sends people back to this machine.")
    if request.args.get("response_type") != "code":
        abort(400, "Error 400: invalid_request. Only response_type=code is known.")
    if not scopes or not set(scopes) <= accounts.SCOPES.keys():
        abort(400, "Error 400: invalid_scope. Some requested scopes were invalid.")
    people = [person for person in PEOPLE if person.is_active]
    with the_state().store.reading() as connection:
        folders = [one for one in files.everything(connection) if one.mime_type == files.FOLDER and one.drive_id]
    asked = [accounts.SCOPES[scope] for scope in scopes]
    return render_template("google_consent.html", people=people, asked=asked, folders=folders, fields=request.args)


@consent.post("/google/o/oauth2/v2/auth")
def decide() -> AnyResponse:
    form, state = request.form, the_state()
    ask()  # what could not be asked can't be answered either
    redirect_uri, answer = request.args["redirect_uri"], {"state": request.args.get("state", "")}
    if form.get("decision") != "allow":
        return redirect(f"{redirect_uri}?{urlencode({'error': 'access_denied'} | answer)}", 303)
    subject = form.get("person", "")
    if not accounts.is_a_person(subject):
        abort(400, "Nobody here has that address.")
    with state.store.writing() as connection:
        for picked in form.getlist("folder"):
            _let_app_open(connection, picked, subject)
        code = grants.give(
            connection,
            "code",
            subject=subject,
            scopes=frozenset(request.args["scope"].split()),
            expires=state.clock.now().timestamp() + grants.CODE_SECONDS,
            redirect_uri=redirect_uri,
            challenge=request.args.get("code_challenge", ""),
        )
    scope = request.args["scope"]
    return redirect(f"{redirect_uri}?{urlencode(answer | {'code': code, 'scope': scope})}", 303)
