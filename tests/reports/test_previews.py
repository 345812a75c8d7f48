"""One function makes every report: of each kind, of one launch and of many, of today and of a day that is over."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from launches.actions.statuses import declare_status
from launches.domain.types import Status
from milestones.actions.milestones import change_state, edit_milestone
from milestones.domain.types import State
from milestones.models import Forecast
from reports.actions.previews import report_document
from reports.content.document import Plan
from reports.domain.types import ReportKind
from reports.renderers.html import html_blocks
from reports.renderers.markdown import render_markdown
from tests.factories import make_approval, make_decision, make_launch, make_milestone, make_risk, make_update
from tests.query_counts import frozen_queries

if TYPE_CHECKING:
    from datetime import datetime

    from launches.models import Launch
    from people.models import User
    from tests.moving_clock import MovingClock

KINDS = list(ReportKind)


def _text(kind: ReportKind, launch: Launch | None, viewer: User | None = None, at: datetime | None = None) -> str:
    return render_markdown(report_document(kind, launch=launch, viewer=viewer, at=at), base_url="")


def _plan(kind: ReportKind, launch: Launch | None, at: datetime | None = None) -> Plan:
    document = report_document(kind, launch=launch, at=at)
    return next(block for block in document.blocks if isinstance(block, Plan))


def _fill(launch: Launch, cleo: User, number: int) -> None:
    for n in range(number):
        milestone = make_milestone(launch, f"M{n}", due=date(2026, 12, 1) + timedelta(days=n), owner=launch.owner)
        make_approval(launch, cleo, milestone=milestone)
        make_decision(launch, decider=cleo)
        make_risk(launch, probability=4, impact=4)


@pytest.mark.parametrize("kind", KINDS)
def test_statements_are_as_many_however_much_a_launch_holds(
    kind: ReportKind, book: Launch, cleo: User, ana: User
) -> None:
    _fill(book, cleo, 20)
    make_update(book, "We are nearly there")
    edit_milestone(milestone=book.milestones.all()[0], version=1, fields={"owner": cleo}, actor=ana)
    with frozen_queries(f"report {kind}"):
        document = report_document(kind, launch=book)
    assert document.title.startswith("Patient self-booking, ")


@pytest.mark.parametrize("kind", KINDS)
def test_statements_are_as_many_however_many_launches(kind: ReportKind, ana: User, cleo: User) -> None:
    counts = []
    for number in (2, 6):
        for _ in range(number):
            _fill(make_launch(ana), cleo, 3)
        with CaptureQueriesContext(connection) as queries:
            report_document(kind, launch=None)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_launch_is_in_no_report_for_everybody(kind: ReportKind, ana: User, cleo: User, gus: User) -> None:
    _fill(make_launch(ana, name="Known to all"), cleo, 2)
    secret = make_launch(ana, name="Quiet thing", private=True)
    make_milestone(secret, "Hush", due=date(2026, 12, 1))
    everybodys = _text(kind, None)
    assert "Known to all" in everybodys
    assert "Quiet thing" not in everybodys
    assert "Hush" not in everybodys
    assert "Private launches are not in it" in everybodys
    assert "Quiet thing" in _text(kind, None, viewer=ana)
    assert "Quiet thing" not in _text(kind, None, viewer=cleo)
    assert "Known to all" not in _text(kind, None, viewer=gus)


def test_a_day_that_is_over_is_told_by_the_log(book: Launch, ana: User, clock: MovingClock) -> None:
    milestone = make_milestone(book, "Gateway", due=date(2026, 12, 1), state=State.IN_PROGRESS)
    clock.move(timedelta(days=3))
    then = clock.now()
    clock.move(timedelta(days=2))
    edit_milestone(
        milestone=milestone, version=1, fields={"due_date": date(2026, 12, 9), "name": "Gate"}, why="late", actor=ana
    )
    change_state(milestone=milestone, version=None, state=State.COMPLETED, actor=ana)
    declare_status(launch=book, status=Status.AT_RISK, reason="too late", actor=ana)
    make_milestone(book, "Thought of later")
    item = next(item for item in _plan(ReportKind.PROGRESS, book, at=then).items if item.name == "Gateway")
    assert (item.due, item.done, item.progress) == (date(2026, 12, 1), None, 0.0)
    text = _text(ReportKind.PROGRESS, book, at=then)
    assert "Thought of later" not in text
    assert "too late" not in text
    assert "out of the log" in text
    now = next(item for item in _plan(ReportKind.PROGRESS, book).items if item.name == "Gate")
    assert now.progress == 1.0
    assert "out of the log" not in _text(ReportKind.PROGRESS, book)


@pytest.mark.parametrize(("sure", "words"), [(date(2026, 12, 25), "Fri 25 Dec"), (None, "out of sight")])
def test_a_launchs_progress_tells_by_when_each_milestone_is_sure(
    book: Launch, sure: date | None, words: str, clock: MovingClock
) -> None:
    milestone = make_milestone(book, "Gate")
    make_milestone(book, "Bare")
    Forecast.objects.create(
        milestone=milestone, inputs_hash="", basis="own_days", p50=date(2026, 12, 15), p85=sure,
        horizon=date(2028, 1, 1), computed_at=clock.now(),
    )  # fmt: skip
    document = report_document(ReportKind.PROGRESS, launch=book)
    page = render_to_string("reports/_document.html", {"blocks": html_blocks(document)})
    told = dict(re.findall(r">(Gate|Bare)</a>.*?<td class=\"plan-sure\">(?:<time [^>]*>)?([^<]*)<", page))
    assert '<th scope="col" class="plan-sure">85 % sure by</th>' in page
    assert told == {"Gate": words, "Bare": ""}
    assert all(item.likely is None for item in _plan(ReportKind.ROADMAP, book).items)
    then = clock.now()
    clock.move(timedelta(days=1))
    assert all(item.likely is None for item in _plan(ReportKind.PROGRESS, book, at=then).items), "of a day that is over"


def test_progress_is_compared_with_when_the_period_began(book: Launch, ana: User, clock: MovingClock) -> None:
    clock.move(timedelta(days=20))
    change_state(milestone=book.milestones.all()[0], version=None, state=State.COMPLETED, actor=ana)
    clock.move(timedelta(days=2))
    book.summary.progress = 0.5
    book.summary.save()
    assert "Progress went from 0 % to 50 %." in _text(ReportKind.PROGRESS, book)
    clock.move(timedelta(days=30))
    assert "Progress stands where it stood" in _text(ReportKind.PROGRESS, book)


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_of_all_launches_is_told_by_the_log(
    kind: ReportKind, book: Launch, ana: User, clock: MovingClock
) -> None:
    then = clock.now()
    clock.move(timedelta(days=2))
    make_launch(ana, name="Thought of later")
    milestone = book.milestones.all()[0]
    edit_milestone(milestone=milestone, version=1, fields={"due_date": date(2027, 1, 8)}, actor=ana)
    text = _text(kind, None, at=then)
    assert "Patient self-booking" in text
    assert "Thought of later" not in text
    assert "8 Jan" not in text
    assert "out of the log" in text
    assert "Thought of later" in _text(kind, None)
