"""The forms of risks, decisions and approvals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from launches.access import can_edit
from launches.models import Launch
from luna.ui.fields import DayField, LineField, WordsField
from milestones.actions.approvals import Question
from milestones.actions.decisions import DecisionFields
from milestones.actions.risks import RiskFields
from milestones.domain.types import Ballot, Response, RiskState, VoteRule
from milestones.models import Decision, Milestone, Risk
from milestones.selectors_governance import milestones_to_name, teams_shut_out, users_shut_out
from people.models import Team, User
from people.selectors import active_people

PROBABILITY = [(1, "1 · rare"), (2, "2 · unlikely"), (3, "3 · possible"), (4, "4 · likely"), (5, "5 · nearly certain")]
IMPACT = [(1, "1 · hardly felt"), (2, "2 · small"), (3, "3 · felt"), (4, "4 · large"), (5, "5 · sinks the launch")]
RESPONSES = [
    (Response.AVOID, "Avoid: change the plan so that it can’t happen"),
    (Response.MITIGATE, "Mitigate: make it less likely or less bad"),
    (Response.TRANSFER, "Transfer: let someone else carry it"),
    (Response.ACCEPT, "Accept: live with it"),
]
RULES = [(VoteRule.ALL, "All approve"), (VoteRule.ANY, "Any one approves"), (VoteRule.AT_LEAST, "At least a number")]
BALLOTS = [(Ballot.APPROVE, "Approve"), (Ballot.REQUEST_CHANGES, "Request changes"), (Ballot.ABSTAIN, "Abstain")]


class Lines(WordsField):
    """Some lines or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 4000, "required": False} | kwargs)


class Day(DayField):
    """An optional day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False} | kwargs)


class NamingForm(forms.Form):
    """A form that names people in a launch: who can't see it yet is let in, after a question."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, launch: Launch, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.launch = launch
        self.reader = reader

    def people_offered(self, *also: User | None) -> Any:
        """Everyone who can sign in, and who is named already."""
        named = User.objects.filter(pk__in=[user.pk for user in also if user])
        return active_people() | named

    def ask_to_let_in(self, users: Iterable[User] = (), teams: Iterable[Team] = ()) -> None:
        """Refuse those who can't see the launch, until an editor has answered that they take part from now on."""
        outside = [*users_shut_out(self.launch, users), *teams_shut_out(self.launch, teams)]
        if not outside:
            return
        names = " and ".join(str(one) for one in outside)
        if not can_edit(self.reader, self.launch):
            self.add_error(
                None,
                f"{names} can’t see this launch. Ask {self.launch.owner.name} to make them a participant, "
                "or name someone else.",
            )
            return
        self.fields["let_in"] = forms.BooleanField(required=False, label="Make them a participant")
        if self.data.get(self.add_prefix("let_in")) != "on":
            self.add_error("let_in", f"{names} can’t see this launch. Make them a participant?")


class RiskForm(NamingForm):
    """What may happen, how bad it would be and what we do about it."""

    title = LineField(max_length=200, label="What may happen")
    probability = forms.TypedChoiceField(choices=PROBABILITY, coerce=int, initial=3)
    impact = forms.TypedChoiceField(choices=IMPACT, coerce=int, initial=3)
    cause = Lines(label="Cause")
    response = forms.TypedChoiceField(choices=RESPONSES, coerce=Response, initial=Response.MITIGATE)
    mitigation = Lines(label="What we do about it")
    milestone: forms.ModelChoiceField[Milestone] = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="The launch as a whole"
    )
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Nobody yet"
    )
    review_date = Day(label="Look at it again on")

    def __init__(self, *args: Any, risk: Risk | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone"].queryset = milestones_to_name(self.launch)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = self.people_offered(risk.owner if risk else None)  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        owner = self.cleaned_data.get("owner")
        if owner:
            self.ask_to_let_in([owner])

    def written(self) -> RiskFields:
        """The fields as the actions take them."""
        given = self.cleaned_data
        return RiskFields(
            title=given["title"],
            cause=given["cause"],
            probability=given["probability"],
            impact=given["impact"],
            response=given["response"],
            mitigation=given["mitigation"],
            milestone=given["milestone"],
            owner=given["owner"],
            review_date=given["review_date"],
        )


class RiskStateForm(forms.Form):
    """Another state for a risk."""

    state = forms.TypedChoiceField(choices=[(s.value, s.value) for s in RiskState], coerce=RiskState)
    version = forms.IntegerField()


class DecisionForm(NamingForm):
    """A question, who decides it and by when."""

    title = LineField(max_length=200, label="What is to be decided")
    decider: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None, required=False, label="Who decides", empty_label="Not known yet"
    )
    due_date = Day(label="By")
    context = Lines(label="Context")
    options = Lines(label="Options considered")
    milestones: forms.ModelMultipleChoiceField[Milestone] = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Milestones affected", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, decision: Decision | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decider = decision.decider if decision else None
        self.fields["decider"].queryset = self.people_offered(decider)  # type: ignore[attr-defined]
        self.fields["milestones"].queryset = milestones_to_name(self.launch)  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        decider = self.cleaned_data.get("decider")
        if decider:
            self.ask_to_let_in([decider])

    def written(self) -> DecisionFields:
        """The fields as the actions take them."""
        given = self.cleaned_data
        return DecisionFields(
            title=given["title"],
            context=given["context"],
            options=given["options"],
            decider=given["decider"],
            due_date=given["due_date"],
        )


