"""Jira Data Center through the real SDK, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.domain.types import TaskState
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError
from integrations.sources.base import SourceQuery
from integrations.sources.jira.data_center.source import DataCenterSource
from luna.lib.http import Limits
from luna.lib.redaction import Secret
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.contract import SourceContract
from tests.integrations.sources.jira_contract import JiraContract
from tests.integrations.world import open_to

TOKEN = "sandbox-dc-token"


def access(sandbox: SandboxServer, token: str = TOKEN, **options: list[str]) -> Access:
    """As a connection keeps it: the account is only a name there, and no part of signing in."""
    return Access(f"{sandbox.url}/jira-dc", "ines@fernhill.example", Secret(token), options)


class TestJiraDataCenter(JiraContract, SourceContract):
    face = "jira-dc"
    good = SourceQuery("jql", "project in (HOST, PAR, FIV) AND type != Epic")
    nonsense = SourceQuery("jql", "nofield = 3")
    not_offered = SourceQuery("jql", "project = OPS")

    home, elsewhere = "HOST", "FIV"

    @staticmethod
    def opened(sandbox: SandboxServer, offered: Iterable[Mapping[str, str]] | None) -> DataCenterSource:
        return DataCenterSource(access(sandbox), offered)

    def read_call(self) -> str:
        return "api/2/search"

    @pytest.fixture
    def client(
        self, sandbox: SandboxServer, sandbox_control: SandboxControl, settings: LazySettings, limits: Limits
    ) -> Iterator[DataCenterSource]:
        """More issues than the site's largest page."""
        open_to(sandbox, settings)
        for _ in range(4):
            sandbox_control.create_issues("HOST", count=20, parent="HOST-1")
        with closing(DataCenterSource(access(sandbox), None)) as finder:
            offered = [{"id": one.id, "key": one.key, "name": one.name} for one in finder.projects()]
        with closing(DataCenterSource(access(sandbox), offered, limits)) as client:
            yield client

    @pytest.fixture
    def refused_client(self, sandbox: SandboxServer, settings: LazySettings) -> Iterator[DataCenterSource]:
        open_to(sandbox, settings)
        with closing(DataCenterSource(access(sandbox, "sandbox-dc-expired"), [])) as client:
            yield client

    def test_the_check_says_which_product_it_is(self, client: DataCenterSource) -> None:
        report = client.check()
        assert [step.label for step in report.steps][1] == "It is Jira Data Center"
        assert report.info is not None
        assert (report.info.account, report.info.zone) == ("ines@fernhill.example", "Europe/Berlin")
        assert {project.key for project in report.projects} == {"HOST", "PAR", "FIV"}

    @pytest.mark.parametrize(
        ("info", "outcome"),
        [
            ({"deploymentType": "Cloud", "version": "1001"}, "bad"),
            ({"deploymentType": "Data Center", "version": "10.3.2"}, "ok"),
            ({"version": "7.13.0"}, "ok"),
            ({"hello": "there"}, "bad"),
        ],
    )
    def test_another_product_is_named(
        self, info: dict[str, str], outcome: str, client: DataCenterSource, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault("jira-dc", "status", match="serverInfo", status=200, body=info)
        assert client.check().steps[1].outcome == outcome

    def test_an_epic_is_followed_by_its_link(self, client: DataCenterSource) -> None:
        epic = SourceQuery("epic", "par-1")
        assert client.verify(epic) == "First two partners live"
        assert client.count(epic) == len(self.all_of(client, epic)) == 12
        assert sum(task.state == TaskState.DONE for task in self.all_of(client, epic)) == 1
        with pytest.raises(NotFoundError):
            client.verify(SourceQuery("epic", "PAR-9999"))

    def test_times_come_in_utc_and_links_lead_to_the_site(self, client: DataCenterSource) -> None:
        [task] = client.sample(SourceQuery("jql", "key = PAR-1"), 1)
        assert task.updated_at.utcoffset() is not None
        assert task.updated_at.tzname() == "UTC"
        assert task.url.endswith("/jira-dc/browse/PAR-1")

    def test_story_points_come_by_the_sites_own_field(self, client: DataCenterSource) -> None:
        assert {task.points for task in self.all_of(client, SourceQuery("epic", "FIV-1"))} & {1.0, 2.0, 3.0, 5.0}

    def test_a_broken_list_of_fields_costs_the_points_alone(
        self, client: DataCenterSource, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault("jira-dc", "status", match="api/2/field", status=500)
        found = self.all_of(client, SourceQuery("epic", "FIV-1"))
        assert (len(found), {task.points for task in found}) == (15, {None})

    def test_what_moves_between_two_pages_is_not_lost(
        self, client: DataCenterSource, sandbox_control: SandboxControl
    ) -> None:
        first = client.page(self.good, updated_since_ms=None, token=None)
        sandbox_control.move_clock(days=1)
        for record in first.records[:3]:
            sandbox_control.edit_issue(record.key, summary="Moved to the end")
        seen, token = {record.external_id for record in first.records}, first.next_token
        while token:
            page = client.page(self.good, updated_since_ms=None, token=token)
            seen |= {record.external_id for record in page.records}
            token = page.next_token
        assert len(seen) == client.count(self.good)

    def test_short_pages_without_a_total_come_to_an_end(
        self, client: DataCenterSource, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault("jira-dc", "short_pages")
        assert len(self.all_of(client, self.good)) == client.count(self.good)

    def test_its_own_resolutions_mean_cancelled(
        self, sandbox: SandboxServer, client: DataCenterSource, sandbox_control: SandboxControl
    ) -> None:
        (key,) = sandbox_control.create_issues("HOST")
        sandbox_control.edit_issue(key, status="Done", resolution="Duplicate")
        query = SourceQuery("jql", f"key = {key}")
        with closing(DataCenterSource(access(sandbox, cancelled_resolutions=[]), None)) as other:
            assert [task.state for task in other.sample(query, 1)] == [TaskState.DONE]
        assert [task.state for task in client.sample(query, 1)] == [TaskState.CANCELLED]

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://jira.example/login.jsp"),
            ("X-Seraph-LoginReason", "AUTHENTICATION_DENIED"),
        ],
    )
    @pytest.mark.parametrize("status", [401, 403])
    def test_a_captcha_has_its_own_sentence(
        self, status: int, header: str, value: str, client: DataCenterSource, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault("jira-dc", "status", match="api/2/search", status=status, headers={header: value})
        with pytest.raises(NeedsAttentionError, match="Sign in once in a browser") as refused:
            client.page(self.good, updated_since_ms=None, token=None)
        assert refused.value.kind == ErrorKind.SIGN_IN_REFUSED

    def test_a_refused_token_is_told_from_a_captcha(self, refused_client: DataCenterSource) -> None:
        with pytest.raises(NeedsAttentionError, match="personal access token"):
            refused_client.projects()

    def test_a_long_query_is_posted(self, client: DataCenterSource) -> None:
        keys = ", ".join(f"PAR-{number}" for number in range(101, 113))
        clause = " OR ".join([f"key in ({keys})"] * 16)
        assert client.count(SourceQuery("jql", clause)) == 12

    def test_without_a_limit_everything_may_be_asked(self, sandbox: SandboxServer, settings: LazySettings) -> None:
        open_to(sandbox, settings)
        with closing(DataCenterSource(access(sandbox), None)) as client:
            assert client.count(SourceQuery("jql", "project = FIV AND type != Epic")) == 15
