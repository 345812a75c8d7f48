"""The worker is killed between two pages of a sync and started again: it goes on where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.killing import killing_in

if TYPE_CHECKING:
    from pathlib import Path

LINKED = "SELECT count(*) FROM integrations_sourcetask WHERE source_id = ?"
RUN_STATE = "SELECT state FROM integrations_syncrun ORDER BY ? - id LIMIT 1"
RUN_READ = "SELECT read FROM integrations_syncrun ORDER BY ? - id LIMIT 1"
COUNTED = (
    "SELECT m.tasks_total FROM milestones_milestone m JOIN integrations_tasksource s ON s.milestone_id = m.id "
    "WHERE s.id = ?"
)

pytestmark = pytest.mark.servers


def test_a_killed_sync_goes_on_at_the_page_that_it_reached(tmp_path: Path) -> None:
    with killing_in(tmp_path) as killing:
        luna = killing.luna
        scene = luna.scene(killing.sandbox.url, module="tests.faults.sync_scene")
        killing.kill_at("sync.after_page")
        assert luna.value(LINKED, scene["source"]) == 100, "the first page is committed, and nothing else"

        killing.go_on(RUN_STATE, 0, until="done")
        assert luna.value(RUN_READ, 0) == scene["tasks"], "no page was read twice"
        assert luna.value(LINKED, scene["source"]) == scene["tasks"]
        assert 0 < luna.value(COUNTED, scene["source"]) <= scene["tasks"]
