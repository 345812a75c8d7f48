"""What is kept beside a milestone for insights says what the whole log and all verdicts say, whatever happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from luna.events.models import Event
from milestones.actions.milestones import delete_milestone, edit_milestone, freeze_baseline, restore_milestone
from milestones.actions.recheck import recheck
from milestones.actions.thresholds import change_thresholds
from milestones.domain.insights import REASONS
from milestones.domain.quarters import last_quarters
from milestones.domain.slips import DueMove, first_due_of
from milestones.domain.thresholds import Thresholds
from milestones.models import HealthSettings, HealthVerdict, Milestone, Risk
from milestones.selectors_insights import insight_rows
from people.models import User
from people.selectors import workspace
from tests.factories import make_launch, make_milestone, make_risk
from tests.milestones.computing import compute
from tests.moving_clock import MovingClock
from tests.people import make_team

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Said = dict[str, tuple[date, frozenset[str]]]
"""By team, of which each milestone has one of its own: the first due date and the reasons named by it."""


@pytest.fixture(autouse=True)
def _tuesday(clock: MovingClock, db: None) -> None:
    clock.set(TUESDAY)


def shown(reader: User) -> Said:
    """What insights are computed from."""
    place = workspace()
    rows = insight_rows(reader, place, last_quarters(place.today + timedelta(days=180), 8))
    return {one.place.team: (one.first_due, one.reasons) for one in rows.records}


def read_from_everything() -> Said:
    """The same out of the whole log and every verdict."""
    moves: defaultdict[int, list[DueMove]] = defaultdict(list)
    for event in Event.objects.filter(verb="milestone.edited", after__has_key="due_date").order_by("recorded_at", "pk"):
        was, became = event.before["due_date"], event.after["due_date"]
        moves[event.subject_id].append(DueMove(date.min, day_of(was), day_of(became)))
    found: Said = {}
    for row in Milestone.objects.existing().select_related("team"):
        first = first_due_of(moves[row.pk], row.due_date, row.baseline_due_date)
        if first is not None:
            verdicts = HealthVerdict.objects.filter(milestone=row, today__lte=first)
            rules = {signal["rule"] for verdict in verdicts for signal in verdict.signals}
            named = frozenset(key for key, (_, theirs) in REASONS.items() if not rules.isdisjoint(theirs))
            found[str(row.team)] = (first, named)
    return found


def day_of(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


class Plan:
    """A launch with two milestones, to which anything may happen."""

    def __init__(self, ana: User, clock: MovingClock) -> None:
        self.ana, self.clock = ana, clock
        self.launch = make_launch(ana)
        self.rows = [
            make_milestone(self.launch, due=TUESDAY.date() + timedelta(days=9 * n or 4), team=make_team(f"T{n}"))
            for n in range(2)
        ]
        title = 'It says "rule": "stalled", which is only a name'
        self.risk = make_risk(self.launch, title, milestone=self.rows[0], probability=5, impact=5, state="closed")

    def edit(self, number: int, **fields: Any) -> None:
        row = Milestone.objects.get(pk=self.rows[number].pk)
        edit_milestone(milestone=row, version=row.version, fields=fields, why="So it is", actor=self.ana)

    def due(self, number: int, days: int | None) -> None:
        self.edit(number, due_date=None if days is None else TUESDAY.date() + timedelta(days=days))

    def own(self, number: int) -> None:
        owner = Milestone.objects.get(pk=self.rows[number].pk).owner
        self.edit(number, owner=None if owner else self.ana)

    def take_risks(self) -> None:
        state = Risk.objects.get(pk=self.risk.pk).state
        Risk.objects.filter(pk=self.risk.pk).update(state="open" if state == "closed" else "closed")

    def freeze(self) -> None:
        freeze_baseline(launch=self.launch, actor=self.ana)

    def lose_and_find(self, number: int) -> None:
        row = Milestone.objects.get(pk=self.rows[number].pk)
        (restore_milestone if row.deleted_at else delete_milestone)(milestone=row, actor=self.ana)

    def judge_otherwise(self, stalled_days: int) -> None:
        version = HealthSettings.objects.get_or_create(pk=1)[0].version
        change_thresholds(version=version, thresholds=Thresholds(stalled_days=stalled_days), actor=self.ana)

    def go_on(self, days: int) -> None:
        self.clock.move(timedelta(days=days))
        compute(self.launch)


whole_days = st.none() | st.integers(-20, 40)
one_of_two = st.integers(0, 1)
steps = st.one_of(
    st.tuples(st.just(Plan.due), one_of_two, whole_days),
    st.tuples(st.just(Plan.due), one_of_two, whole_days),
    st.tuples(st.just(Plan.own), one_of_two),
    st.tuples(st.just(Plan.take_risks)),
    st.tuples(st.just(Plan.freeze)),
    st.tuples(st.just(Plan.lose_and_find), one_of_two),
    st.tuples(st.just(Plan.judge_otherwise), st.integers(1, 10)),
    st.tuples(st.just(Plan.go_on), st.sampled_from([0, 1, 5, -3])),
)


# A step is a worker's turn, so a failure is not made smaller, which would take minutes.
@settings(max_examples=8, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happens=st.lists(steps, max_size=10))
def test_whatever_happens_the_kept_says_what_everything_says(
    ana: User, clock: MovingClock, happens: list[tuple[Callable[..., None], Any]]
) -> None:
    with transaction.atomic():
        clock.set(TUESDAY)
        plan = Plan(ana, clock)
        plan.go_on(0)
        for what, *how in happens:
            what(plan, *how)
            assert shown(ana) == read_from_everything()
        plan.go_on(1)
        assert shown(ana) == read_from_everything()
        blank_and_fill()
        assert shown(ana) == read_from_everything()
        transaction.set_rollback(True)


def blank_and_fill() -> None:
    """As the migration finds a company that was there before it."""
    Milestone.objects.update(moved_from_date=None, reasons_named={})
    fills = import_module("milestones.migrations.0008_kept_for_insights")
    for fill in (fills.keep_first_due_dates, fills.keep_reasons):
        fill(apps, connection.schema_editor())


def test_a_reason_stays_and_counts_again_when_the_date_lies_later(ana: User, clock: MovingClock) -> None:
    plan = Plan(ana, clock)
    plan.due(0, 30)  # the baseline is frozen at the moved date, and the date is brought back: 30 days are agreed
    plan.freeze()
    plan.go_on(0)
    plan.own(0)
    plan.go_on(6)
    plan.take_risks()
    plan.go_on(0)
    plan.due(0, 4)
    assert shown(ana)["T0"] == (date(2026, 12, 24), frozenset({"owner", "risk"}))
    assert Milestone.objects.get(pk=plan.rows[0].pk).reasons_named == {"owner": "2026-11-24", "risk": "2026-11-30"}
    Milestone.objects.filter(pk=plan.rows[0].pk).update(baseline_due_date=None)
    assert shown(ana)["T0"] == (date(2026, 11, 28), frozenset({"owner"}))


def test_a_recheck_and_verdicts_of_older_rules_change_nothing(ana: User, clock: MovingClock) -> None:
    plan = Plan(ana, clock)
    plan.go_on(0)
    before = shown(ana)
    assert before["T0"][1] == {"owner"}
    HealthVerdict.objects.update(engine=0)
    assert recheck().older == HealthVerdict.objects.count()
    plan.own(0)
    plan.go_on(1)
    assert shown(ana) == before == read_from_everything()


def test_what_is_only_due_keeps_nothing(ana: User, clock: MovingClock) -> None:
    plan = Plan(ana, clock)
    plan.edit(0, name="Beta")
    plan.freeze()
    assert set(Milestone.objects.values_list("moved_from_date", flat=True)) == {None}
    plan.due(0, 11)
    assert Milestone.objects.get(pk=plan.rows[0].pk).moved_from_date is None, "the baseline says it"
    plan.freeze()
    assert Milestone.objects.get(pk=plan.rows[0].pk).moved_from_date == date(2026, 11, 28)
