"""Jira Cloud through the real SDK, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.errors import ErrorKind, NotFoundError, RefusedError
from integrations.sources.base import SourceQuery
from integrations.sources.jira import source as jira_source
from integrations.sources.jira.cloud import source as cloud_source
from integrations.sources.jira.cloud.addresses import gateway
from integrations.sources.jira.cloud.forms import CredentialsForm
from integrations.sources.jira.cloud.source import CloudSource
from luna.lib.http import Limits
from luna.lib.redaction import Secret
from sandbox.company.people import JIRA_EXPIRED_TOKEN
from sandbox.control import SandboxControl
from sandbox.jira.face import CLOUD_ID, NARROW_TOKEN, SCOPED_TOKEN
from sandbox.server import SandboxServer
from tests.integrations.sources.contract import SourceContract
from tests.integrations.sources.jira_contract import JiraContract
from tests.integrations.world import EMAIL, OFFERED, TOKEN, open_to


class TestJiraCloud(JiraContract, SourceContract):
    face = "jira"
    good = SourceQuery("jql", "project = CAL ORDER BY created")
    nonsense = SourceQuery("jql", "nofield = 3")
    not_offered = SourceQuery("jql", "project = OPS")

    home, elsewhere = "CAL", "OPS"

    @staticmethod
    def opened(sandbox: SandboxServer, offered: Iterable[Mapping[str, str]] | None) -> CloudSource:
        return CloudSource(Access(f"{sandbox.url}/jira", EMAIL, Secret(TOKEN)), offered)

    def read_call(self) -> str:
        return "search/jql"

    @pytest.fixture
    def client(
        self, sandbox: SandboxServer, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, limits: Limits
    ) -> Iterator[CloudSource]:
        monkeypatch.setattr(jira_source, "PAGE_SIZE", 20)
        monkeypatch.setattr(cloud_source, "IDS_PAGE", 20)
        open_to(sandbox, settings)
        offered = [{"id": pk, "key": key, "name": key} for key, pk in OFFERED.items()]
        with closing(CloudSource(Access(f"{sandbox.url}/jira", EMAIL, Secret(TOKEN)), offered, limits)) as client:
            yield client

    @pytest.fixture
    def refused_client(self, sandbox: SandboxServer, settings: LazySettings) -> Iterator[CloudSource]:
        open_to(sandbox, settings)
        with closing(CloudSource(Access(f"{sandbox.url}/jira", EMAIL, Secret("wrong")), [])) as client:
            yield client

    def test_projects_that_the_account_cannot_browse_are_not_offered(self, client: CloudSource) -> None:
        keys = {project.key for project in client.projects()}
        assert {"CAL", "OPS"} <= keys
        assert "SEC" not in keys

    def test_an_epic_has_its_summary_as_title(self, client: CloudSource) -> None:
        assert client.verify(SourceQuery("epic", "cal-2")) == "Calendar sync, two-way"
        with pytest.raises(NotFoundError):
            client.verify(SourceQuery("epic", "CAL-9999"))

    def test_nothing_can_be_asked_while_nothing_is_offered(self, sandbox: SandboxServer) -> None:
        with (
            closing(CloudSource(Access(f"{sandbox.url}/jira", EMAIL, Secret(TOKEN)), [])) as client,
            pytest.raises(RefusedError, match="offers no project"),
        ):
            client.count(self.good)

    def test_a_server_that_is_no_cloud_is_named(self, client: CloudSource, sandbox_control: SandboxControl) -> None:
        body = {"deploymentType": "Server", "version": "10.3.0"}
        sandbox_control.add_fault("jira", "status", match="serverInfo", status=200, body=body)
        report = client.check()
        assert report.error is not None
        assert report.error.kind == ErrorKind.WRONG_PRODUCT
        assert [step.outcome for step in report.steps] == ["ok", "bad", "not_tried", "not_tried"]

    def test_the_secret_is_sent_to_no_redirect(self, client: CloudSource, sandbox_control: SandboxControl) -> None:
        headers = {"Location": "https://elsewhere.example/?token=1"}
        sandbox_control.add_fault("jira", "status", match="search", status=302, headers=headers)
        with pytest.raises(Exception, match=r"elsewhere\.example") as refused:
            client.sample(self.good, 1)
        assert "token=1" not in str(refused.value)


class TestScopedTokens:
    """They work at Atlassian's gateway alone; the site stays what people see."""

    @pytest.fixture(autouse=True)
    def site(self, sandbox: SandboxServer, settings: LazySettings) -> str:
        open_to(sandbox, settings)
        return f"{sandbox.url}/jira"

    def form(self, site: str, token: str, **options: str) -> CredentialsForm:
        stored = Access(site, EMAIL, Secret(token), options)
        return CredentialsForm({"name": "Jira", "base_url": site, "account": EMAIL, "token": ""}, stored=stored)

    def test_the_form_finds_the_way_and_tasks_link_to_the_site(self, site: str) -> None:
        form = self.form(site, SCOPED_TOKEN)
        assert form.is_valid(), form.errors
        assert form.options == {"cloud_id": CLOUD_ID}
        assert form.info.account == EMAIL
        with closing(CloudSource(Access(site, EMAIL, Secret(SCOPED_TOKEN), form.options), None)) as source:
            [task] = source.sample(SourceQuery("jql", "key = CAL-2"), 1)
            assert task.url == f"{site}/browse/CAL-2"
            assert source.fetch([task.external_id]).records == (task,)

    def test_a_token_without_scopes_goes_to_the_site_again(self, site: str) -> None:
        form = self.form(site, TOKEN, cloud_id=CLOUD_ID)
        assert form.is_valid(), form.errors
        assert form.options == {}

    @pytest.mark.parametrize("token", ["wrong", JIRA_EXPIRED_TOKEN])
    def test_a_token_that_neither_takes_is_refused_in_the_sites_words(self, token: str, site: str) -> None:
        form = self.form(site, token)
        assert not form.is_valid()
        assert "Make a new one" in str(form.errors["token"])

    def test_missing_scopes_are_named(self, site: str) -> None:
        form = self.form(site, NARROW_TOKEN)
        assert not form.is_valid()
        assert "read:jira-work" in str(form.errors["token"])

    @pytest.mark.parametrize("cloud_id", ["../../evil", "", 7, "a" * 65])
    def test_only_an_id_leads_to_the_gateway(self, cloud_id: object, site: str) -> None:
        assert gateway(Access(site, EMAIL, Secret(TOKEN), {"cloud_id": cloud_id})) == ""
