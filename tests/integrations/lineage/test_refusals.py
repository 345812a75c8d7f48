"""What a tool refuses to Luna that leaves its links: told, tried again, and nothing else is held up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations.account import AccountInfo
from integrations.actions.connections import edit_connection
from integrations.actions.links_back import allow_links_back
from integrations.domain.types import ConnectionState, RemovedWhy
from integrations.errors import NeedsAttentionError
from integrations.lineage.lines import link_lines
from integrations.lineage.rounds import round_failed
from integrations.models import LinkBack, LinkRound, Task
from integrations.sync.condition import mark_broken, mark_well
from integrations.tasks import LINKS
from launches.domain.types import Visibility
from launches.models import Launch
from luna import clock
from luna.lib.redaction import Secret
from luna.lib.work import claim, drain
from people.models import User
from tests.integrations.lineage.conftest import Team


def _make_private(team: Team) -> None:
    Launch.objects.filter(pk=team.launch.pk).update(visibility=Visibility.PRIVATE)


class TestRefusals:
    def test_a_missing_right_is_told_and_reading_goes_on(self, team: Team) -> None:
        team.control.add_fault(team.tool, "status", match=team.call, status=403)
        drain("links")
        assert team.states() == ["refused"]
        lines = link_lines(team.connection)
        assert "account" in lines.troubles[0][0]
        team.connection.refresh_from_db()
        assert team.connection.state == ConnectionState.OK
        team.go_on()
        assert team.wrote() == 0, "the next turn is ten minutes away"
        team.go_on(10)
        assert team.wrote() > 0

    def test_what_was_refused_is_tried_again_the_next_day_or_when_an_admin_says(
        self, make_team: Callable[..., Team], ada: User
    ) -> None:
        team = make_team("asana")
        team.control.add_fault("asana", "status", match=team.call, status=400)
        team.to_the_end()
        assert team.states().count("refused") == 1
        team.go_on(10)
        assert team.states().count("refused") == 1
        allow_links_back(connection=team.connection, actor=ada)
        team.go_on()
        assert set(team.states()) == {"stands"}

    def test_a_revoked_token_ends_the_turn_with_a_sentence(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        team.control.add_fault("asana", "status", match=team.call, status=401)
        drain("links")
        assert "token" in link_lines(team.connection).sentence
        team.go_on(10)
        assert team.wrote() == 0
        team.go_on(60)
        assert team.wrote() == team.tasks

    @pytest.mark.parametrize("who", ["an admin", "the sync"])
    def test_once_the_sign_in_is_mended_it_goes_on_at_once(
        self, make_team: Callable[..., Team], ada: User, who: str
    ) -> None:
        team = make_team("asana")
        team.control.add_fault("asana", "status", match=team.call, status=401)
        drain("links")
        row = team.connection
        mark_broken(row, NeedsAttentionError("Signed out."))
        row.refresh_from_db()
        if who == "an admin":
            edit_connection(
                connection=row, version=row.version, name=row.name, base_url="", account="",
                secret=Secret("sandbox-asana-token"), info=AccountInfo("luna", "Fernhill"), actor=ada,
            )  # fmt: skip
        else:
            mark_well(row, synced_at=clock.now())
        team.go_on(2)
        assert team.wrote() == team.tasks

    @pytest.mark.parametrize("status", [400, 401, 403])
    def test_words_that_may_stand_there_stay_known_while_luna_may_not_look(self, team: Team, status: int) -> None:
        team.control.add_fault(team.tool, "reset_after", match=team.call)
        team.control.add_fault(team.tool, "status", match=team.look, status=status)
        drain("links")
        team.go_on(2)
        assert "writing" in team.states()
        lines = link_lines(team.connection)
        assert lines.sentence or lines.troubles
        _make_private(team)
        team.go_on(24 * 60)
        team.go_on(6)
        assert team.wrote(f"{team.word} deleted") == team.wrote() > 0
        assert not LinkBack.objects.exists()

    def test_an_issue_that_is_hidden_for_a_while_keeps_its_link_known(self, make_team: Callable[..., Team]) -> None:
        team = make_team("jira")
        team.control.add_fault("jira", "reset_after", match=team.call)
        for call in (team.look, "GET .*/issue/[0-9]+$"):
            team.control.add_fault("jira", "status", match=call, status=404)
        drain("links")
        team.go_on(2)
        assert "does not show this task" in link_lines(team.connection).troubles[0][0]
        team.go_on(24 * 60)
        team.to_the_end()
        assert team.wrote() == team.tasks
        assert set(team.states()) == {"stands"}

    def test_with_a_task_that_was_deleted_its_words_are_gone(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        team.control.add_fault("asana", "reset_after", match=team.call)
        team.control.add_fault("asana", "status", match=team.look, status=404)
        drain("links")
        Task.objects.filter(links_back__isnull=False).update(removed_at=clock.now(), removed_why=RemovedWhy.DELETED)
        team.to_the_end()
        assert team.states() == ["dropped", *["stands"] * team.tasks]
        assert not link_lines(team.connection).troubles

    def test_what_luna_may_not_look_for_holds_up_no_other_and_an_admin_can_have_it_tried(
        self, make_team: Callable[..., Team], ada: User
    ) -> None:
        team = make_team("asana")
        team.control.add_fault("asana", "reset_after", match=team.call)
        team.control.add_fault("asana", "status", match=team.look, status=400)
        drain("links")
        team.to_the_end()
        assert team.states() == [*["stands"] * (team.tasks - 1), "writing"]
        assert team.wrote() == team.tasks
        allow_links_back(connection=team.connection, actor=ada)
        team.go_on()
        assert set(team.states()) == {"stands"}
        assert team.wrote() == team.tasks

    def test_words_that_can_not_be_taken_back_are_told(self, make_team: Callable[..., Team]) -> None:
        team = make_team("clickup")
        team.to_the_end()
        _make_private(team)
        team.control.add_fault("clickup", "status", match="DELETE", status=403)
        team.go_on(6)
        lines = link_lines(team.connection)
        assert lines.leaving > 0
        assert lines.troubles
        team.go_on(24 * 60 + 10)
        team.go_on(2)
        assert not LinkBack.objects.exists()

    def test_after_crashes_it_says_so_and_goes_on_in_an_hour(self, make_team: Callable[..., Team]) -> None:
        team = make_team("asana")
        held = claim(LINKS, LinkRound.objects.get().pk)
        assert held is not None
        round_failed(held, "stopped after 3 crashes")
        assert "3 crashes" in link_lines(team.connection).sentence
        team.go_on(61)
        assert team.wrote() == team.tasks
