"""After a sync only what is downstream of the milestones that it touched is computed anew, all of it."""

from __future__ import annotations

import pytest

from benchmarks.downstream import measure

pytestmark = pytest.mark.django_db


# Two seconds: eight launches are forecast, some of them twice.
def test_after_a_sync_what_is_downstream_is_computed_anew_and_nothing_else() -> None:
    found = measure(8, 3, across=6, touched=2)

    assert found.launches == found.expected_launches
    assert found.forecasts == found.expected_forecasts
    assert 2 < len(found.launches) < 8, "some wait in other launches, and some do not wait"
    assert 6 < len(found.forecasts) < 24
