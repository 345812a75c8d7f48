"""Reading risks, decisions and approvals with what their pages show beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, F, Model, Prefetch, QuerySet, Value, When

from launches.models import Launch, Participant
from launches.selectors import people_who_see
from luna.events.models import Event
from milestones.domain.approvals import CastVote, Tally, tally
from milestones.domain.types import ApprovalState, Ballot, DecisionState, RiskState, VoteRule
from milestones.models import Approval, Approver, Decision, Milestone, Risk, Vote
from people.models import Team, User

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Seat:
    """One approver of an approval and the vote that counts in this round."""

    approver: Approver
    vote: Vote | None
    is_mine: bool


@dataclass(frozen=True)
class ApprovalCard:
    """An approval as a page shows it to one reader."""

    approval: Approval
    tally: Tally
    seats: list[Seat]
    older: list[Vote]
    """Votes that no longer count, newest first: replaced ones, and those of earlier rounds."""

    @property
    def my_seats(self) -> list[Seat]:
        """The places in which the reader may vote now."""
        return [seat for seat in self.seats if seat.is_mine] if self.approval.is_voting_open else []

    @property
    def waits_for_me(self) -> bool:
        """Whether the reader has a place without a vote in this round."""
        return any(seat.vote is None for seat in self.my_seats)

    @property
    def rule_words(self) -> str:
        """Who must approve."""
        if self.approval.rule == VoteRule.ANY:
            return "any one approves"
        if self.approval.rule == VoteRule.AT_LEAST:
            return f"at least {self.approval.at_least} approve"
        return "all approve"


@dataclass(frozen=True)
class OnMilestone:
    """What `milestones/governance/_on_milestone.html` shows."""

    approvals: list[ApprovalCard]
    risks: list[Risk]
    decisions: list[Decision]


def unmet_approvals(milestone_id: int) -> list[Approval]:
    """What keeps a milestone from being completed: its approvals that are neither met nor withdrawn."""
    settled = [ApprovalState.APPROVED, ApprovalState.WITHDRAWN]
    return list(Approval.objects.filter(milestone_id=milestone_id).exclude(state__in=settled).order_by("asked_at"))


def risks_of(launch: Launch) -> list[Risk]:
    """The launch's risks, those that are not closed first, then by exposure."""
    return list(_risks().filter(launch=launch))


def decisions_of(launch: Launch) -> list[Decision]:
    """The launch's decisions: open ones first, the soonest due of them on top; then the newest decided."""
    return list(_decisions().filter(launch=launch))


def approvals_of(launch: Launch, reader: User) -> list[ApprovalCard]:
    """The launch's approvals: what waits for the reader first, then what isn't met, then the rest."""
    rows = Approval.objects.filter(launch=launch, milestone__deleted_at__isnull=True)
    cards = approval_cards(rows.order_by(F("due_date").asc(nulls_last=True), "-asked_at", "-pk"), reader)
    rank = {ApprovalState.APPROVED: 1, ApprovalState.WITHDRAWN: 2}
    return sorted(cards, key=lambda card: (not card.waits_for_me, rank.get(ApprovalState(card.approval.state), 0)))


def approval_card(approval: Approval, reader: User) -> ApprovalCard:
    """One approval with its votes."""
    card = approval_cards(Approval.objects.filter(pk=approval.pk), reader)[0]
    card.approval.launch = approval.launch
    return card


def on_milestone(milestone: Milestone, reader: User) -> OnMilestone:
    """The approvals, risks and decisions of one milestone, for its drawer and page."""
    approvals = Approval.objects.filter(milestone=milestone).exclude(state=ApprovalState.WITHDRAWN)
    return OnMilestone(
        approvals=approval_cards(approvals.order_by("asked_at", "pk"), reader),
        risks=list(_risks().filter(milestone=milestone)),
        decisions=list(_decisions().filter(milestones=milestone).prefetch_related(None)),
    )


