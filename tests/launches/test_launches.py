"""Making launches, changing them, putting them away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from launches.actions.launches import LaunchFields, create_launch, edit_launch
from launches.actions.statuses import declare_status
from launches.domain.types import LaunchRole, Status, Visibility
from launches.models import Label, Launch, LaunchSummary, Notice, Participant, Stage
from launches.selectors import stages
from luna.events.models import Event
from luna.lib.versions import StaleVersionError
from people.models import User
from tests.factories import make_launch
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]


def typed(owner: User, **others: Any) -> dict[str, Any]:
    """What the form sends."""
    stage = stages().get(name="Build").pk
    return {"name": "Apollo", "owner": owner.pk, "tier": "1", "stage": stage, "visibility": "open"} | others


def test_a_maker_creates_a_launch_and_goes_on_to_its_milestones(ana: User, signed_in: SignedIn) -> None:
    form = typed(
        ana, outcome="Shops pay out on the same day", labels="Payments, EMEA, payments", target_date="2026-12-01"
    )
    answer = signed_in(ana).post("/launches/new/", form)
    assert answer.headers["Location"] == "/launches/APOLLO/milestones/"
    launch = Launch.objects.get(key="APOLLO")
    assert (launch.owner, launch.tier, launch.target_date) == (ana, 1, date(2026, 12, 1))
    assert sorted(launch.labels.values_list("name", flat=True)) == ["EMEA", "payments"]
    assert LaunchSummary.objects.get(launch=launch).due_at is not None
    assert Event.objects.get(verb="launch.created").after["key"] == "APOLLO"


def test_the_usual_stages_are_there(db: None) -> None:
    assert [s.name for s in stages()] == ["Not started", "Planning", "Build", "Readiness", "Launched", "Closed"]
    assert stages().count() == Stage.objects.count() == 6


def test_members_and_guests_create_nothing(cleo: User, gus: User) -> None:
    for actor in (cleo, gus):
        with pytest.raises(PermissionDenied):
            create_launch(fields=LaunchFields(name="Apollo", owner=actor), actor=actor)


def test_labels_of_a_private_launch_are_offered_to_nobody_else(
    ana: User, dan: User, ada: User, signed_in: SignedIn
) -> None:
    secret, mine = make_launch(ana, private=True), make_launch(dan, key="MINE")
    secret.labels.add(Label.objects.create(name="Acquisition of Zeta"))
    mine.labels.add(Label.objects.create(name="Payments"))
    for path in ("/launches/new/", "/launches/MINE/edit/"):
        page = signed_in(dan).get(path).content.decode()
        assert "Payments" in page
        assert "Zeta" not in page
        assert "Zeta" in signed_in(ada).get(path).content.decode()


@pytest.mark.parametrize("key", ["APOLLO", "apollo"])
def test_a_taken_key_is_told_with_a_free_one(ana: User, signed_in: SignedIn, key: str) -> None:
    make_launch(ana, key="APOLLO")
    answer = signed_in(ana).post("/launches/new/", typed(ana, key=key))
    assert answer.status_code == 422
    assert "APOLLO2 is free" in answer.content.decode()


def test_the_key_of_a_deleted_launch_is_not_used_again(ana: User, signed_in: SignedIn) -> None:
    make_launch(ana, key="APOLLO")
    signed_in(ana).post("/launches/APOLLO/delete/")
    assert create_launch(fields=LaunchFields(name="Apollo", owner=ana), actor=ana).key == "APOLLO2"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "This field is required."),
        ({"key": "A-1"}, "Use 2 to 12 capital letters and digits, a letter first."),
        ({"key": "new"}, "“NEW” is or was another launch’s key. NEW2 is free."),
        ({"start_date": "2026-05-02", "target_date": "2026-05-01"}, "The target lies before the start."),
        ({"target_date": "soon"}, "Write the day as year-month-day"),
        ({"tier": "4"}, "Select a valid choice."),
        ({"visibility": "secret"}, "Select a valid choice."),
        ({"labels": ",".join(f"l{n}" for n in range(13))}, "At most 12 labels."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    ana: User, signed_in: SignedIn, wrong: dict[str, str], words: str
) -> None:
    answer = signed_in(ana).post("/launches/new/", typed(ana, outcome="Kept words") | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    assert not Launch.objects.exists()


def test_guests_can_not_be_made_owners(ana: User, gus: User, signed_in: SignedIn) -> None:
    assert signed_in(ana).post("/launches/new/", typed(gus)).status_code == 422


def test_who_creates_a_launch_for_someone_else_stays_on_as_an_editor(ana: User, ben: User) -> None:
    fields = LaunchFields(name="Apollo", owner=ben, visibility=Visibility.PRIVATE)
    launch = create_launch(fields=fields, actor=ana)
    assert Participant.objects.get(launch=launch, user=ana).role == LaunchRole.EDITOR
    assert Notice.objects.get(user=ben).sentence == "Ana Alves made you the owner of the launch Apollo."
    assert Launch.objects.visible_to(ana).filter(pk=launch.pk).exists()


def test_a_form_changes_what_it_holds_and_nothing_else(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    more = {"key": "OTHER", "status": "at_risk", "archived_at": "2026-01-01", "deleted_at": "2026-01-01", "id": "99"}
    answer = signed_in(ana).post("/launches/APOLLO/edit/", typed(ana, name="Apollo 2", version=1) | more)
    assert answer.headers["Location"] == "/launches/APOLLO/"
    launch.refresh_from_db()
    assert (launch.name, launch.key, launch.version, launch.status) == ("Apollo 2", "APOLLO", 2, Status.ON_TRACK)
    assert launch.archived_at is None
    assert launch.deleted_at is None


def test_the_log_holds_what_changed_and_only_that(ana: User, signed_in: SignedIn) -> None:
    make_launch(ana, key="APOLLO", name="Apollo", tier=1)
    signed_in(ana).post("/launches/APOLLO/edit/", typed(ana, version=1, target_date="2026-12-01"))
    event = Event.objects.get(verb="launch.edited")
    assert (event.before, event.after) == ({"target_date": ""}, {"target_date": "2026-12-01"})


def test_a_stale_save_is_refused_with_both_versions_and_can_be_put_on_top(
    ana: User, ben: User, signed_in: SignedIn
) -> None:
    launch = make_launch(ana, key="APOLLO", editors=(ben,), name="Apollo")
    signed_in(ben).post("/launches/APOLLO/edit/", typed(ana, name="Apollo by Ben", version=1))
    answer = signed_in(ana).post("/launches/APOLLO/edit/", typed(ana, name="Apollo by Ana", version=1))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ben Berger saved this" in page
    assert "Apollo by Ben" in page
    assert 'value="Apollo by Ana"' in page
    assert 'name="version" value="2"' in page
    launch.refresh_from_db()
    assert launch.name == "Apollo by Ben"
    signed_in(ana).post("/launches/APOLLO/edit/", typed(ana, name="Apollo by Ana", version=2))
    launch.refresh_from_db()
    assert (launch.name, launch.version) == ("Apollo by Ana", 3)


def test_a_version_that_was_never_there_saves_nothing(ana: User) -> None:
    launch = make_launch(ana, name="Apollo")
    with pytest.raises(StaleVersionError):
        edit_launch(launch=launch, version=7, fields=LaunchFields(name="Other", owner=ana), labels=(), actor=ana)
    assert not Event.objects.exists()
    assert not Label.objects.exists()


def test_a_former_owner_stays_on_as_an_editor(ana: User, ben: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO", private=True)
    form = typed(ben, version=1, visibility="private")
    signed_in(ana).post("/launches/APOLLO/edit/", form)
    assert Participant.objects.get(launch=launch).user == ana
    assert signed_in(ana).get("/launches/APOLLO/edit/").status_code == 200


def test_a_status_is_declared_with_its_reason_and_makes_nobodys_typing_stale(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    answer = signed_in(ana).post("/launches/APOLLO/status/", {"status": "at_risk", "reason": "The supplier is late"})
    assert answer.status_code == 303
    launch.refresh_from_db()
    assert (launch.status, launch.status_reason, launch.version) == (Status.AT_RISK, "The supplier is late", 1)
    assert launch.status_at is not None
    assert Event.objects.get().why == "The supplier is late"
    assert signed_in(ana).post("/launches/APOLLO/status/", {"status": "at_risk"}).status_code == 422


def test_an_archived_launch_leaves_what_runs_and_comes_back(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    signed_in(ana).post("/launches/APOLLO/archive/")
    assert launch not in Launch.objects.visible_to(ana).running()
    assert launch in Launch.objects.visible_to(ana)
    signed_in(ana).post("/launches/APOLLO/unarchive/")
    assert launch in Launch.objects.visible_to(ana).running()
    assert list(Event.objects.values_list("verb", flat=True)) == ["launch.archived", "launch.unarchived"]


def test_a_deleted_launch_is_gone_for_everybody_and_comes_back_within_a_day(
    ana: User, ada: User, signed_in: SignedIn, clock: MovingClock
) -> None:
    launch = make_launch(ana, key="APOLLO")
    signed_in(ana).post("/launches/APOLLO/delete/")
    for who in (ana, ada):
        assert signed_in(who).get("/launches/APOLLO/edit/").status_code == 404
    clock.move(timedelta(hours=23))
    signed_in(ana).post("/launches/APOLLO/restore/")
    assert launch in Launch.objects.visible_to(ana)
    signed_in(ana).post("/launches/APOLLO/delete/")
    clock.move(timedelta(hours=25))
    assert signed_in(ana).post("/launches/APOLLO/restore/").status_code == 404


def test_only_owner_and_admin_bring_it_back(ana: User, ben: User, signed_in: SignedIn) -> None:
    make_launch(ana, key="APOLLO", editors=(ben,))
    signed_in(ana).post("/launches/APOLLO/delete/")
    assert signed_in(ben).post("/launches/APOLLO/restore/").status_code == 404


def test_declaring_asks_for_the_launch_to_be_judged_again(ana: User) -> None:
    launch = make_launch(ana)
    declare_status(launch=launch, status=Status.PAUSED, reason="Waiting for spring", actor=ana)
    assert LaunchSummary.objects.get(launch=launch).due_at is not None
