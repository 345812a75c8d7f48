"""The ways in which Luna is signed in at services, and how each service takes that back: the cases of F18."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import requests

from benchmarks.faults.recorded import Refusal
from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.domain.types import PlaceKind, SourceKind
from integrations.models import Connection
from integrations.registry import open_source, part
from luna.lib.redaction import Secret
from sandbox.asana import grants as asana_app
from sandbox.jira import sign_in as jira_app
from sandbox.jira.face import CLOUD_ID
from tests.google import GoogleSandbox, connect_google
from tests.integrations.webhooks.tools import ASANA_PROJECT, CLICKUP_LIST
from tests.integrations.world import BOT_TOKEN, EMAIL, OFFERED, TOKEN
from tests.people import person
from tests.reports.slack import connect_slack

if TYPE_CHECKING:
    from benchmarks.faults.stage import Stage

BACK = "http://127.0.0.1:8000/settings/integrations/consent/"
UNAUTHORISED = Refusal(401, {"errorMessages": ["Client must be authenticated."], "errors": {}})


@dataclass(frozen=True)
class Service:
    """A way to be signed in somewhere, and how it is refused."""

    name: str
    face: str
    refusal: Refusal
    connected: Callable[[Stage], Connection]
    renewed: Callable[[Stage, Connection], Secret]
    """What an admin enters afterwards."""
    source: tuple[SourceKind, str] | None = None
    """What is read; None of a place."""
    place: tuple[PlaceKind, str] = (PlaceKind.CHANNEL, "")
    before: timedelta = timedelta(0)
    """How long before each piece of work an access token was had, so that it has to be renewed."""


def _connected(
    provider: str, base_url: str, account: str, secret: Secret, offered: Iterable[Project], **options: str
) -> Connection:
    count = Connection.objects.count()
    row = connect(
        provider=provider, name=f"{provider} {count}", base_url=base_url, account=account, secret=secret,
        info=AccountInfo(account, "Fernhill"), options=options, actor=person("ada"),
    )  # fmt: skip
    if offered:
        offer_projects(connection=row, version=row.version, projects=offered, actor=person("ada"))
        row.refresh_from_db()
    return row


def _jira_projects() -> list[Project]:
    return [Project(pk, key, key) for key, pk in OFFERED.items()]


def _jira(stage: Stage) -> Connection:
    return _connected("jira_cloud", f"{stage.sandbox.url}/jira", EMAIL, Secret(TOKEN), _jira_projects())


def jira_by_consent(stage: Stage) -> Connection:
    secret = _jira_consent(stage)
    return _connected("jira_cloud", f"{stage.sandbox.url}/jira", "", secret, _jira_projects(), cloud_id=CLOUD_ID)


def _data_center(stage: Stage) -> Connection:
    secret = Secret("sandbox-dc-token")
    projects = _jira_projects()
    row = _connected("jira_data_center", f"{stage.sandbox.url}/jira-dc", EMAIL, secret, [])
    with closing(open_source(row)) as client:
        projects = list(client.projects())
    offer_projects(connection=row, version=row.version, projects=projects, actor=person("ada"))
    row.refresh_from_db()
    return row


def _asana(_stage: Stage) -> Connection:
    return _connected("asana", "", "", Secret("sandbox-asana-token"), [Project(ASANA_PROJECT, "", "Project")])


def _asana_by_consent(stage: Stage) -> Connection:
    return _connected("asana", "", "", _asana_consent(stage), [Project(ASANA_PROJECT, "", "Project")])


def _clickup(_stage: Stage) -> Connection:
    return _connected("clickup", "", "", Secret("pk_sandbox"), [Project(CLICKUP_LIST, "", "List")])


def _slack(stage: Stage) -> Connection:
    return connect_slack(stage.sandbox.url)


def _google(stage: Stage) -> Connection:
    return connect_google(GoogleSandbox(stage.sandbox.url))


def _jira_consent(_stage: Stage, _row: Connection | None = None) -> Secret:
    pending = part("jira_cloud", "oauth.Grant")(jira_app.CLIENT_ID, jira_app.CLIENT_SECRET, CLOUD_ID).sealed_form
    return _consented("jira_cloud", pending, "accept")


def _asana_consent(_stage: Stage, _row: Connection | None = None) -> Secret:
    pending = part("asana", "grants.Grant")(asana_app.CLIENT_ID, asana_app.CLIENT_SECRET)
    return _consented("asana", part("asana", "grants.sealed_form")(pending), "allow")


def _consented(provider: str, pending: Secret, decision: str) -> Secret:
    """What a person's yes on the service's page brings."""
    verifier = "v" * 43
    url = part(provider, "consent.consent_url")(pending, redirect_uri=BACK, state="s", verifier=verifier)
    answer = requests.post(url, data={"decision": decision}, allow_redirects=False, timeout=20)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    secret: Secret = part(provider, "consent.exchange")(pending, code=code, verifier=verifier, redirect_uri=BACK)
    return secret


def _same(plain: str) -> Callable[[Stage, Connection], Secret]:
    return lambda _stage, _row: Secret(plain)


_ISSUES = (SourceKind.JQL, "project in (CAL, PAY)")
_PROJECT = (SourceKind.PROJECT, ASANA_PROJECT)
_LIST = (SourceKind.LIST, CLICKUP_LIST)
_JIRA = Service("Jira Cloud, token", "jira", UNAUTHORISED, _jira, _same(TOKEN), _ISSUES)
_ASANA = Service(
    "Asana, token", "asana", Refusal(401, {"errors": [{"message": "Not Authorized"}]}), _asana,
    _same("sandbox-asana-token"), _PROJECT,
)  # fmt: skip
SERVICES = (
    _JIRA,
    replace(
        _JIRA, name="Jira Cloud, consent", connected=jira_by_consent, renewed=_jira_consent,
        before=timedelta(hours=2),
    ),
    replace(
        _JIRA, name="Jira Data Center, token", face="jira-dc", connected=_data_center,
        renewed=_same("sandbox-dc-token"), source=(SourceKind.JQL, "project = FIV"),
    ),
    _ASANA,
    replace(_ASANA, name="Asana, consent", connected=_asana_by_consent, renewed=_asana_consent),
    Service(
        "ClickUp, token", "clickup", Refusal(401, {"err": "Token invalid", "ECODE": "OAUTH_025"}), _clickup,
        _same("pk_sandbox"), _LIST,
    ),
    Service(
        "Slack, bot token", "slack", Refusal(200, {"ok": False, "error": "token_revoked"}), _slack, _same(BOT_TOKEN),
        place=(PlaceKind.CHANNEL, "C01LAUNCHES"),
    ),
    Service(
        "Google, service account", "google",
        Refusal(401, {"error": {"code": 401, "message": "Invalid Credentials", "status": "UNAUTHENTICATED"}}), _google,
        lambda stage, _row: GoogleSandbox(stage.sandbox.url).secret("luna"), place=(PlaceKind.DOCUMENT, ""),
    ),
)  # fmt: skip
