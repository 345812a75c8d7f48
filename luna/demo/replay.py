"""Plays the sample company's weeks: every launch is made, changed and completed by the same actions as people use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from launches.actions.launches import LaunchFields, create_launch, edit_launch
from launches.actions.participants import add_participant
from launches.actions.statuses import declare_status
from launches.actions.updates import write_update
from launches.domain.types import LaunchRole, Status, Visibility
from launches.models import Launch, Stage
from launches.selectors import stages
from luna.demo.company import Plan, Step
from milestones.actions.approvals import Question, ask_approval, cast_vote
from milestones.actions.decisions import DecisionFields, create_decision, record_outcome
from milestones.actions.dependencies import add_dependency
from milestones.actions.milestones import add_milestones, change_state, edit_milestone, freeze_baseline
from milestones.actions.progress import set_progress_by_hand
from milestones.actions.risks import RiskFields, create_risk
from milestones.domain.paste import Draft
from milestones.domain.types import Ballot, Priority, Response, State, VoteRule
from milestones.models import Approver, Milestone
from people.models import User

RENEWED = "What was late is done, and the target holds."
STATUS_ON = -4


@dataclass(order=True)
class Deed:
    """Something that happens on a day."""

    day: int
    order: int
    do: Callable[[], None] = field(compare=False)


@dataclass
class LaunchReplay:
    """The deeds of one launch; `today` is day 0."""

    plan: Plan
    people: dict[str, User]
    today: date
    launch: Launch | None = None
    milestones: dict[str, Milestone] = field(default_factory=dict)

    def deeds(self) -> list[Deed]:
        """All that happened up to today, in order."""
        start = min(self.plan.start, 0)
        found = [Deed(start, 0, self._create), Deed(start, 1, self._plan_milestones), Deed(start, 2, self._link)]
        for step in self.plan.steps:
            found += self._deeds_of(step)
        found += [Deed(day, 5, self._writer(word)) for day, *word in self.plan.updates]
        found += [Deed(max(start, -30) + n, 6, self._raiser(n)) for n in range(len(self.plan.risks))]
        found += [Deed(*self._asked_on(n), self._asker(n)) for n in range(len(self.plan.decisions))]
        found += [Deed(-6, 8, self._gate(n)) for n in range(len(self.plan.approvals))]
        for number, (*_, asked, given) in enumerate(self.plan.given):
            found += [Deed(asked, 8, self._earlier_gate(number)), Deed(given, 6, self._approval(number))]
        if start < STATUS_ON:
            # Before an update of the same day, which repeats it; of one that is long over, when it launched.
            found.append(Deed(min(STATUS_ON, self.plan.launched or 0), 4, self._declare))
        if self.plan.launched is not None:
            found.append(Deed(self.plan.launched, 10, self._land))
        return [deed for deed in found if deed.day <= 0]

    @property
    def _launch(self) -> Launch:
        assert self.launch is not None  # noqa: S101  the first deed makes it
        return self.launch

    @property
    def _owner(self) -> User:
        return self.people[self.plan.owner]

    def _day(self, day: int) -> date:
        """That many days from today; what falls on a weekend is meant for the Friday before."""
        found = self.today + timedelta(days=day)
        return found - timedelta(days=max(0, found.weekday() - 4))

    def _create(self) -> None:
        plan = self.plan
        stage = "Build" if plan.launched is not None else plan.stage
        fields = self._fields(next(s for s in stages() if s.name == stage))
        self.launch = create_launch(fields=fields, key=plan.key, labels=plan.labels, actor=self._owner)
        for nick in plan.editors:
            role = LaunchRole.PARTICIPANT if self.people[nick].is_guest else LaunchRole.EDITOR
            add_participant(launch=self.launch, who=self.people[nick], role=role, actor=self._owner)

    def _fields(self, stage: Stage, launched: date | None = None) -> LaunchFields:
        plan = self.plan
        return LaunchFields(
            name=plan.name,
            owner=self._owner,
            outcome=plan.outcome,
            tier=plan.tier,
            stage=stage,
            start_date=self._day(plan.start),
            target_date=self._day(plan.target),
            launched_date=launched,
            visibility=Visibility.PRIVATE if plan.private else Visibility.OPEN,
        )

    def _plan_milestones(self) -> None:
        steps = self.plan.steps
        drafts = [Draft(step.name, self._day(_first_due(step))) for step in steps]
        made = add_milestones(launch=self._launch, drafts=drafts, actor=self._owner)
        for milestone, step in zip(made, steps, strict=True):
            fields = {
                "owner": self.people[step.owner],
                "unblocker": self.people[step.unblocker],
                "start_date": self._day(step.start),
                "priority": Priority(step.priority),
                "definition_of_done": step.done_when,
                "estimate_days": Decimal(step.effort) if step.effort else None,
            }
            edit_milestone(milestone=milestone, version=milestone.version, fields=fields, actor=self._owner)
            self.milestones[step.name] = milestone

    def _link(self) -> None:
        for step in self.plan.steps:
            for name in step.after:
                before, after = self.milestones[name], self.milestones[step.name]
                add_dependency(predecessor=before, successor=after, actor=self._owner)
        freeze_baseline(launch=self._launch, why="The plan was agreed.", actor=self._owner)
        for milestone in self.milestones.values():
            milestone.refresh_from_db()

    def _deeds_of(self, step: Step) -> Iterable[Deed]:
        owner = self.people[step.owner]
        state = State.IN_REVIEW if step.state == "in_review" else State.IN_PROGRESS
        yield Deed(max(step.start, self.plan.start), 3, lambda: self._move(step, State.IN_PROGRESS, owner))
        if step.percent and not step.tasks:
            yield Deed(-8, 4, lambda: self._set_percent(step, owner))
        if state is State.IN_REVIEW:
            yield Deed(-6, 4, lambda: self._move(step, State.IN_REVIEW, owner))
        if step.done is not None:
            yield Deed((self._day(step.done) - self.today).days, 7, lambda: self._move(step, State.COMPLETED, owner))
        if step.moved_from is not None:
            yield Deed(step.moved_on, 4, lambda: self._postpone(step))

    def _move(self, step: Step, state: State, actor: User) -> None:
        milestone = self.milestones[step.name]
        milestone.refresh_from_db()
        change_state(milestone=milestone, version=milestone.version, state=state, actor=actor)

    def _set_percent(self, step: Step, actor: User) -> None:
        milestone = self.milestones[step.name]
        milestone.refresh_from_db()
        set_progress_by_hand(milestone=milestone, version=milestone.version, percent=step.percent, actor=actor)

    def _postpone(self, step: Step) -> None:
        milestone = self.milestones[step.name]
        milestone.refresh_from_db()
        fields = {"due_date": self._day(step.due)}
        why = step.moved_why
        edit_milestone(milestone=milestone, version=milestone.version, fields=fields, why=why, actor=self._owner)

    def _writer(self, word: list[str]) -> Callable[[], None]:
        headline, highlights, learnings, following = word

        def write() -> None:
            write_update(
                launch=self._launch,
                headline=headline,
                highlights=highlights,
                learnings=learnings,
                next_steps=following,
                actor=self._owner,
            )

        return write

    def _raiser(self, number: int) -> Callable[[], None]:
        title, mitigation, probability, impact, owner = self.plan.risks[number]
        fields = RiskFields(
            title=title,
            cause="",
            probability=probability,
            impact=impact,
            response=Response.MITIGATE,
            mitigation=mitigation,
            milestone=None,
            owner=self.people[owner],
            review_date=self._day(10 + number * 4),
        )
        return lambda: _drop(create_risk(launch=self._launch, fields=fields, actor=self._owner))

    def _asked_on(self, number: int) -> tuple[int, int]:
        decided = self.plan.decisions[number][4]
        return (decided if decided is not None else -6, 8)

    def _asker(self, number: int) -> Callable[[], None]:
        title, decider, due, outcome, _decided = self.plan.decisions[number]

        def ask() -> None:
            fields = DecisionFields(
                title=title, context="", options="", decider=self.people[decider], due_date=self._day(due)
            )
            decision = create_decision(launch=self._launch, fields=fields, actor=self._owner)
            if outcome:
                actor = self.people[decider]
                record_outcome(decision=decision, version=decision.version, outcome=outcome, actor=actor)

        return ask

    def _gate(self, number: int) -> Callable[[], None]:
        title, milestone, approvers, due, approved_by = self.plan.approvals[number]

        def ask() -> None:
            question = Question(title, self.milestones.get(milestone), VoteRule.ALL, 1, self._day(due))
            users = [self.people[nick] for nick in approvers]
            approval = ask_approval(launch=self._launch, question=question, users=users, actor=self._owner)
            for nick in approved_by:
                seat = Approver.objects.get(approval=approval, user=self.people[nick])
                voter = self.people[nick]
                cast_vote(approval=approval, seat=seat, round_number=1, ballot=Ballot.APPROVE, actor=voter)

        return ask

    def _earlier_gate(self, number: int) -> Callable[[], None]:
        title, milestone, approver, _, given = self.plan.given[number]

        def ask() -> None:
            question = Question(title, self.milestones[milestone], VoteRule.ALL, 1, self._day(given))
            users = [self.people[approver]]
            ask_approval(launch=self._launch, question=question, users=users, actor=self._owner)

        return ask

    def _approval(self, number: int) -> Callable[[], None]:
        title, _, approver, *_ = self.plan.given[number]

        def approve() -> None:
            voter = self.people[approver]
            seat = Approver.objects.get(approval__launch=self._launch, approval__title=title, user=voter)
            cast_vote(approval=seat.approval, seat=seat, round_number=1, ballot=Ballot.APPROVE, actor=voter)

        return approve

    def _declare(self) -> None:
        """What the plan says; of one that is on track only where nobody renewed that in the weeks before."""
        self._launch.refresh_from_db()
        status = Status(self.plan.status)
        if status != self._launch.status or status != Status.ON_TRACK:
            declare_status(launch=self._launch, status=status, reason=self.plan.reason or RENEWED, actor=self._owner)

    def _land(self) -> None:
        self._launch.refresh_from_db()
        stage = next(s for s in stages() if s.name == self.plan.stage)
        fields = self._fields(stage, self._day(self.plan.launched or 0))
        version = self._launch.version
        edit_launch(launch=self._launch, version=version, fields=fields, labels=self.plan.labels, actor=self._owner)


def _first_due(step: Step) -> int:
    return step.due if step.moved_from is None else step.moved_from


def _drop(_made: object) -> None:
    """An action's result that nobody needs."""
