"""The pages of schedules, previews, editions and deliveries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from launches.domain.types import Visibility
from luna.events.models import Event
from luna.lib.work import drain
from people.models import User
from people.selectors import workspace
from reports.actions.schedules import ScheduleFields, create_schedule
from reports.domain.types import DeliveryState
from reports.models import Delivery, Edition, Schedule
from tests.query_counts import frozen_queries
from tests.reports.slack import make_channel, queue_digest

if TYPE_CHECKING:
    from integrations.models import Connection, Destination
    from launches.models import Launch
    from sandbox.control import SandboxControl

SignIn = Callable[[User], Client]
MONDAY_NINE = ScheduleFields(weekday=0, local_time=time(9), time_zone="Europe/Lisbon")

pytestmark = pytest.mark.django_db(transaction=True)


def _text(client: Client, name: str, *arguments: object) -> str:
    response = client.get(reverse(f"reports:{name}", args=arguments))
    assert response.status_code == 200
    return response.content.decode()


def test_a_pm_schedules_previews_and_sends(
    signed_in: SignIn, ben: User, book: Launch, launches_channel: Destination, sandbox_control: SandboxControl
) -> None:
    client = signed_in(ben)
    fields = {
        "kind": "digest",
        "weekday": "4",
        "local_time": "16:30",
        "time_zone": "Europe/Lisbon",
        "destinations": [launches_channel.pk],
    }
    assert client.post(reverse("reports:create_schedule", args=["BOOK"]), fields).status_code == 303
    page = _text(client, "launch_reports", "BOOK")
    assert "Friday at 16:30, Europe/Lisbon" in page
    assert "#launches" in page
    preview = _text(client, "preview", "BOOK")
    assert "As Slack will show it" in preview
    assert not Edition.objects.exists()
    said = {"commentary": "All is well.", "destinations": [launches_channel.pk]}
    assert client.post(reverse("reports:send", args=["BOOK"]), said).status_code == 303
    assert "Waiting" in _text(client, "launch_reports", "BOOK")
    drain("deliveries")
    assert "Open in Slack" in _text(client, "launch_reports", "BOOK")
    assert sandbox_control.post_count("launches") == 1
    assert "All is well." in str(sandbox_control.messages("launches")[-1]["blocks"])


@pytest.mark.parametrize(
    ("channel", "words"),
    [("C07RANDOM", "Type /invite @Luna"), ("C99NOWHERE", "no such channel"), ("C08OLD", "archived")],
)
def test_a_channel_that_would_not_work_is_refused_on_the_form(
    signed_in: SignIn, ana: User, book: Launch, slack: Connection, channel: str, words: str
) -> None:
    place = make_channel(slack, channel, "somewhere")
    fields = {"kind": "digest", "weekday": "0", "local_time": "09:00", "time_zone": "UTC", "destinations": [place.pk]}
    response = signed_in(ana).post(reverse("reports:create_schedule", args=["BOOK"]), fields)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Schedule.objects.exists()


def test_a_private_launch_is_offered_private_channels_only(
    signed_in: SignIn, ana: User, book: Launch, launches_channel: Destination
) -> None:
    book.visibility = Visibility.PRIVATE
    book.save()
    make_channel(launches_channel.connection, "C05EUDATA", "launch-eudata", is_private=True)
    page = _text(signed_in(ana), "create_schedule", "BOOK")
    assert "launch-eudata" in page
    assert "#launches" not in page
    fields = {
        "kind": "digest",
        "weekday": "0",
        "local_time": "09:00",
        "time_zone": "UTC",
        "destinations": [launches_channel.pk],
    }
    assert signed_in(ana).post(reverse("reports:create_schedule", args=["BOOK"]), fields).status_code == 422


def test_typing_is_kept_on_errors(signed_in: SignIn, ana: User, book: Launch, launches_channel: Destination) -> None:
    client = signed_in(ana)
    response = client.post(reverse("reports:send", args=["BOOK"]), {"commentary": "Kept words", "destinations": []})
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()


def test_commentary_is_kept_for_the_next_edition(
    signed_in: SignIn, ana: User, book: Launch, launches_channel: Destination
) -> None:
    schedule = create_schedule(launch=book, fields=MONDAY_NINE, destinations=[launches_channel], actor=ana)
    client = signed_in(ana)
    url = reverse("reports:comment_schedule", args=["BOOK", schedule.pk])
    assert client.post(url, {"commentary": "Wait for it"}).status_code == 303
    assert "Wait for it" in _text(client, "preview", "BOOK")


def test_a_stale_schedule_shows_both(
    signed_in: SignIn, ana: User, ben: User, book: Launch, launches_channel: Destination
) -> None:
    schedule = create_schedule(launch=book, fields=MONDAY_NINE, destinations=[launches_channel], actor=ana)
    url = reverse("reports:edit_schedule", args=["BOOK", schedule.pk])
    fields = {
        "weekday": "1",
        "local_time": "09:00",
        "time_zone": "Europe/Lisbon",
        "destinations": [launches_channel.pk],
    }
    assert signed_in(ben).post(url, fields | {"version": "1"}).status_code == 303
    response = signed_in(ana).post(url, fields | {"weekday": "2", "version": "1"})
    assert response.status_code == 409
    assert "Tuesday" in response.content.decode()
    assert "Ben Berger" in response.content.decode()
    assert signed_in(ana).post(url, fields | {"weekday": "2", "version": "2"}).status_code == 303


def test_pause_resume_delete(signed_in: SignIn, ana: User, book: Launch, launches_channel: Destination) -> None:
    schedule = create_schedule(launch=book, fields=MONDAY_NINE, destinations=[launches_channel], actor=ana)
    client = signed_in(ana)
    client.post(reverse("reports:pause_schedule", args=["BOOK", schedule.pk]))
    assert Schedule.objects.get().due_at is None
    client.post(reverse("reports:resume_schedule", args=["BOOK", schedule.pk]))
    assert Schedule.objects.get().due_at is not None
    client.post(reverse("reports:delete_schedule", args=["BOOK", schedule.pk]))
    assert not Schedule.objects.exists()
    assert Event.objects.filter(verb__startswith="schedule.").count() == 4


def test_a_held_delivery_asks_and_takes_the_answer(
    signed_in: SignIn, ana: User, book: Launch, launches_channel: Destination
) -> None:
    delivery = queue_digest(book, launches_channel, sender=ana)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.HELD, due_at=None)
    client = signed_in(ana)
    page = _text(client, "launch_reports", "BOOK")
    assert "It is there" in page
    assert "needs your answer" in _text(client, "reports")
    url = reverse("reports:confirm_delivery", args=["BOOK", delivery.pk])
    client.post(url, {"url": "javascript:alert(1)"})
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.HELD
    client.post(url, {"url": "https://fernhill.slack.com/archives/C1/p1"})
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DONE


def test_an_edition_stays_as_it_was(
    signed_in: SignIn, cleo: User, book: Launch, launches_channel: Destination, ana: User
) -> None:
    delivery = queue_digest(book, launches_channel, sender=ana)
    book.name = "Another name"
    book.save()
    client = signed_in(cleo)
    page = _text(client, "edition", "BOOK", delivery.edition_id)
    assert "Patient self-booking, week" in page
    file = client.get(reverse("reports:edition_markdown", args=["BOOK", delivery.edition_id]))
    assert file.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert file.content.decode().startswith("Luna · Weekly digest · BOOK\n\n# Patient self-booking")


def test_a_private_launch_is_in_nobody_elses_reports(
    signed_in: SignIn, ana: User, dan: User, gus: User, book: Launch, launches_channel: Destination
) -> None:
    create_schedule(launch=book, fields=MONDAY_NINE, destinations=[launches_channel], actor=ana)
    delivery = queue_digest(book, launches_channel, sender=ana)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED)
    book.visibility = Visibility.PRIVATE
    book.save()
    assert "Patient self-booking" in _text(signed_in(ana), "reports")
    for outsider in (dan, gus):
        client = signed_in(outsider)
        assert "Patient self-booking" not in _text(client, "reports")
        for name in ("edition", "edition_markdown"):
            assert client.get(reverse(f"reports:{name}", args=["BOOK", delivery.edition_id])).status_code == 404


def test_pages_need_as_many_statements_however_much_they_show(
    signed_in: SignIn, ana: User, book: Launch, launches_channel: Destination
) -> None:
    create_schedule(launch=book, fields=MONDAY_NINE, destinations=[launches_channel], actor=ana)
    for _ in range(5):
        queue_digest(book, launches_channel, sender=ana)
    workspace()
    client = signed_in(ana)
    for name, arguments in (("reports", ()), ("launch_reports", ("BOOK",)), ("preview", ("BOOK",))):
        with frozen_queries(f"reports:{name}"):
            _text(client, name, *arguments)
