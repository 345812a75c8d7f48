"""Reports on all launches: who sends them, what is in them, and that no private launch ever is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from launches.actions.launches import archive_launch
from launches.domain.types import NoticeReason, Visibility
from launches.models import Launch, Notice
from luna.lib.work import drain
from milestones.actions.dependencies import add_dependency
from people.models import User
from people.selectors import workspace
from reports.actions.editions import issue_edition, send_report
from reports.actions.schedules import ScheduleFields, create_schedule
from reports.domain.types import DeliveryState, ReportKind
from reports.models import Delivery, Edition, Schedule
from reports.selectors import troubled_deliveries
from tests.factories import make_launch, make_milestone
from tests.query_counts import frozen_queries
from tests.reports.slack import make_channel

if TYPE_CHECKING:
    from integrations.models import Connection, Destination
    from sandbox.control import SandboxControl
    from tests.moving_clock import MovingClock

SignIn = Callable[[User], Client]
MONDAY_NINE = ScheduleFields(weekday=0, local_time=time(9), time_zone="Europe/Lisbon")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(ana: User) -> tuple[Launch, Launch]:
    """One launch that all may see, and one that they may not."""
    known = make_launch(ana, key="KNOWN", name="Known to all")
    secret = make_launch(ana, key="SECRET", name="Quiet thing", private=True)
    for launch in (known, secret):
        make_milestone(launch, f"First step of {launch.name}", owner=ana)
    return known, secret


def _text(client: Client, name: str, *arguments: object) -> str:
    response = client.get(reverse(f"reports:{name}", args=arguments))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("kind", list(ReportKind))
def test_a_maker_previews_and_sends_every_kind(
    signed_in: SignIn, dan: User, two: tuple[Launch, Launch], launches_channel: Destination,
    sandbox_control: SandboxControl, kind: ReportKind,
) -> None:  # fmt: skip
    client = signed_in(dan)
    preview = client.get(reverse("reports:portfolio_preview"), {"kind": kind}).content.decode()
    assert "Slack: #launches" in preview
    assert "Quiet thing" not in preview
    said = {"kind": kind, "commentary": "Look here.", "destinations": [launches_channel.pk]}
    assert client.post(reverse("reports:portfolio_send"), said).status_code == 303
    drain("deliveries")
    edition = Edition.objects.get()
    assert (edition.kind, edition.launch) == (kind, None)
    assert edition.deliveries.get().state == DeliveryState.DONE
    sent = str(sandbox_control.messages("launches")[-1]["blocks"])
    assert "Look here." in sent
    assert "Quiet thing" not in sent
    assert f"/portfolio/reports/{edition.pk}/" in _text(client, "portfolio_reports")


def test_a_report_for_an_admin_holds_no_private_launch_either(
    two: tuple[Launch, Launch], launches_channel: Destination, ada: User, ana: User
) -> None:
    for sender in (ada, ana):  # both may see it
        edition = send_report(
            kind=ReportKind.PROGRESS, launch=None, destinations=[launches_channel], commentary="", actor=sender
        )
        assert "Quiet thing" not in str(edition.content)
        assert list(edition.told_launches.all()) == [two[0]]


def test_what_turned_private_is_neither_sent_nor_shown(
    signed_in: SignIn, two: tuple[Launch, Launch], launches_channel: Destination, ana: User, dan: User, ada: User,
    sandbox_control: SandboxControl,
) -> None:  # fmt: skip
    edition = send_report(kind=ReportKind.DIGEST, launch=None, destinations=[launches_channel], actor=dan)
    known = two[0]
    known.visibility = Visibility.PRIVATE
    known.save()
    drain("deliveries")
    delivery = edition.deliveries.get()
    assert delivery.state == DeliveryState.FAILED
    assert "has become private" in delivery.error_sentence
    assert sandbox_control.post_count("launches") == 0
    for path in ("portfolio_edition", "portfolio_edition_markdown"):
        assert signed_in(dan).get(reverse(f"reports:{path}", args=[edition.pk])).status_code == 404
        assert signed_in(ana).get(reverse(f"reports:{path}", args=[edition.pk])).status_code == 200
    assert edition.title not in _text(signed_in(dan), "reports")
    assert edition.title not in _text(signed_in(dan), "portfolio_reports")
    assert edition.title in _text(signed_in(ada), "reports")
    assert list(troubled_deliveries(dan)) == []
    assert list(troubled_deliveries(ada)) == [delivery]


def test_nor_what_speaks_of_a_launch_in_the_archive_that_turned_private(
    two: tuple[Launch, Launch], launches_channel: Destination, ana: User, dan: User, sandbox_control: SandboxControl
) -> None:
    today = workspace().today
    old = make_launch(ana, key="OLD", name="Put away")
    awaited = make_milestone(old, "Quiet step", owner=ana, due_date=today - timedelta(days=20))
    waiting = make_milestone(two[0], "Second step", owner=ana, due_date=today + timedelta(days=1))
    add_dependency(predecessor=awaited, successor=waiting, actor=ana)
    archive_launch(launch=old, actor=ana)
    drain()
    edition = send_report(kind=ReportKind.PROGRESS, launch=None, destinations=[launches_channel], actor=dan)
    assert "waits for a milestone of another launch" in str(edition.content)
    assert "Quiet step" not in str(edition.content)
    Launch.objects.filter(pk=old.pk).update(visibility=Visibility.PRIVATE)
    drain("deliveries")
    assert edition.deliveries.get().state == DeliveryState.FAILED
    assert sandbox_control.post_count("launches") == 0


def test_nor_a_report_on_one_launch_that_speaks_of_another_that_turned_private(
    signed_in: SignIn, two: tuple[Launch, Launch], launches_channel: Destination, ana: User, dan: User,
    sandbox_control: SandboxControl,
) -> None:  # fmt: skip
    today = workspace().today
    other = make_launch(ana, key="OTHER", name="Another")
    awaited = make_milestone(other, "Quiet step", owner=ana, due_date=today - timedelta(days=20))
    waiting = make_milestone(two[0], "Second step", owner=ana, due_date=today + timedelta(days=1))
    add_dependency(predecessor=awaited, successor=waiting, actor=ana)
    drain()
    edition = send_report(kind=ReportKind.PROGRESS, launch=two[0], destinations=[launches_channel], actor=ana)
    assert "waits for a milestone of another launch" in str(edition.content)
    assert "Quiet step" not in str(edition.content)
    page = reverse("reports:edition", args=["KNOWN", edition.pk])
    assert signed_in(dan).get(page).status_code == 200
    Launch.objects.filter(pk=other.pk).update(visibility=Visibility.PRIVATE)
    drain("deliveries")
    assert edition.deliveries.get().state == DeliveryState.FAILED
    assert sandbox_control.post_count("launches") == 0
    assert signed_in(dan).get(page).status_code == 404
    assert signed_in(ana).get(page).status_code == 200
    assert page not in _text(signed_in(dan), "launch_reports", "KNOWN")


def test_every_reader_sees_a_page_of_what_they_may(
    signed_in: SignIn, two: tuple[Launch, Launch], ana: User, cleo: User, gus: User
) -> None:
    for kind in ReportKind:
        assert "Quiet thing" in _text(signed_in(ana), "portfolio_report", kind)
        page = _text(signed_in(cleo), "portfolio_report", kind)
        assert "Known to all" in page
        assert "Quiet thing" not in page
        assert "Known to all" not in _text(signed_in(gus), "portfolio_report", kind)
        file = signed_in(cleo).get(reverse("reports:portfolio_report_markdown", args=[kind]))
        assert "Known to all" in file.content.decode()
        assert "Quiet thing" not in file.content.decode()
    assert signed_in(cleo).get(reverse("reports:portfolio_report", args=["gossip"])).status_code == 404


def test_a_schedule_on_all_launches_goes_out_once_a_week(
    signed_in: SignIn, dan: User, two: tuple[Launch, Launch], launches_channel: Destination, clock: MovingClock
) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    fields = {
        "kind": "roadmap",
        "weekday": "0",
        "local_time": "09:00",
        "time_zone": "Europe/Lisbon",
        "destinations": [launches_channel.pk],
    }
    client = signed_in(dan)
    assert client.post(reverse("reports:portfolio_create_schedule"), fields).status_code == 303
    schedule = Schedule.objects.get()
    page = _text(client, "portfolio_reports")
    assert "Roadmap" in page
    assert "Monday at 09:00, Europe/Lisbon" in page
    assert "All launches" in _text(client, "reports")
    for _ in range(40):
        clock.move(timedelta(hours=6))
        drain("schedules")
    editions = list(Edition.objects.order_by("slot_at"))
    assert [f"{edition.slot_at:%m-%d}" for edition in editions if edition.slot_at] == ["11-23"]
    assert {(edition.kind, edition.launch_id, edition.schedule_id) for edition in editions} == {
        (ReportKind.ROADMAP, None, schedule.pk)
    }


def test_a_missed_slot_of_all_launches_stands_in_the_history(
    dan: User, two: tuple[Launch, Launch], launches_channel: Destination, clock: MovingClock
) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    create_schedule(
        kind=ReportKind.PROGRESS, launch=None, fields=MONDAY_NINE, destinations=[launches_channel], actor=dan
    )
    clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))
    drain("schedules")
    edition = Edition.objects.get()
    assert edition.skipped_at
    assert (edition.title, edition.kind) == ("All launches, 23 November 2026", ReportKind.PROGRESS)


def test_the_sender_hears_of_a_failure_and_may_read_of_it(
    slack: Connection, two: tuple[Launch, Launch], dan: User, cleo: User
) -> None:
    send_report(kind=ReportKind.DIGEST, launch=None, destinations=[make_channel(slack, "C08OLD", "old")], actor=dan)
    drain("deliveries")
    notice = Notice.objects.get(reason=NoticeReason.DELIVERY_FAILED)
    assert (notice.user, notice.launch, notice.path) == (dan, None, reverse("reports:portfolio_reports"))
    assert Delivery.objects.get() in troubled_deliveries(dan)
    assert Delivery.objects.get() not in troubled_deliveries(cleo)


def test_a_place_is_told_by_report(
    two: tuple[Launch, Launch], launches_channel: Destination, clock: MovingClock
) -> None:
    """A roadmap in between takes nothing away from the digest."""
    clock.move(timedelta(days=30))
    first = issue_edition(launch=two[0], destinations=[launches_channel])
    clock.move(timedelta(days=3))
    between = issue_edition(kind=ReportKind.ROADMAP, launch=two[0], destinations=[launches_channel])
    clock.move(timedelta(days=4))
    second = issue_edition(launch=two[0], destinations=[launches_channel])
    assert first
    assert between
    assert second
    assert second.since_at == first.until_at


def test_pages_need_as_many_statements_however_many_launches(
    signed_in: SignIn, ana: User, two: tuple[Launch, Launch], launches_channel: Destination
) -> None:
    for _ in range(4):
        make_milestone(make_launch(ana), "Step")
        send_report(kind=ReportKind.DIGEST, launch=None, destinations=[launches_channel], actor=ana)
    workspace()
    client = signed_in(ana)
    pages: list[tuple[str, tuple[str, ...]]] = [
        ("portfolio_reports", ()),
        ("portfolio_preview", ()),
        ("portfolio_report", ("progress",)),
        ("launch_report", ("KNOWN", "roadmap")),
    ]
    for name, arguments in pages:
        with frozen_queries(f"reports:{name}"):
            _text(client, name, *arguments)
