"""Asana through the real SDK, against the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError, RefusedError, RetryLaterError
from integrations.sources.asana import client as asana_client
from integrations.sources.asana import source as asana_source
from integrations.sources.asana.forms import read_query
from integrations.sources.asana.source import AsanaSource, open_source
from integrations.sources.base import SourceQuery
from luna.lib.http import Limits
from luna.lib.redaction import Secret
from sandbox.asana.plan import PROJECTS, REVOKED_TOKEN, TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.contract import SourceContract
from tests.integrations.world import open_to

LEGAL, PRICING, PRIVATE = PROJECTS
PROTECTION, LAUNCH, TRAINING = (section.gid for section in LEGAL.sections)
OFFERED = [{"id": one.gid, "key": "", "name": one.name} for one in (LEGAL, PRICING)]
READ = r"/tasks$"


def opened(
    sandbox: SandboxServer, settings: LazySettings, token: str = TOKEN, limits: Limits | None = None
) -> AsanaSource:
    open_to(sandbox, settings)
    settings.ASANA_URL = f"{sandbox.url}/asana/api/1.0"
    return AsanaSource(Access("", "", Secret(token)), OFFERED, limits or Limits())


class TestAsana(SourceContract):
    face = "asana"
    is_in_order_of_change = False
    good = SourceQuery("project", LEGAL.gid)
    nonsense = SourceQuery("project", "Self-booking")
    not_offered = SourceQuery("project", PRIVATE.gid)

    def read_call(self) -> str:
        return READ

    @pytest.fixture
    def client(
        self, sandbox: SandboxServer, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, limits: Limits
    ) -> Iterator[AsanaSource]:
        monkeypatch.setattr(asana_client, "PAGE_SIZE", 7)
        with closing(opened(sandbox, settings, limits=limits)) as client:
            yield client

    @pytest.fixture
    def refused_client(self, sandbox: SandboxServer, settings: LazySettings) -> Iterator[AsanaSource]:
        with closing(opened(sandbox, settings, REVOKED_TOKEN)) as client:
            yield client

    def test_what_can_be_offered_and_picked(self, client: AsanaSource) -> None:
        assert [project.name for project in client.projects()] == [one.name for one in PROJECTS]
        labels = {choice.label: choice.query for choice in client.choices()}
        assert labels[f"{LEGAL.name} / Data protection"] == SourceQuery("section", PROTECTION)
        assert labels[PRICING.name] == SourceQuery("project", PRICING.gid)
        assert not [label for label in labels if PRIVATE.name in label]

    def test_a_project_that_went_away_does_not_hide_the_others(
        self, client: AsanaSource, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault("asana", "status", match=f"{LEGAL.gid}/sections", status=404)
        assert [choice.label for choice in client.choices()] == [PRICING.name, f"{PRICING.name} / Untitled section"]

    def test_titles(self, client: AsanaSource) -> None:
        assert client.verify(self.good) == LEGAL.name
        assert client.verify(SourceQuery("section", LAUNCH)) == f"{LEGAL.name} / Public launch"
        with pytest.raises(NotFoundError, match="deleted"):
            client.verify(SourceQuery("section", "12"))

    def test_a_section_is_read_alone_and_only_where_its_project_is_offered(self, client: AsanaSource) -> None:
        query = SourceQuery("section", LAUNCH)
        assert client.count(query) == len(self.all_of(client, query)) == 9
        assert {one.status_word for one in self.all_of(client, query)} == {"Public launch"}
        for ask in (client.verify, client.count):
            with pytest.raises(RefusedError) as refused:
                ask(SourceQuery("section", PRIVATE.sections[0].gid))
            assert refused.value.kind == ErrorKind.NOT_OFFERED

    def test_a_section_is_verified_once(self, client: AsanaSource) -> None:
        for _ in range(3):
            client.page(SourceQuery("section", LAUNCH), updated_since_ms=None, token=None)
        assert client.requests == 4

    def test_without_a_restriction_nothing_but_tasks_is_asked_for(
        self, sandbox: SandboxServer, settings: LazySettings
    ) -> None:
        open_to(sandbox, settings)
        access = Access(f"{sandbox.url}/asana/api/1.0", "", Secret(TOKEN))
        with closing(open_source(access, None)) as client:
            assert client.page(
                SourceQuery("section", PRIVATE.sections[0].gid), updated_since_ms=None, token=None
            ).records
            assert client.requests == 1

    def test_a_large_section_is_counted_no_further_than_needed(
        self, client: AsanaSource, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asana_source, "COUNT_PAGES", 2)
        sandbox_control.create_asana_tasks(TRAINING, count=20)
        assert client.count(SourceQuery("section", TRAINING)) == asana_source.MOST_COUNTED + 1
        assert client.requests == 3

    def test_a_project_is_counted_by_reading_where_its_counts_are_refused(
        self, client: AsanaSource, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault("asana", "status", match="task_counts", status=402)
        assert client.count(self.good) == 25

    def test_a_sample_is_of_the_newest(self, client: AsanaSource, sandbox_control: SandboxControl) -> None:
        made = sandbox_control.create_asana_tasks(TRAINING, count=2)
        assert {one.external_id for one in client.sample(self.good, 2)} == set(made)
        assert len(client.sample(self.good, 5)) == 5

    def test_an_expired_offset_starts_the_read_again(
        self, client: AsanaSource, sandbox_control: SandboxControl
    ) -> None:
        first = client.page(self.good, updated_since_ms=None, token=None)
        sandbox_control.move_clock(days=0.1)
        again = client.page(self.good, updated_since_ms=None, token=first.next_token)
        assert again.records == first.records
        assert again.next_token != first.next_token

    def test_an_endless_list_is_refused(self, client: AsanaSource, sandbox_control: SandboxControl) -> None:
        sandbox_control.add_fault("asana", "token_loop")
        sandbox_control.add_fault("asana", "short_pages")
        with pytest.raises(RefusedError, match="no end"):
            self.all_of(client, self.good)

    def test_what_cannot_be_read_is_set_aside(self, client: AsanaSource, sandbox_control: SandboxControl) -> None:
        (gid,) = sandbox_control.create_asana_tasks(TRAINING)
        sandbox_control.add_fault("asana", "malformed_issue", key=gid)
        page = client.page(SourceQuery("section", TRAINING), updated_since_ms=None, token=None)
        assert [one.external_id for one in page.quarantined] == [gid]
        assert len(page.records) == 6

    def test_slow_down_without_a_time(self, client: AsanaSource, sandbox_control: SandboxControl) -> None:
        sandbox_control.add_fault("asana", "status", match=READ, status=429)
        with pytest.raises(RetryLaterError) as later:
            client.page(self.good, updated_since_ms=None, token=None)
        assert later.value.kind == ErrorKind.RATE_LIMITED
        assert later.value.until is None

    @pytest.mark.parametrize(
        ("status", "of", "word"),
        [
            (400, RefusedError, "“Scripted”"),
            (401, NeedsAttentionError, "new personal access token"),
            (402, RefusedError, "paid plan"),
            (403, RefusedError, "Add the account to the project"),
            (404, NotFoundError, "deleted"),
            (302, NeedsAttentionError, r"elsewhere\.example"),
        ],
    )
    def test_each_refusal_has_its_sentence(
        self, status: int, of: type[Exception], word: str, client: AsanaSource, sandbox_control: SandboxControl
    ) -> None:
        headers = {"Location": "https://elsewhere.example/?token=1"}
        sandbox_control.add_fault("asana", "status", match=READ, status=status, headers=headers)
        with pytest.raises(of, match=word) as refused:
            client.page(self.good, updated_since_ms=None, token=None)
        assert TOKEN not in str(refused.value)
        assert "token=1" not in str(refused.value)

    @pytest.mark.parametrize("token", ["žluť", "\x01", ""])
    def test_a_token_that_can_be_none_is_refused(
        self, token: str, sandbox: SandboxServer, settings: LazySettings
    ) -> None:
        with closing(opened(sandbox, settings, token)) as client:
            error = client.check().error
        assert error is not None
        assert error.kind == ErrorKind.SIGN_IN_REFUSED

    def test_a_list_of_projects_that_is_cut_off_is_told(
        self, client: AsanaSource, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client.projects()
        assert not client.has_more_projects
        monkeypatch.setattr(asana_client, "PAGE_SIZE", 1)
        monkeypatch.setattr(asana_client, "MAX_LIST_PAGES", 1)
        assert len(client.projects()) == 1
        assert client.has_more_projects

    def test_no_thread_is_left_behind(self, sandbox: SandboxServer, settings: LazySettings) -> None:
        with closing(opened(sandbox, settings)) as client:
            client.projects()
        assert not [one.name for one in threading.enumerate() if "(worker)" in one.name or "(_handle_" in one.name]


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        ("project", " 1200000000010001 ", "1200000000010001"),
        ("project", "https://app.asana.com/0/1200000000010001/list", "1200000000010001"),
        ("project", "https://app.asana.com/0/1200000000010001/1200000001000007/f", "1200000000010001"),
        ("project", "https://app.asana.com/1/1200000000000001/project/1200000000010001/list/12", "1200000000010001"),
        ("project", "https://app.asana.com/1/1200000000000001/home?x=/project/7", "https://app.asana.com/1/1200000000000001/home?x=/project/7"),
        ("section", "https://app.asana.com/1/1/project/12/section/1200000000010011", "1200000000010011"),
        ("section", "https://app.asana.com/0/12/1200000000010011", "1200000000010011"),
        ("section", "Data protection", "Data protection"),
        ("epic", "CAL-2", "CAL-2"),
    ],
)  # fmt: skip
def test_what_is_pasted_becomes_a_gid(kind: str, typed: str, read: str) -> None:
    assert read_query(kind, typed) == read
