"""What a tool refuses to Luna that leaves its links: told, tried again, and nothing else is held up."""

from __future__ import annotations

from collections.abc import Callable

from integrations.actions.links_back import allow_links_back
from integrations.domain.types import ConnectionState
from integrations.lineage.lines import link_lines
from integrations.lineage.rounds import round_failed
from integrations.models import LinkBack, LinkRound
from integrations.tasks import LINKS
from launches.domain.types import Visibility
from launches.models import Launch
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
