"""Every verdict of the sample company's history follows from what was kept with it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults.installation import ROOT

if TYPE_CHECKING:
    from tests.browser.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.servers]


def test_all_of_them_come_out_the_same(demo: Demo) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "health", "--recheck"],
        cwd=ROOT,
        env=demo.environment | {"LUNA_DATA_DIR": str(demo.folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = re.fullmatch(r"(\d+) verdicts computed again, and the same\.\n", done.stdout)
    assert told is not None, done.stdout
    assert int(told[1]) > 100, "weeks of fourteen launches"
