"""The worker is killed between a comment that was sent and its row, and started again: exactly one comment a task.

A comment in ClickUp has no key: only what was kept before the call, and a look over there, tells that it stands.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from integrations.lineage.rounds import GRACE
from tests.faults.killing import killing_in

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.control import SandboxControl

STATES = "SELECT count(*) FROM integrations_linkback WHERE state = '{}' AND connection_id = ?"

pytestmark = pytest.mark.servers


def test_a_killed_worker_leaves_exactly_one_comment_on_each_task(tmp_path: Path) -> None:
    with killing_in(tmp_path) as killing:
        luna = killing.luna
        scene = luna.scene(killing.sandbox.url, module="tests.faults.links_scene")
        killing.kill_at("link_back.after_call")
        assert len(_commented(killing.control)) == 1
        assert luna.value(STATES.format("writing"), scene["connection"]) == 1, "nothing is known of the call's end"

        killing.go_on(STATES.format("stands"), scene["connection"], until=scene["tasks"], after=GRACE)
        comments = _commented(killing.control)
        assert len(comments) == scene["tasks"] > 1
        assert set(comments.values()) == {1}


def _commented(control: SandboxControl) -> Counter[str]:
    """How many comments each task got, by the sandbox's ledger."""
    return Counter(line["key"] for line in control.ledger() if line["action"] == "comment")
