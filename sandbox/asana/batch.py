"""Several reads in one call: https://developers.asana.com/docs/batch-requests. Each counts against the limit."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, request

from sandbox.asana.face import ROOT, AsanaError

MOST_ACTIONS = 10


def run() -> Response:
    """Each action as a call of its own, with the caller's token; only reads are known here."""
    data = request.get_json(silent=True)
    actions = data.get("data", {}).get("actions") if isinstance(data, dict) else None
    if not isinstance(actions, list) or not 0 < len(actions) <= MOST_ACTIONS:
        raise AsanaError(400, f"actions: Must be between 1 and {MOST_ACTIONS}.")
    token = request.headers.get("Authorization", "")
    return jsonify(data=[_done(action, token) for action in actions])


def _done(action: dict[str, Any], token: str) -> dict[str, Any]:
    if action.get("method", "").lower() != "get":
        raise AsanaError(400, "method: Not known here.")
    options = action.get("options", {})
    asked = {name: str(options[name]) for name in ("limit", "offset") if options.get(name)}
    asked |= {"opt_fields": ",".join(options["fields"])} if "fields" in options else {}
    with current_app.test_client() as client:
        path, headers = f"{ROOT}{action['relative_path']}", {"Authorization": token}
        answer = client.get(path, base_url=request.host_url, query_string=asked, headers=headers)
    return {"status_code": answer.status_code, "headers": dict(answer.headers), "body": answer.get_json()}
