"""What an edition tells: each change once to each reader, frozen, and from few queries."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luna.events.log import record
from reports.actions.editions import idempotency_key, issue_edition, preview_report
from reports.collect.launch_report import launch_report_facts
from reports.content.document import from_data, to_data
from reports.domain.types import ReportKind
from reports.models import Delivery, Edition
from reports.renderers.markdown import render_markdown
from tests.factories import make_approval, make_decision, make_milestone
from tests.people import make_team
from tests.reports.slack import connect_slack, make_channel

if TYPE_CHECKING:
    from integrations.models import Destination
    from launches.models import Launch
    from milestones.models import Milestone
    from people.models import User
    from tests.moving_clock import MovingClock


@pytest.fixture
def channel(db: None) -> Destination:
    return make_channel(connect_slack("http://127.0.0.1:9"), "C01LAUNCHES", "launches")


def _told(launch: Launch, *channels: Destination) -> str:
    edition = issue_edition(launch=launch, destinations=channels)
    assert edition is not None
    return render_markdown(from_data(edition.content), base_url="")


def _rename(milestone: Milestone, name: str, actor: User) -> None:
    before, milestone.name = milestone.name, name
    milestone.save()
    record(
        "milestone.edited",
        milestone,
        actor=actor,
        launch_id=milestone.launch_id,
        before={"name": before},
        after={"name": name},
    )


def test_no_change_is_told_twice_to_a_channel(
    book: Launch, channel: Destination, ana: User, clock: MovingClock
) -> None:
    milestone = make_milestone(book, "Beta")
    _rename(milestone, "Gamma", ana)
    clock.move(timedelta(seconds=5))
    assert "was called “Beta”" in _told(book, channel)
    clock.move(timedelta(days=7))
    assert "was called" not in _told(book, channel)


def test_a_channel_that_missed_a_digest_is_told_of_it(
    book: Launch, channel: Destination, ana: User, clock: MovingClock
) -> None:
    milestone = make_milestone(book, "Beta")
    _rename(milestone, "Gamma", ana)
    clock.move(timedelta(seconds=5))
    _told(book, channel)
    Delivery.objects.update(state="failed")
    clock.move(timedelta(hours=1))
    assert "was called “Beta”" in _told(book, channel)


def test_the_preview_writes_nothing(book: Launch, channel: Destination, ana: User) -> None:
    document = preview_report(
        kind=ReportKind.DIGEST, launch=book, destinations=[channel], commentary="Hello", author=ana
    )
    assert "> Hello" in render_markdown(document, base_url="")
    assert not Edition.objects.exists()


def test_an_edition_is_kept_as_plain_data(book: Launch, channel: Destination) -> None:
    edition = issue_edition(launch=book, destinations=[channel])
    assert edition is not None
    edition.refresh_from_db()
    assert json.loads(json.dumps(to_data(from_data(edition.content)))) == edition.content
    delivery = edition.deliveries.get()
    assert delivery.idempotency_key == idempotency_key(edition, channel)
    assert len(delivery.idempotency_key) == 64


def test_who_has_yet_to_vote_is_named(book: Launch, channel: Destination, ana: User, cleo: User) -> None:
    make_approval(book, cleo, make_team("Legal"), title="Go?")
    make_decision(book, "Which supplier?", decider=ana)
    text = _told(book, channel)
    assert "Cleo Costa and Legal have yet to vote" in text
    assert "Ana Alves decides" in text


def test_the_facts_take_at_most_eight_queries(book: Launch, ana: User, cleo: User, clock: MovingClock) -> None:
    for number in range(30):
        milestone = make_milestone(book, f"M{number}", owner=ana)
        _rename(milestone, f"N{number}", ana)
        record(
            "milestone.edited",
            milestone,
            actor=ana,
            launch_id=book.pk,
            before={"owner_id": ana.pk},
            after={"owner_id": cleo.pk},
        )
        make_approval(book, cleo, milestone=milestone)
        make_decision(book, decider=cleo)
    now = clock.now() + timedelta(seconds=2)
    with CaptureQueriesContext(connection) as queries:
        facts = launch_report_facts(book.pk, since=now - timedelta(days=7), until=now)
    assert len(queries) <= 8
    assert len(facts.milestones) == 32
    assert len(facts.asks) == 60
