"""Talking about a launch and what is in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import models
from django.test import Client

from launches.models import Comment, Launch, Notice
from launches.selectors import comment_thread, comment_threads
from luna.events.models import Event
from people.models import User
from tests.factories import (
    make_approval,
    make_comment,
    make_decision,
    make_launch,
    make_milestone,
    make_risk,
    make_update,
)
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
THINGS: dict[str, Callable[[Launch], models.Model]] = {
    "launch": lambda launch: launch,
    "milestone": make_milestone,
    "risk": make_risk,
    "decision": make_decision,
    "approval": make_approval,
    "update": make_update,
}


@pytest.mark.parametrize("kind", THINGS)
def test_everything_in_a_launch_can_be_talked_about(ana: User, cleo: User, signed_in: SignedIn, kind: str) -> None:
    launch = make_launch(ana, key="APOLLO")
    thing = THINGS[kind](launch)
    path = f"/launches/APOLLO/comments/{kind}/{thing.pk}/"
    answer = signed_in(cleo).post(f"{path}add/", {"text": "What about **spring**?"})
    assert answer.status_code == 303
    assert "<strong>spring</strong>" in signed_in(ana).get(path).content.decode()
    assert [c.author for c in comment_thread(launch, kind, thing.pk).comments] == [cleo]


@pytest.mark.parametrize("kind", [*THINGS, "user", "nothing"])
def test_what_belongs_to_another_launch_can_not(ana: User, dan: User, signed_in: SignedIn, kind: str) -> None:
    make_launch(ana, key="APOLLO")
    foreign = make_launch(dan, key="HUSH", private=True)
    thing = THINGS[kind](foreign) if kind in THINGS else foreign
    path = f"/launches/APOLLO/comments/{kind}/{thing.pk}/"
    assert signed_in(ana).get(path).status_code == 404
    assert signed_in(ana).post(f"{path}add/", {"text": "Hello"}).status_code == 404
    assert not Comment.objects.exists()


def test_by_htmx_the_thread_alone_comes_back(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    path = f"/launches/APOLLO/comments/launch/{launch.pk}/add/"
    fragment = signed_in(ana).post(path, {"text": "Hello"}, headers=HTMX).content.decode()
    assert f'id="comments-launch-{launch.pk}"' in fragment
    assert "<html" not in fragment
    refused = signed_in(ana).post(path, {"text": "  "}, headers=HTMX)
    assert refused.status_code == 422
    assert "Write something first." in refused.content.decode()


def test_whom_a_comment_mentions_is_told_if_they_may_see_it(
    ana: User, ben: User, dan: User, signed_in: SignedIn
) -> None:
    launch = make_launch(ana, key="HUSH", editors=(ben,), private=True)
    path = f"/launches/HUSH/comments/launch/{launch.pk}/add/"
    signed_in(ana).post(path, {"text": "@Ben Berger @dan@luna.test @Ana Alves: look"})
    notice = Notice.objects.get()
    assert (notice.user, notice.path, notice.launch) == (ben, "/launches/HUSH/", launch)
    assert notice.sentence == f"Ana Alves mentioned you about “{launch.name}” in {launch.name}."
    assert notice.due_at is not None


def test_a_comment_is_deleted_by_its_author_and_brought_back(
    ana: User, cleo: User, signed_in: SignedIn, clock: MovingClock
) -> None:
    launch = make_launch(ana, key="APOLLO")
    comment = make_comment(launch, author=cleo)
    assert signed_in(ana).post(f"/launches/APOLLO/comments/{comment.pk}/delete/").status_code == 403
    signed_in(cleo).post(f"/launches/APOLLO/comments/{comment.pk}/delete/")
    assert comment_thread(launch, "launch", launch.pk).comments == []
    signed_in(cleo).post(f"/launches/APOLLO/comments/{comment.pk}/restore/")
    assert comment_thread(launch, "launch", launch.pk).comments == [comment]
    signed_in(cleo).post(f"/launches/APOLLO/comments/{comment.pk}/delete/")
    clock.move(timedelta(hours=25))
    assert signed_in(cleo).post(f"/launches/APOLLO/comments/{comment.pk}/restore/").status_code == 404


def test_the_log_does_not_keep_what_can_be_taken_back(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    signed_in(ana).post(f"/launches/APOLLO/comments/launch/{launch.pk}/add/", {"text": "Too hasty a word"})
    signed_in(ana).post(f"/launches/APOLLO/comments/{Comment.objects.get().pk}/delete/")
    assert list(Event.objects.order_by("pk").values_list("verb", "subject_name")) == [
        ("comment.added", "Launch APOLLO"),
        ("comment.deleted", "on a launch"),
    ]
    assert "hasty" not in str(list(Event.objects.values()))


def test_the_threads_of_a_page_cost_one_query(ana: User, django_assert_num_queries: Callable[[int], object]) -> None:
    launch = make_launch(ana)
    risks = [make_risk(launch) for _ in range(3)]
    make_comment(launch, subject_kind="risk", subject_id=risks[1].pk)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # a context manager
        threads = comment_threads(launch, "risk", [risk.pk for risk in risks])
    assert [len(threads[risk.pk].comments) for risk in risks] == [0, 1, 0]
