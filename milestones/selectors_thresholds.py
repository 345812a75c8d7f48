"""What other thresholds would change: every running launch judged by both, from the same facts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from launches.models import Launch
from milestones.domain.health import Verdict
from milestones.domain.thresholds import Thresholds
from milestones.models import HealthSettings
from milestones.selectors_health import LaunchInputs, Moment, inputs_of, judge, this_moment


@dataclass(frozen=True)
class Change:
    """A launch that would stand otherwise, or whose milestones would."""

    launch: Launch
    before: Verdict
    after: Verdict
    milestones: int
    """How many of its milestones would have another level."""

    @property
    def is_of_launch(self) -> bool:
        """Whether the launch's own level would be another."""
        return self.before.level != self.after.level

    @property
    def reason(self) -> str:
        """What would speak against it most, that does not now, or what would no longer speak."""
        gone, come = set(self.before.signals), self.after.signals
        found = next((signal for signal in come if signal not in gone), None)
        if found is not None:
            return found.sentence
        left = next((signal for signal in self.before.signals if signal not in set(come)), None)
        return f"No longer: {left.sentence}" if left else ""


def saved_version() -> int:
    """The version that a form carries."""
    return HealthSettings.objects.filter(pk=1).values_list("version", flat=True).first() or 1


def what_would_change(thresholds: Thresholds) -> list[Change]:
    """The running launches, private ones too, in which some level would differ by these thresholds; by name.

    For admins. Writes nothing.
    """
    now = this_moment()
    then = replace(now, terms=replace(now.terms, thresholds=thresholds))
    launches = Launch.objects.existing().running().order_by("name", "pk")
    here = inputs_of(launches, now)
    # How far back scope is compared is the one threshold by which facts are read.
    is_same_facts = thresholds.scope_days == now.terms.thresholds.scope_days
    there = here if is_same_facts else inputs_of(launches, then)
    found = [_change(one, now, other, then) for one, other in zip(here, there, strict=True)]
    return [change for change in found if change.is_of_launch or change.milestones]


def _change(here: LaunchInputs, now: Moment, there: LaunchInputs, then: Moment) -> Change:
    before, after = judge(here, now.terms), judge(there, then.terms)
    pairs = zip(before.verdicts, after.verdicts, strict=True)
    others = sum(old.level != new.level for old, new in pairs)
    return Change(here.launch, before.overall, after.overall, others)
