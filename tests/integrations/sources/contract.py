"""What every source of tasks has to do; a tracker's test derives from it and says how its stand-in is driven."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from email.utils import format_datetime

import pytest

from integrations.errors import NeedsAttentionError, RefusedError, RetryLaterError
from integrations.sources.base import SourceQuery, TaskRecord, TaskSourceClient
from luna.lib.http import Limits
from sandbox.control import SandboxControl
from tests.moving_clock import MovingClock

HASTY = Limits(connect_seconds=1, read_seconds=1, total_seconds=2)


class SourceContract(ABC):
    """Fixtures `client` and `refused_client` come from the tracker's own test class."""

    face = ""
    good: SourceQuery
    """Finds more than one page and less than ten."""
    nonsense: SourceQuery
    not_offered: SourceQuery
    is_in_order_of_change = True
    """Whether the tool can sort its answer."""

    @abstractmethod
    def read_call(self) -> str:
        """A regular expression that finds the call by which pages are read."""

    def all_of(self, client: TaskSourceClient, query: SourceQuery) -> list[TaskRecord]:
        found: list[TaskRecord] = []
        token = None
        for _ in range(100):
            page = client.page(query, updated_since_ms=None, token=token)
            found += page.records
            token = page.next_token
            if token is None:
                return found
        raise AssertionError("its pages have no end")

    def test_a_check_goes_through_its_steps(self, client: TaskSourceClient) -> None:
        report = client.check()
        assert report.error is None
        assert report.info is not None
        assert {step.outcome for step in report.steps} == {"ok"}
        assert report.projects

    def test_a_refused_sign_in_is_reported_not_raised(self, refused_client: TaskSourceClient) -> None:
        report = refused_client.check()
        assert isinstance(report.error, NeedsAttentionError)
        assert [step.outcome for step in report.steps].count("bad") == 1

    def test_pages_bring_every_task_once(self, client: TaskSourceClient) -> None:
        found = self.all_of(client, self.good)
        assert len({one.external_id for one in found}) == len(found) == client.count(self.good)
        if self.is_in_order_of_change:
            assert [one.updated_at for one in found] == sorted(one.updated_at for one in found)

    def test_the_ids_of_a_census_come_with_their_versions(self, client: TaskSourceClient) -> None:
        there = {one.external_id: one.updated_at for one in self.all_of(client, self.good)}
        page = client.ids(self.good, token=None)
        assert page.ids
        assert page.updated_at == {one: there[one] for one in page.ids}

    def test_what_changed_since_an_instant_is_all_that_comes(self, client: TaskSourceClient) -> None:
        newest = sorted(self.all_of(client, self.good), key=lambda one: one.updated_at)[-3]
        since = int(newest.updated_at.timestamp() * 1000)
        page = client.page(self.good, updated_since_ms=since, token=None)
        assert {one.external_id for one in page.records} >= {newest.external_id}
        assert all(one.updated_at >= newest.updated_at for one in page.records)

    def test_a_sample_is_small(self, client: TaskSourceClient) -> None:
        assert 0 < len(client.sample(self.good, 3)) <= 3

    def test_nonsense_is_refused(self, client: TaskSourceClient) -> None:
        with pytest.raises(RefusedError) as refused:
            client.count(self.nonsense)
        assert refused.value.sentence

    def test_what_is_not_offered_is_refused(self, client: TaskSourceClient) -> None:
        for ask in (client.verify, client.count):
            with pytest.raises(RefusedError):
                ask(self.not_offered)
        with pytest.raises(RefusedError):
            client.page(self.not_offered, updated_since_ms=None, token=None)

    @pytest.mark.parametrize("kind", ["reset_before", "cut"])
    def test_a_broken_connection_is_tried_later(
        self, kind: str, client: TaskSourceClient, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault(self.face, kind, match=self.read_call(), count_bytes=30)
        with pytest.raises(RetryLaterError):
            client.page(self.good, updated_since_ms=None, token=None)

    @pytest.fixture
    def limits(self) -> Limits:
        """Such that a busy machine is not taken for a broken tool."""
        return Limits()

    @pytest.mark.parametrize("limits", [HASTY], ids=["hasty"])
    def test_a_silent_service_is_left_in_time(self, client: TaskSourceClient, sandbox_control: SandboxControl) -> None:
        sandbox_control.add_fault(self.face, "delay", match=self.read_call(), seconds=9)
        with pytest.raises(RetryLaterError):
            client.page(self.good, updated_since_ms=None, token=None)

    @pytest.mark.parametrize("status", [429, 500, 502, 503])
    def test_trouble_is_tried_when_the_service_says(
        self, status: int, client: TaskSourceClient, sandbox_control: SandboxControl, clock: MovingClock
    ) -> None:
        now = clock.now()
        in_a_day = format_datetime(now + timedelta(days=1), usegmt=True)
        for asked, seconds in (("40", 40), ("86400", 86_400), (in_a_day, 86_400)):
            sandbox_control.add_fault(
                self.face, "status", match=self.read_call(), status=status, headers={"Retry-After": asked}
            )
            with pytest.raises(RetryLaterError) as later:
                client.page(self.good, updated_since_ms=None, token=None)
            assert later.value.until is not None
            assert seconds - 2 < (later.value.until - now).total_seconds() < seconds + 60

    @pytest.mark.parametrize("kind", ["html", "bad_json"])
    def test_what_is_no_data_needs_someone(
        self, kind: str, client: TaskSourceClient, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault(self.face, kind, match=self.read_call())
        with pytest.raises(NeedsAttentionError):
            client.page(self.good, updated_since_ms=None, token=None)

    def test_calls_are_counted_and_never_repeated(
        self, client: TaskSourceClient, sandbox_control: SandboxControl
    ) -> None:
        client.page(self.good, updated_since_ms=None, token=None)
        before = client.requests  # what a client asks only once is behind it
        sandbox_control.add_fault(self.face, "status", match=self.read_call(), status=503, times=5)
        with pytest.raises(RetryLaterError):
            client.page(self.good, updated_since_ms=None, token=None)
        assert client.requests == before + 1
        assert sandbox_control.faults()[0]["times"] == 4
