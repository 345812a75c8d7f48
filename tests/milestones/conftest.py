"""Ana's launch BOOK, which Ben edits, on a Tuesday."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from launches.models import Launch
from people.models import User
from tests.factories import make_launch
from tests.moving_clock import MovingClock


@pytest.fixture
def launch(ana: User, ben: User, clock: MovingClock) -> Launch:
    """Open, without milestones."""
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    return make_launch(ana, key="BOOK", name="Booking", editors=(ben,))
