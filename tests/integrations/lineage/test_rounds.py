"""Tasks tell which milestone they serve: once, quietly, and never of what is not open; against the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from integrations.actions.connections import disconnect
from integrations.actions.links_back import allow_links_back, forbid_links_back
from integrations.domain.types import ConnectionState, SourceKind
from integrations.lineage.lines import link_lines
from integrations.lineage.rounds import CALLS_A_ROUND
from integrations.models import Connection, LinkBack, LinkRound, SyncRun, Task
from integrations.registry import open_writer
from launches.domain.types import Visibility
from launches.models import Launch
from luna import clock as luna_clock
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from tests.factories import make_launch, make_milestone
from tests.integrations.lineage.conftest import ALL_ISSUES, SECTION, Team
from tests.integrations.world import link, sync


def _make_private(team: Team) -> None:
    Launch.objects.filter(pk=team.launch.pk).update(visibility=Visibility.PRIVATE)


class _KilledError(BaseException):
    """Ends the worker where it stands, as SIGKILL does: nothing after it is written, and its lease runs on."""


class TestOnce:
    def test_each_task_tells_once_however_often_luna_looks(self, team: Team) -> None:
        team.to_the_end()
        assert team.wrote() == team.tasks > 0
        for _ in range(3):
            team.go_on(6)
        assert team.wrote() == team.tasks
        assert set(team.states()) == {"stands"}

    def test_what_luna_writes_is_read_once_and_changes_nothing_more(self, team: Team) -> None:
        team.to_the_end()
        changed = []
        for _ in range(3):
            team.clock.move(timedelta(minutes=30))
            drain("poll", "sync", "links")
            changed.append(SyncRun.objects.latest("pk").changed)
        assert changed == [team.tasks, 0, 0]
        assert team.wrote() == team.tasks

    @pytest.mark.parametrize("kind", ["reset_after", "cut"])
    def test_an_answer_that_was_lost_is_looked_for_and_not_written_again(self, team: Team, kind: str) -> None:
        team.control.add_fault(team.tool, kind, match=team.call, count_bytes=10)
        drain("links")
        assert team.states() == ["writing"]
        team.to_the_end()
        assert team.wrote() == team.tasks
        assert set(team.states()) == {"stands"}

    @pytest.mark.parametrize("kind", ["reset_before", "status"])
    def test_a_call_that_did_nothing_is_made_again(self, team: Team, kind: str) -> None:
        team.control.add_fault(team.tool, kind, match=team.call, status=502)
        team.to_the_end()
        team.go_on()
        assert team.wrote() == team.tasks
        assert set(team.states()) == {"stands"}

    @pytest.mark.parametrize("point", ["link_back.before_call", "link_back.after_call"])
    def test_a_worker_that_is_killed_leaves_nothing_twice_and_nothing_out(
        self, team: Team, point: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(name: str) -> None:
            if name == point:
                raise _KilledError

        with monkeypatch.context() as dying:
            dying.setattr("integrations.lineage.rounds.crashpoint", die)
            with pytest.raises(_KilledError):
                drain("links")
        assert team.states() == ["writing"]
        assert team.wrote() == (point == "link_back.after_call")
        assert drain("links") == 0, "the dead worker still holds the turn"
        team.to_the_end()
        team.go_on()
        assert team.wrote() == team.tasks
        assert set(team.states()) == {"stands"}

    def test_nothing_is_looked_for_before_a_call_can_have_ended(self, team: Team) -> None:
        team.control.add_fault(team.tool, "reset_before", match=team.call)
        drain("links")
        LinkRound.objects.update(due_at=luna_clock.now(), begun_at=None)
        before = team.states().count("writing")
        drain("links")
        assert team.states().count("writing") == before == 1


class TestNeverOfWhatIsPrivate:
    def test_nothing_is_written_of_a_private_launch(self, team: Team) -> None:
        _make_private(team)
        team.to_the_end()
        assert team.wrote() == 0
        assert not LinkBack.objects.exists()

    def test_a_launch_that_turns_private_takes_its_words_back(self, team: Team) -> None:
        team.to_the_end()
        _make_private(team)
        for _ in range(5):
            team.go_on(6)
        assert team.wrote(f"{team.word} deleted") == team.tasks
        assert not LinkBack.objects.exists()
        assert link_lines(team.connection).leaving == 0

    def test_it_does_so_after_linking_back_was_switched_off_too(self, team: Team, ada: User) -> None:
        team.to_the_end()
        forbid_links_back(connection=team.connection, actor=ada)
        _make_private(team)
        team.go_on(6)
        assert team.wrote(f"{team.word} deleted") > 0

    @pytest.mark.parametrize("why", ["a sync is open", "few calls are left"])
    def test_it_waits_for_no_sync_with_that(self, make_team: Callable[..., Team], why: str) -> None:
        team = make_team("asana")
        [left_out] = Task.objects.order_by("pk")[:1]
        Task.objects.filter(pk=left_out.pk).update(state="cancelled")
        team.to_the_end()
        Task.objects.filter(pk=left_out.pk).update(state="to_do")
        now = luna_clock.now()
        if why == "a sync is open":
            SyncRun.objects.create(connection=team.connection, created_at=now)
        else:
            resets_at = now + timedelta(hours=1)
            Connection.objects.update(limits={"limit": 100, "remaining": 49, "resets_at": resets_at.isoformat()})
        team.go_on(6)
        assert not LinkBack.objects.filter(task=left_out).exists(), "nothing new is written meanwhile"
        _make_private(team)
        team.go_on(6)
        team.go_on(6)
        assert not LinkBack.objects.exists()
        assert team.wrote("comment deleted") == team.tasks - 1

    def test_it_is_asked_once_more_in_the_moment_of_writing(
        self, make_team: Callable[..., Team], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        team = make_team("clickup")
        monkeypatch.setattr("integrations.lineage.rounds.crashpoint", lambda _name: _make_private(team))
        team.to_the_end()
        assert team.wrote() == 0
        assert not LinkBack.objects.exists()

    def test_what_may_have_arrived_before_it_turned_private_is_taken_back(self, team: Team) -> None:
        team.control.add_fault(team.tool, "reset_after", match=team.call)
        drain("links")
        assert team.states() == ["writing"]
        _make_private(team)
        team.go_on(2)
        team.go_on(6)
        assert (team.wrote(), team.wrote(f"{team.word} deleted")) == (1, 1)
        assert not LinkBack.objects.exists()

    def test_a_launch_that_opens_again_is_told_of_again(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        team.to_the_end()
        _make_private(team)
        team.go_on(6)
        Launch.objects.update(visibility=Visibility.OPEN)
        team.go_on(6)
        assert team.states() == ["stands"] * team.tasks

    @pytest.mark.parametrize("gone", ["milestone", "launch"])
    def test_what_was_deleted_is_taken_back_too(self, make_team: Callable[..., Team], gone: str) -> None:
        team = make_team("asana")
        team.to_the_end()
        rows = Milestone.objects.all() if gone == "milestone" else Launch.objects.all()
        rows.update(deleted_at=luna_clock.now())
        team.go_on(6)
        assert not LinkBack.objects.exists()


class TestWhichTasks:
    def test_nothing_without_an_admins_word(self, team: Team, ada: User) -> None:
        forbid_links_back(connection=team.connection, actor=ada)
        team.to_the_end()
        assert team.wrote() == 0

    @pytest.mark.parametrize(
        "change", [{"state": "cancelled"}, {"removed_at": luna_clock.now(), "removed_why": "moved"}]
    )
    def test_neither_cancelled_nor_removed_ones(self, make_team: Callable[..., Team], change: dict[str, str]) -> None:
        team = make_team("asana")
        left_out = Task.objects.order_by("pk")[0]
        Task.objects.filter(pk=left_out.pk).update(**change)
        team.to_the_end()
        assert not LinkBack.objects.filter(task=left_out).exists()
        assert team.wrote() == team.tasks

    def test_only_those_that_count(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        [source] = team.milestone.sources.all()
        source.links.update(is_counted=False)
        team.to_the_end()
        assert team.wrote() == 0

    @pytest.mark.parametrize("which", ["milestone", "launch"])
    def test_nothing_of_a_cancelled_milestone_or_an_archived_launch(
        self, make_team: Callable[..., Team], which: str
    ) -> None:
        team = make_team("asana")
        if which == "milestone":
            Milestone.objects.update(state="cancelled")
        else:
            Launch.objects.update(archived_at=luna_clock.now())
        team.to_the_end()
        assert team.wrote() == 0

    def test_a_task_that_counts_no_more_keeps_its_words_and_gets_no_second_ones(
        self, make_team: Callable[..., Team]
    ) -> None:
        team = make_team("asana")
        team.to_the_end()
        [source] = team.milestone.sources.all()
        for is_counted in (False, True):
            source.links.update(is_counted=is_counted)
            team.go_on(6)
        assert team.wrote() == team.tasks
        assert team.wrote("comment deleted") == 0


class TestNames:
    def test_jiras_link_follows_and_comments_stay(self, team: Team) -> None:
        team.to_the_end()
        Milestone.objects.update(name="Two-way sync")
        for _ in range(team.tasks // 4 + 1):
            team.go_on(6)
        assert team.wrote() == team.tasks
        assert team.wrote("remote link updated") == (team.tasks if team.tool == "jira" else 0)
        assert set(team.states()) == {"stands"}

    def test_a_link_that_people_took_away_is_not_made_again(self, make_team: Callable[..., Team]) -> None:
        team = make_team("jira")
        team.to_the_end()
        row = LinkBack.objects.order_by("pk")[0]
        open_writer(team.connection).remove(row.task.external_id, row.remote_id, row.mark)
        Launch.objects.update(outcome="Guests see free slots.")
        for _ in range(team.tasks // 4 + 1):
            team.go_on(6)
        assert team.states() == ["dropped", *["stands"] * (team.tasks - 1)]
        assert team.wrote() == team.tasks

    def test_a_link_that_jira_does_not_let_luna_look_for_holds_up_no_other(
        self, make_team: Callable[..., Team]
    ) -> None:
        team = make_team("jira")
        team.to_the_end()
        team.control.add_fault("jira", "status", match="GET .*/remotelink", status=400)
        Milestone.objects.update(name="Two-way sync")
        for _ in range(team.tasks // 4 + 1):
            team.go_on(6)
        assert team.states() == ["refused", *["stands"] * (team.tasks - 1)]
        assert link_lines(team.connection).troubles
        team.go_on(24 * 60)
        assert set(team.states()) == {"stands"}


class TestQuietly:
    def test_a_turn_makes_few_calls_and_the_next_is_a_minute_away(self, make_team: Callable[..., Team]) -> None:
        team = make_team("jira", ALL_ISSUES)
        drain("links")
        assert team.wrote() == CALLS_A_ROUND < team.tasks
        drain("links")
        assert team.wrote() == CALLS_A_ROUND
        team.go_on()
        assert team.wrote() == 2 * CALLS_A_ROUND

    def test_what_is_left_to_take_back_is_a_minute_away_too(self, make_team: Callable[..., Team]) -> None:
        team = make_team("jira", ALL_ISSUES)
        team.to_the_end()
        _make_private(team)
        team.go_on(6)
        assert team.wrote("remote link deleted") == CALLS_A_ROUND
        team.go_on()
        assert team.wrote("remote link deleted") == min(2 * CALLS_A_ROUND, team.tasks) > CALLS_A_ROUND

    def test_switching_off_and_on_does_not_hurry(self, make_team: Callable[..., Team], ada: User) -> None:
        team = make_team("jira", ALL_ISSUES)
        drain("links")
        forbid_links_back(connection=team.connection, actor=ada)
        allow_links_back(connection=team.connection, actor=ada)
        drain("links")
        assert team.wrote() == CALLS_A_ROUND

    def test_it_waits_while_a_sync_is_under_way(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        SyncRun.objects.create(connection=team.connection, created_at=luna_clock.now())
        drain("links")
        assert team.wrote() == 0
        SyncRun.objects.update(state="done")
        team.go_on()
        assert team.wrote() > 0

    @pytest.mark.parametrize("state", [ConnectionState.PAUSED, ConnectionState.NEEDS_ATTENTION])
    def test_a_connection_that_is_not_well_is_left_in_peace(
        self, make_team: Callable[..., Team], state: ConnectionState
    ) -> None:
        team = make_team("asana")
        Connection.objects.update(state=state)
        team.to_the_end()
        assert team.wrote() == 0

    def test_it_leaves_half_of_the_limit_to_reading(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        resets_at = luna_clock.now() + timedelta(minutes=20)
        Connection.objects.update(limits={"limit": 100, "remaining": 49, "resets_at": resets_at.isoformat()})
        team.go_on(10)
        assert team.wrote() == 0
        team.go_on(11)
        assert team.wrote() > 0

    def test_a_limit_pauses_the_connection_as_the_tool_asks(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        team.control.add_fault("asana", "status", match=team.call, status=429, headers={"Retry-After": "600"})
        drain("links")
        team.connection.refresh_from_db()
        assert team.connection.state == ConnectionState.PAUSED
        assert team.states() == ["waiting"]
        team.clock.move(timedelta(minutes=11))
        drain("poll", "sync")
        team.go_on()
        assert team.wrote() == team.tasks

    def test_a_disconnected_one_is_not_called(self, make_team: Callable[..., Team], ada: User) -> None:
        team = make_team("asana")
        team.to_the_end()
        disconnect(connection=team.connection, actor=ada)
        _make_private(team)
        team.go_on(6)
        assert team.wrote("comment deleted") == 0


class TestTwoMilestones:
    def test_a_task_of_two_milestones_tells_of_both(self, make_team: Callable[..., Team], ana: User) -> None:
        team = make_team("asana")
        other = make_milestone(make_launch(ana, key="SECRET", private=True), "Nobody may know")
        third = make_milestone(make_launch(ana, key="OPEN2"), "Reception knows how")
        for milestone in (other, third):
            link(milestone, team.connection, SECTION, SourceKind.SECTION)
        sync(team.connection)
        team.to_the_end()
        team.go_on()
        assert team.wrote() == 2 * team.tasks
        assert set(LinkBack.objects.values_list("milestone_id", flat=True)) == {team.milestone.pk, third.pk}
