"""Home, portfolio, launch, activity and search through the client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse

from launches.actions.notices import notify
from launches.domain.types import NoticeReason
from luna import clock
from luna.events.log import record
from milestones.actions.approvals import Question, ask_approval, cast_vote
from milestones.actions.milestones import change_state, delete_milestone, restore_milestone
from milestones.domain.types import Ballot, DecisionState, State, VoteRule
from people.models import User
from people.selectors import workspace
from tests.factories import make_approval, make_decision, make_launch, make_milestone, make_risk
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]


def test_home_lists_what_is_mine_by_date_and_nothing_of_others(ana: User, ben: User, signed_in: SignedIn) -> None:
    today = workspace().today
    launch = make_launch(ana, editors=(ben,))
    make_milestone(launch, "Beta ready", due=today + timedelta(days=3), owner=ben)
    make_milestone(launch, "Somebody else’s", due=today, owner=ana)
    make_decision(launch, "Which supplier?", decider=ben, due_date=today + timedelta(days=1))
    make_decision(launch, "Taken already", decider=ben, state=DecisionState.DECIDED, outcome="yes")
    make_risk(launch, "Supplier late", owner=ben, review_date=today - timedelta(days=1))
    make_approval(launch, ben, title="Go?")
    page = signed_in(ben).get(reverse("reports:home")).content.decode()
    order = [page.index(text) for text in ("Supplier late", "Which supplier?", "Beta ready", "Go?")]
    assert order == sorted(order)
    assert "Somebody else" not in page
    assert "Taken already" not in page


def test_nobody_is_asked_to_vote_on_what_is_gone(ana: User, ben: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO", editors=(ben,))
    make_milestone(launch, "Stays")
    gone = make_milestone(launch, "Gone")
    question = Question(title="Is it good?", milestone=gone, rule=VoteRule.ALL, at_least=1, due_date=None)
    approval = ask_approval(launch=launch, question=question, users=[ben], actor=ana)
    pages = {
        "/": '<span class="verb">Vote</span>',
        "/launches/": f'href="/launches/APOLLO/approvals/{approval.pk}/"',
        "/launches/APOLLO/": "To approve: Is it good?",
    }

    def asks(page: str) -> bool:
        return pages[page] in signed_in(ben).get(page).content.decode()

    assert all(asks(page) for page in pages)
    delete_milestone(milestone=gone, actor=ana)
    assert not any(asks(page) for page in pages)
    restore_milestone(milestone=gone, actor=ana)
    change_state(milestone=gone, version=None, state=State.CANCELLED, actor=ana)
    assert not any(asks(page) for page in pages)


def test_an_approval_that_is_met_asks_nobody_else(ana: User, ben: User, cleo: User, signed_in: SignedIn) -> None:
    question = Question(title="Go?", milestone=None, rule=VoteRule.ANY, at_least=1, due_date=None)
    approval = ask_approval(launch=make_launch(ana), question=question, users=[ben, cleo], actor=ana)
    assert "asks for your vote" in signed_in(cleo).get("/launches/").content.decode()
    seat = approval.approvers.get(user=ben)
    cast_vote(approval=approval, seat=seat, round_number=1, ballot=Ballot.APPROVE, actor=ben)
    assert "asks for your vote" not in signed_in(cleo).get("/launches/").content.decode()


def test_the_day_on_which_an_approval_was_asked_is_that_of_the_readers_zone(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    ana.time_zone = "Asia/Tokyo"
    ana.save(update_fields=["time_zone"])
    make_milestone(launch)
    make_approval(launch, ana, asked_at=datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    assert "Asked on Tue 24 Nov" in signed_in(ana).get("/launches/APOLLO/").content.decode()


def test_home_tells_what_people_changed_not_what_i_or_luna_did(ana: User, ben: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, editors=(ben,))
    for actor, name in ((ben, "by Ben"), (ana, "by Ana"), (None, "by Luna")):
        record("milestone.edited", make_milestone(launch, name), actor=actor, launch_id=launch.pk)
    page = signed_in(ana).get(reverse("reports:home")).content.decode()
    assert "by Ben" in page
    assert "by Ana" not in page
    assert "by Luna" not in page


def test_a_private_launch_is_nowhere_for_an_outsider(ana: User, dan: User, signed_in: SignedIn) -> None:
    secret = make_launch(ana, key="SECRET", name="Canary launch", private=True)
    milestone = make_milestone(secret, "Canary milestone", owner=dan)
    make_decision(secret, "Canary decision", decider=dan)
    make_approval(secret, dan, title="Canary approval")
    record("decision.decided", milestone, actor=ana, launch_id=secret.pk)
    notify(
        user=dan, reason=NoticeReason.MADE_OWNER, subject=milestone, sentence="Canary notice", path="/", launch=secret,
        actor=ana,
    )  # fmt: skip
    client = signed_in(dan)
    for path in ("/", "/launches/", "/search/?q=Canary", "/launches/?q=Canary", "/launches/?view=over"):
        page = client.get(path).content.decode().replace("q=Canary", "").replace('value="Canary"', "")
        assert "Canary" not in page.replace("“Canary”", ""), path
    assert client.get(reverse("reports:launch", args=["SECRET"])).status_code == 404


def test_the_portfolio_takes_eight_statements_at_any_size(ana: User, signed_in: SignedIn) -> None:
    client = signed_in(ana)
    for _ in range(3):
        make_launch(ana)
    client.get(reverse("reports:portfolio"))
    with frozen_queries("reports_portfolio"):
        client.get(reverse("reports:portfolio"))
    for _ in range(60):
        make_launch(ana)
    with frozen_queries("reports_portfolio"):
        answer = client.get(reverse("reports:portfolio"))
    assert answer.content.decode().count('scope="row"') == 50


def test_the_launch_page_takes_the_same_statements_with_many_milestones(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    client = signed_in(ana)
    path = reverse("reports:launch", args=[launch.key])
    for number in (1, 25):
        for n in range(number):
            make_milestone(launch, f"M{n}", owner=ana, due=workspace().today)
        client.get(path)
        with frozen_queries("reports_launch"):
            client.get(path)


def test_the_line_of_today_lies_below_the_names_on_the_strip(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Calendar sync", due_date=clock.today("UTC"))
    page = signed_in(ana).get(reverse("reports:launch", args=[launch.key])).content.decode()
    strip = page.partition("chart strip")[2].partition("</svg>")[0]
    assert 0 < strip.index('class="today"') < strip.index(">Calendar sync</text>")


def test_activity_says_who_did_what_and_why(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    milestone = make_milestone(launch, "Beta ready")
    before, after = {"due_date": "2026-11-27"}, {"due_date": "2026-12-04"}
    record("milestone.edited", milestone, actor=ana, launch_id=launch.pk, before=before, after=after, why="It slipped.")
    page = signed_in(ana).get(reverse("reports:launch_activity", args=[launch.key])).content.decode()
    for words in ("Ana Alves", "edited the milestone", "Beta ready", "It slipped.", "due date:"):
        assert words in page


def test_the_palette_finds_launches_milestones_and_pages(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="BOOK", name="Patient booking")
    make_milestone(launch, "Booking page")
    client = signed_in(ana)
    headers = {"HX-Request": "true", "HX-Target": "palette-results"}
    found = client.get("/search/?q=book", headers=headers).content.decode()
    assert "<html" not in found
    assert "Patient booking" in found
    assert "Booking page" in found
    assert "Launches" in client.get("/search/?q=laun", headers=headers).content.decode()


def test_an_empty_luna_teaches(ana: User, cleo: User, signed_in: SignedIn) -> None:
    assert "Create the first launch" in signed_in(ana).get("/launches/").content.decode()
    assert "Create the first launch" not in signed_in(cleo).get("/launches/").content.decode()
    assert "Nothing waits for you" in signed_in(ana).get("/").content.decode()
