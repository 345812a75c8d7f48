"""The worker's sign of life: whoever works what is due isn't stuck, however late its ticks."""

from __future__ import annotations

import time

import pytest

from luna.celery import run_due, tick
from luna.lib.heartbeat import silent_seconds, ticked

pytestmark = pytest.mark.django_db


def test_working_a_row_is_a_sign_of_life_as_the_tick_is() -> None:
    ticked()
    for task, given in ((tick, ()), (run_due, ("recompute", 0))):
        began = time.monotonic()
        task.apply(given, throw=True)
        assert silent_seconds() <= time.monotonic() - began
