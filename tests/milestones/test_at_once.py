"""Two people at the same instant, on either database: no circle, no lost edit, no muddled order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from launches.actions.summaries import wish_recompute, wish_recompute_everywhere
from launches.models import LaunchSummary
from luna.events.models import Event
from luna.lib.versions import StaleVersionError
from milestones.actions.dependencies import add_dependency
from milestones.actions.milestones import add_milestones, edit_milestone, move_milestone
from milestones.domain.paste import Draft
from milestones.models import Dependency, Milestone
from tests.factories import make_launch, make_milestone
from tests.integrations.waiting import Worker, until_waiting
from tests.milestones.computing import compute
from tests.people import person


def at_once(*acts: Callable[[], Any]) -> list[Exception]:
    """Each in a thread of its own, all let go together; what they raised."""
    start = threading.Barrier(len(acts))
    raised: list[Exception] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def fresh(milestone: Milestone) -> Milestone:
    found: Milestone = Milestone.objects.select_related("launch").get(pk=milestone.pk)
    return found


def _waiting(successor: Milestone, predecessor: Milestone) -> Callable[[], Any]:
    """Ana lets the one wait for the other."""

    def act() -> Dependency:
        return add_dependency(predecessor=fresh(predecessor), successor=fresh(successor), actor=person("ana"))

    return act


@pytest.mark.django_db(transaction=True)
def test_two_dependencies_at_once_close_no_circle() -> None:
    ana = person("ana")
    for _ in range(3):
        launch = make_launch(ana)
        a, b = make_milestone(launch), make_milestone(launch)

        raised = at_once(_waiting(b, a), _waiting(a, b))

        assert [type(error) for error in raised] == [ValidationError]
        assert Dependency.objects.filter(successor__launch=launch).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_of_one_version_one_is_refused() -> None:
    ana = person("ana")
    milestone = make_milestone(make_launch(ana), "Beta")

    raised = at_once(
        *(
            lambda name=name: edit_milestone(milestone=fresh(milestone), version=1, fields={"name": name}, actor=ana)
            for name in ("Mine", "Yours")
        )
    )

    assert [type(error) for error in raised] == [StaleVersionError]
    row = fresh(milestone)
    assert row.version == 2
    assert Event.objects.get(verb="milestone.edited").after == {"name": row.name}


@pytest.mark.django_db(transaction=True)
def test_moves_and_additions_at_once_leave_one_order() -> None:
    ana = person("ana")
    launch = make_launch(ana)
    first, *_, last = (make_milestone(launch, name) for name in "abcd")

    raised = at_once(
        lambda: move_milestone(milestone=fresh(last), before=fresh(first), actor=ana),
        lambda: move_milestone(milestone=fresh(first), before=None, actor=ana),
        lambda: add_milestones(launch=launch, drafts=[Draft("e"), Draft("f")], actor=ana),
    )

    assert raised == []
    positions = list(Milestone.objects.filter(launch=launch).values_list("position", flat=True))
    assert sorted(positions) == list(range(6))


@pytest.mark.django_db(transaction=True)
def test_wishes_for_many_launches_at_once_do_not_collide() -> None:
    ana = person("ana")
    pks = [make_launch(ana).pk for _ in range(40)]
    for pk in reversed(pks):
        # Where the rows lie in the table is not their order any more.
        LaunchSummary.objects.filter(pk=pk).update(last_update_headline="x" * 200)

    def again_and_again(wish: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            for _ in range(60):
                with transaction.atomic():
                    wish()

        return act

    some = again_and_again(lambda: wish_recompute([pks[0], pks[-1], pks[20]]))
    all_of_them = again_and_again(wish_recompute_everywhere)
    assert at_once(some, all_of_them, some, all_of_them) == []


@pytest.mark.django_db(transaction=True)
def test_the_plan_may_grow_while_the_worker_keeps_verdicts_on_it() -> None:
    """A kept verdict names its launch: PostgreSQL looks that up at the commit, when others may hold the list."""
    ana = person("ana")
    launch = make_launch(ana)
    make_milestone(launch, "Beta", owner=ana)
    editor = Worker(lambda: add_milestones(launch=launch, drafts=[Draft("More")], actor=ana))

    with transaction.atomic():
        compute(launch)
        editor.start()
        until_waiting(editor)

    editor.join(60)
    assert editor.error is None
    assert launch.milestones.count() == 2
