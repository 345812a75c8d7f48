"""Behind a verdict: each reason leads to its evidence, and every rule is shown with its facts and thresholds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from launches.models import Launch
from milestones.domain.signals import RULES
from milestones.models import Dependency, HealthVerdict, Milestone
from milestones.views import evidence
from people.models import User
from tests.factories import add_participant, make_approval, make_launch, make_milestone, make_risk
from tests.milestones.computing import compute
from tests.milestones.pages import SignedIn, url
from tests.moving_clock import MovingClock

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def due(days: int) -> Any:
    return (TUESDAY + timedelta(days=days)).date()


@pytest.fixture
def waiting(launch: Launch, ana: User) -> Milestone:
    """It waits for a late milestone of another launch, has a risk and an approval, and nobody owns it."""
    milestone = make_milestone(launch, "Beta", due=due(1), progress_by_hand=10)
    far = make_milestone(make_launch(ana, key="FAR"), "Hush", due=due(-9))
    Dependency.objects.create(predecessor=far, successor=milestone, created_at=TUESDAY)
    make_approval(launch, ana, milestone=milestone, title="Security")
    make_risk(launch, "Dust", milestone=milestone, probability=5, impact=5)
    make_risk(launch, "Storm", probability=5, impact=4)
    compute(launch)
    return Milestone.objects.get(pk=milestone.pk)


def test_every_reason_leads_to_what_it_speaks_of(waiting: Milestone, ben: User, signed_in: SignedIn) -> None:
    page = signed_in(ben).get(url("detail", waiting.pk)).content.decode()

    approval, risk = waiting.approvals.get(), waiting.risks.get()
    far = Milestone.objects.get(name="Hush")
    for path in (
        url("approval", approval.pk),
        url("risk", risk.pk),
        f"/launches/FAR/milestones/{far.pk}/",
        url("edit", waiting.pk),
        url("verdict", waiting.pk),
    ):
        assert f'href="{path}"' in page
        assert signed_in(ben).get(path).status_code == 200
    assert "Waits for “Hush”, 7 working days late" in page


def test_every_rule_knows_its_evidence() -> None:
    known = {"predecessor_late", *evidence._EVIDENCE, *evidence._ABOUT}

    assert known == set(evidence._RULE_WORDS) == {rule.id for rule in RULES}


def test_a_guest_is_not_told_of_a_launch_outside(
    waiting: Milestone, launch: Launch, gus: User, signed_in: SignedIn
) -> None:
    add_participant(launch, gus)

    pages = [signed_in(gus).get(url(name, waiting.pk)).content.decode() for name in ("detail", "verdict")]

    assert all("Hush" not in page for page in pages)
    assert all("Waits for a milestone of another launch, 7 working days late" in page for page in pages)
    assert url("edit", waiting.pk) not in pages[0], "what one may not open is not linked"


def test_pages_name_what_a_launch_waits_for_to_those_who_may_know_it(
    launch: Launch, ana: User, ben: User, gus: User, signed_in: SignedIn
) -> None:
    add_participant(launch, gus)
    waiting = make_milestone(launch, "Open", due=due(30), owner=ana)
    far = make_milestone(make_launch(ana, key="FAR"), "Hush", due=due(-9))
    Dependency.objects.create(predecessor=far, successor=waiting, created_at=TUESDAY)
    compute(launch)

    for path in ("/launches/", f"/launches/{launch.key}/"):
        member, guest = (signed_in(who).get(path).content.decode() for who in (ben, gus))
        assert "Open: waits for “Hush”, 7 working days late." in member
        assert "Open: waits for a milestone of another launch, 7 working days late." in guest
        assert "Hush" not in guest


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "div#verdict"}])
def test_the_verdict_page_names_every_rule_its_facts_and_thresholds(
    waiting: Milestone, cleo: User, signed_in: SignedIn, headers: dict[str, str]
) -> None:
    page = signed_in(cleo).get(url("verdict", waiting.pk), headers=headers).content.decode()

    assert ("<main" in page) != bool(headers)
    assert all(f"<code>{rule.id}</code>" in page for rule in RULES)
    assert "Computed again just now from the same facts, with the same answer." in page
    assert "Risk “Dust” has an exposure of 25 of 25 (probability 5, impact 5)." in page
    assert "Looked at: risk “Dust” (probability 5 × impact 5 = exposure 25)<" in page
    assert "Looked at: due Wed 25 Nov<" in page
    assert "Thresholds: possible delays from 15 of 25; at risk from 20 of 25<" in page
    assert "Looked at: <" not in page


def test_a_launch_shows_its_milestones_verdicts_and_its_own_risks(
    waiting: Milestone, launch: Launch, cleo: User, signed_in: SignedIn
) -> None:
    page = signed_in(cleo).get(url("launch_verdict")).content.decode()

    assert f'href="{url("verdict", waiting.pk)}"' in page
    assert "Risk “Storm” has an exposure of 20 of 25 (probability 5, impact 4)." in page
    assert "Dust" not in page
    assert "Computed again just now from the same facts, with the same answer." in page
    front = signed_in(cleo).get(f"/launches/{launch.key}/").content.decode()
    assert f'href="{url("detail", waiting.pk)}">Beta: approval “Security”' in front


def test_before_the_first_verdict_and_after_older_rules_the_page_says_so(
    launch: Launch, cleo: User, signed_in: SignedIn, clock: MovingClock
) -> None:
    milestone = make_milestone(launch, "Beta")
    assert "It has not been computed yet." in signed_in(cleo).get(url("verdict", milestone.pk)).content.decode()
    compute(launch)
    HealthVerdict.objects.update(thresholds={"exposure_high": 99})

    page = signed_in(cleo).get(url("verdict", milestone.pk)).content.decode()

    assert "It can’t be computed again by today’s rules." in page
