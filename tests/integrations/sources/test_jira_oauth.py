"""OAuth with Jira Cloud: over Atlassian's consent page, and refresh tokens that are good once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import LazySettings
from django.db import connection as database
from django.test import Client
from django.urls import reverse

from integrations.account import Access, AccountInfo
from integrations.actions.connections import connect
from integrations.credentials import access_of
from integrations.errors import ErrorKind, NeedsAttentionError, RetryLaterError
from integrations.models import Connection
from integrations.registry import open_source
from integrations.sources.jira.cloud.consent import consent_url, exchange
from integrations.sources.jira.cloud.oauth import Grant, grant_in
from integrations.sources.jira.cloud.source import open_source as open_cloud
from luna.lib.redaction import Secret
from people.models import User
from sandbox.control import SandboxControl
from sandbox.jira.face import CLOUD_ID
from sandbox.jira.sign_in import CLIENT_ID, CLIENT_SECRET
from sandbox.server import SandboxServer
from tests.integrations.world import EMAIL, OFFERED, open_to
from tests.moving_clock import MovingClock

BACK = "http://127.0.0.1:8000/settings/integrations/consent/"
PENDING = Grant(CLIENT_ID, CLIENT_SECRET, CLOUD_ID)


@pytest.fixture(autouse=True)
def atlassian(sandbox: SandboxServer, settings: LazySettings) -> str:
    """The address of the site; Atlassian's own addresses are the sandbox's."""
    open_to(sandbox, settings)
    return f"{sandbox.url}/jira"


def agreed(url: str, decision: str = "accept") -> str:
    """What a person's browser is sent back with."""
    answer = requests.post(url, data={"decision": decision}, allow_redirects=False, timeout=5)
    assert answer.status_code == 303
    return answer.headers["Location"]


def granted() -> Secret:
    url = consent_url(PENDING.sealed_form, redirect_uri=BACK, state="s", verifier="")
    code = dict(part.split("=") for part in urlsplit(agreed(url)).query.split("&"))["code"]
    return exchange(PENDING.sealed_form, code=code, verifier="", redirect_uri=BACK)


def connected(admin: User, site: str) -> Connection:
    return connect(
        provider="jira_cloud",
        name="Jira",
        base_url=site,
        account="",
        secret=granted(),
        info=AccountInfo(EMAIL, "Jira"),
        options={"cloud_id": CLOUD_ID},
        actor=admin,
    )


def refreshes(control: SandboxControl) -> int:
    return sum(line["action"] == "oauth refresh" for line in control.ledger())


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_refresh_once(
    ada: User, atlassian: str, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    connection = connected(ada, atlassian)
    clock.move(timedelta(hours=2))

    def work(_number: int) -> int:
        try:
            row = Connection.objects.get(pk=connection.pk)
            with closing(open_source(row)) as client:
                return len(client.projects())
        finally:
            database.close()

    with ThreadPoolExecutor(10) as workers:
        found = list(workers.map(work, range(10)))
    assert set(found) == {12}
    assert refreshes(sandbox_control) == 1


@pytest.mark.django_db
def test_each_refresh_token_is_stored_before_it_is_used(
    ada: User, atlassian: str, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    connection = connected(ada, atlassian)
    seen = set()
    for count in range(1, 4):
        clock.move(timedelta(hours=2))
        sandbox_control.add_fault("jira", "status", match="project/search", status=503)
        with closing(open_source(connection)) as client, pytest.raises(RetryLaterError):
            client.projects()
        connection.refresh_from_db()
        stored = grant_in(access_of(connection).secret)
        assert stored is not None
        seen.add(stored.refresh_token)
        assert refreshes(sandbox_control) == count
    assert len(seen) == 3
    assert connection.credentials_hint == ""


@pytest.mark.django_db
def test_a_withdrawn_consent_needs_someone_and_a_lost_answer_does_not(
    ada: User, atlassian: str, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    connection = connected(ada, atlassian)
    clock.move(timedelta(hours=2))
    sandbox_control.add_fault("jira", "status", match="oauth/token", status=503)
    with closing(open_source(connection)) as client, pytest.raises(RetryLaterError):
        client.projects()
    clock.move(timedelta(days=91))
    with closing(open_source(connection)) as client, pytest.raises(NeedsAttentionError, match="agree") as refused:
        client.projects()
    assert refused.value.kind == ErrorKind.SIGN_IN_REFUSED
    assert "sandbox-refresh" not in str(refused.value)


def test_what_is_not_stored_is_not_refreshed(
    atlassian: str, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    access = Access(atlassian, "", granted(), {"cloud_id": CLOUD_ID})
    with closing(open_cloud(access, [])) as client:
        assert client.check().error is None
    clock.move(timedelta(hours=2))
    with closing(open_cloud(access, [])) as client, pytest.raises(NeedsAttentionError):
        client.projects()
    assert refreshes(sandbox_control) == 0


@pytest.mark.parametrize(
    ("pending", "words"),
    [
        (Grant(CLIENT_ID, "wrong", CLOUD_ID), "client ID"),
        (Grant(CLIENT_ID, CLIENT_SECRET, "another-site"), "not to the site that you entered"),
    ],
)
def test_what_is_wrong_with_a_consent_is_said(pending: Grant, words: str) -> None:
    url = consent_url(pending.sealed_form, redirect_uri=BACK, state="s", verifier="")
    code = dict(part.split("=") for part in urlsplit(agreed(url)).query.split("&"))["code"]
    with pytest.raises(NeedsAttentionError, match=words):
        exchange(pending.sealed_form, code=code, verifier="", redirect_uri=BACK)


@pytest.mark.django_db
def test_an_admin_connects_over_atlassians_page(
    signed_in: Callable[[User], Client], ada: User, atlassian: str, settings: LazySettings
) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    admin = signed_in(ada)
    typed = {"name": "Jira", "base_url": atlassian, "method": "app", "client_id": CLIENT_ID}
    form = reverse("integrations:connect", args=["jira_cloud"])
    assert admin.post(form, typed).status_code == 422
    answer = admin.post(form, typed | {"client_secret": CLIENT_SECRET}, follow=True)
    back = agreed(answer.context["url"])
    assert admin.get(back.removeprefix(settings.BASE_URL)).status_code in {302, 303}
    connection = Connection.objects.get(provider="jira_cloud")
    assert (connection.base_url, connection.account, connection.options) == (atlassian, EMAIL, {"cloud_id": CLOUD_ID})
    assert CLIENT_SECRET not in connection.credentials
    with closing(open_source(connection)) as client:
        assert set(OFFERED) <= {one.key for one in client.projects()}
    edit = reverse("integrations:edit_connection", args=[connection.pk])
    kept = typed | {"name": "Our Jira", "version": connection.version}
    assert admin.post(edit, kept).status_code == 303
    connection.refresh_from_db()
    assert connection.name == "Our Jira"


@pytest.mark.django_db
def test_a_refused_consent_connects_nothing(
    signed_in: Callable[[User], Client], ada: User, atlassian: str, settings: LazySettings
) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    admin = signed_in(ada)
    typed = {"name": "Jira", "base_url": atlassian, "method": "app", "client_id": CLIENT_ID}
    form = reverse("integrations:connect", args=["jira_cloud"])
    answer = admin.post(form, typed | {"client_secret": CLIENT_SECRET}, follow=True)
    page = admin.get(agreed(answer.context["url"], "deny").removeprefix(settings.BASE_URL))
    assert "Begin again, and accept" in page.content.decode()
    assert not Connection.objects.exists()
