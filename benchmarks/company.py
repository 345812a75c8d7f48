"""A made-up company of any size, written in bulk: the same rows in every run."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

from launches.domain.types import StageCategory, Status
from launches.models import Launch, LaunchSummary, Participant, Stage
from luna import clock
from luna.events.models import Event, Through
from milestones.domain.types import Level, Priority, State
from milestones.models import Approval, Decision, Dependency, Milestone, Risk
from people.domain.types import Role
from people.models import User
from people.selectors import workspace

SEED = 20_261_123


def make_company(launches: int, milestones: int) -> User:
    """`launches` × `milestones` with summaries, risks, decisions and dependencies; the admin who sees all of it."""
    dice = random.Random(SEED)
    admin = User.objects.create_user("bench@luna.test", "a-good-long-password", name="Bench Mark", role=Role.ADMIN)
    people = User.objects.bulk_create(
        [User(email=f"p{n}@luna.test", name=f"Person Number {n}", role=Role.MAKER) for n in range(40)]
    )
    stage, _ = Stage.objects.get_or_create(name="Build", defaults={"category": StageCategory.IN_PROGRESS})
    today = workspace().today
    now = clock.now()
    made = Launch.objects.bulk_create(
        [
            Launch(
                key=f"B{n:04}",
                name=f"Launch number {n}",
                owner=dice.choice(people),
                tier=dice.randint(1, 3),
                stage=stage,
                outcome="Something shifts for someone.",
                status=dice.choice(list(Status)),
                status_reason="We wait for Legal.",
                target_date=today + timedelta(days=dice.randint(5, 200)),
                created_at=now,
            )
            for n in range(launches)
        ]
    )
    _hang_milestones(made, milestones, people, dice)
    LaunchSummary.objects.bulk_create([_summary(launch, milestones, dice) for launch in made])
    Participant.objects.bulk_create([Participant(launch=launch, user=dice.choice(people)) for launch in made])
    _govern(made, people, dice)
    _tell(made, dice)
    return admin


def _hang_milestones(launches: list[Launch], each: int, people: list[User], dice: random.Random) -> None:
    today = workspace().today
    rows = [
        Milestone(
            launch=launch,
            name=f"Milestone {n} of {launch.key}",
            owner=dice.choice(people),
            unblocker=dice.choice(people),
            state=State.IN_PROGRESS,
            priority=dice.choice(list(Priority)),
            position=n,
            sources_linked=1,
            tasks_total=20,
            tasks_done=dice.randint(0, 20),
            due_date=today + timedelta(days=n * 5),
            health=dice.choice(list(Level)),
            signals=[{"rule": "overdue", "level": "at_risk", "sentence": "It was due 3 days ago."}],
            created_at=launch.created_at,
        )
        for launch in launches
        for n in range(each)
    ]
    made = Milestone.objects.bulk_create(rows, batch_size=500)
    links = [
        Dependency(predecessor=before, successor=after, created_at=before.created_at)
        for before, after in pairwise(made)
        if before.launch_id == after.launch_id
    ]
    Dependency.objects.bulk_create(links, batch_size=500)


def _summary(launch: Launch, milestones: int, dice: random.Random) -> LaunchSummary:
    now = clock.now()
    return LaunchSummary(
        launch=launch,
        health=dice.choice(list(Level)),
        progress=dice.random(),
        milestones_total=milestones,
        milestones_completed=dice.randint(0, milestones),
        next_milestone_id=1,
        next_milestone_name="The next milestone",
        next_milestone_date=launch.target_date,
        open_risks=3,
        last_update_headline="All goes well.",
        last_update_at=now,
        synced_at=now,
        computed_at=now,
        signals=[{"rule": "overdue", "level": "at_risk", "sentence": "Calendar sync was due 3 days ago."}],
    )


def _govern(launches: list[Launch], people: list[User], dice: random.Random) -> None:
    now = clock.now()
    Risk.objects.bulk_create(
        [Risk(launch=launch, title=f"Risk {n}", created_at=now) for launch in launches for n in range(3)],
        batch_size=500,
    )
    Decision.objects.bulk_create(
        [Decision(launch=launch, title="To decide", decider=dice.choice(people), created_at=now) for launch in launches]
    )
    Approval.objects.bulk_create(
        [Approval(launch=launch, title="Go", asked_by=launch.owner, asked_at=now) for launch in launches]
    )


def _tell(launches: list[Launch], dice: random.Random) -> None:
    """A month of the log: twenty events a launch."""
    now = clock.now()
    verbs = ("milestone.completed", "launch.health_changed", *["milestone.edited"] * 6)
    moments = [now - timedelta(minutes=dice.randint(10, 30 * 24 * 60)) for _ in range(20 * len(launches))]
    Event.objects.bulk_create(
        [
            Event(
                verb=dice.choice(verbs),
                subject_kind="milestone",
                subject_id=1,
                subject_name=f"Milestone of {launch.key}",
                launch_id=launch.pk,
                through=Through.WEB,
                occurred_at=at,
                recorded_at=at,
                after={"health": "at_risk"},
            )
            for launch, at in zip(launches * 20, moments, strict=True)
        ],
        batch_size=500,
    )