class OutcomeForm(forms.Form):
    """What was decided."""

    outcome = Lines(
        required=True, label="What was decided", error_messages={"required": "Say what was decided, and why."}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ApprovalForm(NamingForm):
    """What is asked, of whom, by which rule and by when."""

    title = LineField(max_length=200, label="What is to be approved")
    milestone: forms.ModelChoiceField[Milestone] = forms.ModelChoiceField(
        queryset=None, required=False, label="For", empty_label="The launch’s go/no-go"
    )
    users: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="People", widget=forms.CheckboxSelectMultiple
    )
    teams: forms.ModelMultipleChoiceField[Team] = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        label="Teams",
        help_text="Any member votes for the team.",
        widget=forms.CheckboxSelectMultiple,
    )
    rule = forms.TypedChoiceField(choices=RULES, coerce=VoteRule, initial=VoteRule.ALL)
    at_least = forms.IntegerField(
        required=False, min_value=1, max_value=99, label="How many", help_text="Only for “at least a number”."
    )
    due_date = Day(label="By")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.fields["milestone"].queryset = milestones_to_name(self.launch).open()  # type: ignore[attr-defined]
        self.fields["users"].queryset = active_people()  # type: ignore[attr-defined]
        self.fields["teams"].queryset = Team.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        users, teams = list(self.cleaned_data.get("users") or ()), list(self.cleaned_data.get("teams") or ())
        asked = len(users) + len(teams)
        if not asked and not {"users", "teams"} & self.errors.keys():
            self.add_error("users", "Name at least one person or team to approve.")
        if self.cleaned_data.get("rule") is VoteRule.AT_LEAST and "at_least" not in self.errors:
            self._check_number(asked)
        self.ask_to_let_in(users, teams)

    def _check_number(self, asked: int) -> None:
        number = self.cleaned_data.get("at_least")
        if not number:
            self.add_error("at_least", "Say how many must approve.")
        elif number > asked:
            self.add_error("at_least", f"Only {asked} are asked: name more approvers, or ask for fewer votes.")

    def question(self) -> Question:
        """What is asked, as the action takes it."""
        given = self.cleaned_data
        return Question(
            title=given["title"],
            milestone=given["milestone"],
            rule=given["rule"],
            at_least=given["at_least"] or 1,
            due_date=given["due_date"],
        )


class VoteForm(forms.Form):
    """A vote in the round that the voter saw. For which place (`seat`) it is, access finds out."""

    round = forms.IntegerField(widget=forms.HiddenInput)
    ballot = forms.TypedChoiceField(choices=BALLOTS, coerce=Ballot, error_messages={"required": "Choose how you vote."})
    comment = Lines(max_length=1000, label="Comment")

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("ballot") is Ballot.REQUEST_CHANGES and not self.cleaned_data.get("comment"):
            self.add_error("comment", "Say what should change.")


class WhyForm(forms.Form):
    """Why something is asked again or withdrawn."""

    why = LineField(max_length=1000, required=False)
