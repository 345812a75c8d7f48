"""What both kinds of Jira have to do beyond what every source does: the census, single issues, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest

from integrations.domain.types import RemovedWhy
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError, RetryLaterError
from integrations.sources.base import QuotaUsedUpError, SourceQuery, TaskRecord
from integrations.sources.jira import source as jira_source
from integrations.sources.jira.source import JiraSource
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.moving_clock import MovingClock

NOBODYS_PROJECT = {"id": "99999", "key": "GONE", "name": "Gone"}


class JiraContract:
    """`home` and `elsewhere` are projects of the site; `good` of the other contract lies in `home` and offered."""

    face = ""
    home = ""
    elsewhere = ""
    good: SourceQuery

    def read_call(self) -> str:
        """As in the other contract."""
        raise NotImplementedError

    @staticmethod
    def opened(sandbox: SandboxServer, offered: Iterable[Mapping[str, str]] | None) -> JiraSource:
        raise NotImplementedError

    @contextmanager
    def offering(
        self, sandbox: SandboxServer, *keys: str, more: Iterable[Mapping[str, str]] = ()
    ) -> Iterator[JiraSource]:
        """A client limited to the projects `keys`, and `more` that the account does not see."""
        with closing(self.opened(sandbox, None)) as finder:
            offered = [{"id": one.id, "key": one.key, "name": one.name} for one in finder.projects() if one.key in keys]
        with closing(self.opened(sandbox, [*offered, *more])) as client:
            yield client

    def census(self, client: JiraSource, query: SourceQuery) -> list[str]:
        found: list[str] = []
        token = None
        for _ in range(100):
            page = client.ids(query, token=token)
            found += page.ids
            token = page.next_token
            if token is None:
                return found
        raise AssertionError("its pages have no end")

    def made(self, client: JiraSource, control: SandboxControl, count: int = 1) -> list[TaskRecord]:
        keys = control.create_issues(self.home, count=count)
        return client.sample(SourceQuery("jql", f"key in ({', '.join(keys)})"), count)

    def test_a_census_tells_every_id(self, client: JiraSource) -> None:
        found = self.census(client, self.good)
        assert len(set(found)) == len(found) == client.count(self.good)

    @pytest.mark.parametrize("fault", ["short_pages", "none"])
    def test_a_census_does_not_lose_what_moves_meanwhile(
        self, fault: str, client: JiraSource, sandbox_control: SandboxControl
    ) -> None:
        """Of what was there before and after, all is told, whatever is changed or deleted between the pages."""
        keys = sandbox_control.create_issues(self.home, count=110)
        if fault != "none":
            sandbox_control.add_fault(self.face, fault)
        told = client.ids(self.good, token=None)
        sandbox_control.move_clock(days=0.01)
        for key in keys[:4]:
            sandbox_control.edit_issue(key, summary="Changed meanwhile")
            sandbox_control.delete_issue(keys[keys.index(key) + 10])
        seen, token = set(told.ids), told.next_token
        while token:
            page = client.ids(self.good, token=token)
            seen, token = seen | set(page.ids), page.next_token
        sandbox_control.clear_faults()
        assert seen >= set(self.census(client, self.good))

    @pytest.mark.usefixtures("client")
    def test_a_census_is_limited_like_everything_else(self, sandbox: SandboxServer) -> None:
        with self.offering(sandbox, self.home) as narrow:
            everything = SourceQuery("jql", "type != Epic")
            assert len(self.census(narrow, everything)) == narrow.count(everything)

    def test_issues_come_by_id_as_they_are_now(self, client: JiraSource, sandbox_control: SandboxControl) -> None:
        first, second = self.made(client, sandbox_control, 2)
        sandbox_control.add_fault(self.face, "index_lag", seconds=3600)
        sandbox_control.edit_issue(first.key, summary="Changed just now")
        fetched = client.fetch([first.external_id, second.external_id, first.external_id])
        assert [one.external_id for one in fetched.records] == [first.external_id, second.external_id]
        assert fetched.records[0].title == "Changed just now"
        assert (fetched.quarantined, dict(fetched.gone)) == ((), {})

    def test_one_that_the_index_does_not_know_yet_comes_all_the_same(
        self, client: JiraSource, sandbox_control: SandboxControl
    ) -> None:
        (known,) = self.made(client, sandbox_control)
        sandbox_control.add_fault(self.face, "index_lag", seconds=3600)
        sandbox_control.create_issues(self.home)
        newest = str(int(known.external_id) + 1)
        assert [one.external_id for one in client.fetch([newest]).records] == [newest]

    def test_what_was_deleted_is_told_as_deleted(
        self, sandbox: SandboxServer, client: JiraSource, sandbox_control: SandboxControl
    ) -> None:
        kept, lost = self.made(client, sandbox_control, 2)
        sandbox_control.delete_issue(lost.key)
        ids = [kept.external_id, lost.external_id]
        fetched = client.fetch(ids)
        assert [one.external_id for one in fetched.records] == [kept.external_id]
        assert dict(fetched.gone) == {lost.external_id: RemovedWhy.DELETED}
        with self.offering(sandbox, self.home, more=[NOBODYS_PROJECT]) as half_blind:
            assert dict(half_blind.fetch(ids).gone) == {lost.external_id: RemovedWhy.NO_ACCESS}

    def test_a_slow_fetch_leaves_the_rest_of_what_is_missing(
        self, client: JiraSource, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = self.made(client, sandbox_control, 3)
        kept, lost, other = (one.external_id for one in made)
        for one in made[1:]:
            sandbox_control.delete_issue(one.key)
        monkeypatch.setattr(jira_source, "FETCH_SECONDS", 0.0)
        fetched = client.fetch([lost, kept, other])
        assert [one.external_id for one in fetched.records] == [kept]
        assert (dict(fetched.gone), fetched.left) == ({lost: RemovedWhy.DELETED}, (other,))

    def test_many_offered_projects_are_looked_up_in_one_list(
        self,
        sandbox: SandboxServer,
        client: JiraSource,
        sandbox_control: SandboxControl,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (lost,) = self.made(client, sandbox_control)
        sandbox_control.delete_issue(lost.key)
        monkeypatch.setattr(jira_source, "MOST_BROWSED", 0)
        with self.offering(sandbox, self.home, self.elsewhere) as one_list:
            assert dict(one_list.fetch([lost.external_id]).gone) == {lost.external_id: RemovedWhy.DELETED}
            assert one_list.requests == 4, "the fields, a search, the issue, and the list of projects"
        with self.offering(sandbox, self.home, more=[NOBODYS_PROJECT]) as half_blind:
            assert dict(half_blind.fetch([lost.external_id]).gone) == {lost.external_id: RemovedWhy.NO_ACCESS}

    def test_what_moved_to_another_project_keeps_its_id(
        self, sandbox: SandboxServer, client: JiraSource, sandbox_control: SandboxControl
    ) -> None:
        (task,) = self.made(client, sandbox_control)
        moved = f"{self.elsewhere}-900"
        sandbox_control.edit_issue(task.key, key=moved, project_key=self.elsewhere)
        with self.offering(sandbox, self.home, self.elsewhere) as wide:
            [found] = wide.fetch([task.external_id]).records
            assert (found.key, found.url.endswith(f"/browse/{moved}")) == (moved, True)
        with self.offering(sandbox, self.home) as narrow:
            fetched = narrow.fetch([task.external_id])
            assert (fetched.records, dict(fetched.gone)) == ((), {task.external_id: RemovedWhy.NO_ACCESS})

    @pytest.mark.parametrize("status", [401, 404, 405, 429, 503])
    def test_trouble_with_a_look_by_id_is_no_deletion(
        self, status: int, client: JiraSource, sandbox_control: SandboxControl
    ) -> None:
        (task,) = self.made(client, sandbox_control)
        sandbox_control.delete_issue(task.key)
        if status != 404:
            sandbox_control.add_fault(self.face, "status", match=rf"issue/{task.external_id}$", status=status)
        else:
            sandbox_control.add_fault(self.face, "status", match="POST|search", status=status)
        with pytest.raises((RetryLaterError, NeedsAttentionError, NotFoundError)):
            client.fetch([task.external_id])

    def test_an_issue_that_is_refused_by_itself_is_out_of_reach(
        self, client: JiraSource, sandbox_control: SandboxControl
    ) -> None:
        (task,) = self.made(client, sandbox_control)
        sandbox_control.delete_issue(task.key)
        sandbox_control.add_fault(self.face, "status", match=rf"issue/{task.external_id}$", status=403)
        assert dict(client.fetch([task.external_id]).gone) == {task.external_id: RemovedWhy.NO_ACCESS}

    def test_one_that_cannot_be_read_is_set_aside(self, client: JiraSource, sandbox_control: SandboxControl) -> None:
        good, bad = self.made(client, sandbox_control, 2)
        sandbox_control.add_fault(self.face, "malformed_issue", key=bad.key)
        fetched = client.fetch([good.external_id, bad.external_id])
        assert [one.external_id for one in fetched.records] == [good.external_id]
        assert [one.external_id for one in fetched.quarantined] == [bad.external_id]
        assert not fetched.gone

    def test_nothing_asked_is_nothing_called(self, client: JiraSource) -> None:
        before = client.requests
        assert client.fetch(["", "x) OR (1"]).records == ()
        assert client.requests == before

    def test_limits_are_told(self, client: JiraSource, sandbox_control: SandboxControl) -> None:
        assert client.rate_limits.limit is None
        client.projects()
        told = client.rate_limits
        assert told.limit is not None
        assert told.remaining is not None
        assert (told.limit - 5 <= told.remaining < told.limit, told.kind) == (True, "")
        headers = {"X-RateLimit-Remaining": "0", "RateLimit-Reason": "jira-burst-based", "X-RateLimit-Reset": "x"}
        sandbox_control.add_fault(self.face, "status", match="search", status=429, headers=headers)
        with pytest.raises(RetryLaterError) as later:
            client.page(self.good, updated_since_ms=None, token=None)
        assert later.value.kind == ErrorKind.RATE_LIMITED
        assert (client.rate_limits.remaining, client.rate_limits.kind) == (0, "jira-burst-based")

    @pytest.mark.parametrize(
        ("headers", "wait_seconds"),
        [
            ({"RateLimit-Reason": "jira-burst-based"}, 5),
            ({"RateLimit-Reason": "jira-burst-based", "Retry-After": "2"}, 2),
            ({"RateLimit-Reason": "jira-quota-tenant-based"}, 1500),
            ({"RateLimit-Reason": "jira-quota-global-based", "Retry-After": "1847"}, 1847),
            ({"RateLimit-Reason": "jira-quota-tenant-based", "X-RateLimit-Reset": "2026-11-23T10:00:00Z"}, 1500),
            (
                {
                    "RateLimit-Reason": "jira-quota-tenant-based",
                    "Retry-After": "1",
                    "X-RateLimit-Reset": "2026-11-23T10:00Z",
                },
                1500,
            ),
            ({"RateLimit": '"tenant-app-quota";r=0;t=1700'}, 1700),
            ({"RateLimit": '"tenant-app-quota";r=0;t=86400'}, 86_400),
            ({"RateLimit-Reason": "jira-quota-tenant-based", "Beta-RateLimit": '"tenant-app-quota";r=0;t=1700'}, 1700),
            ({"RateLimit-Reason": "jira-burst-based", "RateLimit": '"tenant-app-quota";r=9;t=1700'}, 5),
            ({}, None),
        ],
    )
    def test_a_used_up_quota_is_told_from_a_burst(
        self,
        headers: dict[str, str],
        wait_seconds: int | None,
        client: JiraSource,
        sandbox_control: SandboxControl,
        clock: MovingClock,
    ) -> None:
        clock.set(datetime(2026, 11, 23, 9, 35, tzinfo=UTC))
        sandbox_control.add_fault(self.face, "status", match=self.read_call(), status=429, headers=headers)
        with pytest.raises(RetryLaterError) as later:
            client.page(self.good, updated_since_ms=None, token=None)
        assert later.value.kind == ErrorKind.RATE_LIMITED
        is_quota = wait_seconds is not None and wait_seconds > 1000
        assert isinstance(later.value, QuotaUsedUpError) == is_quota
        assert ("are used up" in later.value.sentence) == is_quota
        if wait_seconds is None:
            assert later.value.until is None
        else:
            assert later.value.until is not None
            assert abs((later.value.until - clock.now()).total_seconds() - wait_seconds) < 2

    def test_type_labels_sprint_and_parent_come_along(
        self, client: JiraSource, sandbox_control: SandboxControl
    ) -> None:
        epic = f"{self.home}-1"
        [key] = sandbox_control.create_issues(
            self.home, parent=epic, type="Bug", labels=["launch"], status="In Progress"
        )
        [below] = sandbox_control.create_issues(self.home, parent=key, type="Sub-task")
        [blocker] = sandbox_control.create_issues(self.home, blocks=[key])
        [above, task, child, other] = [
            client.sample(SourceQuery("jql", f"key = {one}"), 1)[0] for one in (epic, key, below, blocker)
        ]
        assert (task.kind, task.labels, task.is_subtask) == ("Bug", ("launch",), False)
        assert task.sprint.startswith("Sprint ")
        assert (child.is_subtask, child.sprint) == (True, "")
        assert (task.parent_id, child.parent_id) == (above.external_id, task.external_id)
        assert task.blocked_by == (other.external_id,)
        assert client.fetch([task.external_id]).records == (task,)