def approval_cards(rows: QuerySet[Approval], reader: User) -> list[ApprovalCard]:
    """The cards of these approvals in at most four statements, however many they are."""
    seats = Prefetch("approvers", Approver.objects.select_related("user", "team").order_by("pk"))
    votes = Prefetch("votes", Vote.objects.select_related("voter", "approver__user", "approver__team"))
    approvals = list(rows.select_related("milestone", "asked_by").prefetch_related(seats, votes))
    by_team = any(seat.team_id for approval in approvals for seat in approval.approvers.all())
    my_teams = set(reader.teams.values_list("pk", flat=True)) if by_team else set()
    return [_card(approval, reader, my_teams) for approval in approvals]


def tally_of(approval: Approval) -> Tally:
    """How the votes of the approval's round stand."""
    seats = list(approval.approvers.values_list("pk", flat=True))
    return _tally(approval, seats, approval.votes.all())


def users_shut_out(launch: Launch, users: Iterable[User]) -> list[User]:
    """Those of `users` who can't see the launch."""
    asked = list(users)
    seeing = set(people_who_see(launch).filter(pk__in=[user.pk for user in asked]).values_list("pk", flat=True))
    return [user for user in asked if user.pk not in seeing]


def teams_shut_out(launch: Launch, teams: Iterable[Team]) -> list[Team]:
    """Those of `teams` with a member who can't see the launch, and on a private one those that don't take part."""
    taking_part = set(Participant.objects.filter(launch=launch, team__isnull=False).values_list("team_id", flat=True))
    outside = [team for team in teams if team.pk not in taking_part]
    if launch.is_private:
        return outside
    return [team for team in outside if users_shut_out(launch, team.members.filter(is_active=True))]


def milestones_to_name(launch: Launch) -> QuerySet[Milestone]:
    """The launch's milestones that a risk, decision or approval may be about."""
    rows: QuerySet[Milestone] = Milestone.objects.existing().filter(launch=launch)
    return rows


def _risks() -> QuerySet[Risk]:
    is_closed = Case(When(state=RiskState.CLOSED, then=Value(1)), default=Value(0))
    exposure = F("probability") * F("impact")
    rows = Risk.objects.filter(deleted_at__isnull=True).select_related("owner", "milestone")
    return rows.order_by(is_closed, exposure.desc(), "pk")


def _decisions() -> QuerySet[Decision]:
    is_over = Case(When(state=DecisionState.OPEN, then=Value(0)), default=Value(1))
    rows = Decision.objects.filter(deleted_at__isnull=True).select_related("decider", "superseded_by")
    ordered = rows.order_by(is_over, F("decided_at").desc(nulls_first=True), F("due_date").asc(nulls_last=True), "pk")
    return ordered.prefetch_related("milestones")


def _card(approval: Approval, reader: User, my_teams: set[int]) -> ApprovalCard:
    seats = list(approval.approvers.all())
    votes = list(approval.votes.all())
    counting = {v.approver_id: v for v in votes if v.round == approval.round and v.replaced_at is None}
    return ApprovalCard(
        approval=approval,
        tally=_tally(approval, [seat.pk for seat in seats], votes),
        seats=[
            Seat(seat, counting.get(seat.pk), is_mine=seat.user_id == reader.pk or seat.team_id in my_teams)
            for seat in seats
        ],
        older=[vote for vote in reversed(votes) if vote not in counting.values()],
    )


def _tally(approval: Approval, seats: Sequence[int], votes: Iterable[Vote]) -> Tally:
    cast = [CastVote(vote.approver_id, vote.round, Ballot(vote.ballot), vote.pk) for vote in votes]
    return tally(
        cast,
        approvers=seats,
        rule=VoteRule(approval.rule),
        at_least=approval.at_least,
        round_number=approval.round,
    )


def last_change(row: Model) -> Event | None:
    """Who changed it last, and when, as the log has it."""
    about = Event.objects.filter(subject_kind=row._meta.model_name or "", subject_id=row.pk)
    return about.select_related("actor").order_by("-recorded_at", "-pk").first()
