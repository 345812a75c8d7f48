"""Which milestones stand on a line of their own among what needs attention, and which are folded into their cause."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.content.attention import Reason, Trouble, alike, causes, left_of

LEVEL = "at_risk"


def trouble(pk: int, *rules: str, late: float | None = None, about: int | None = None) -> Trouble:
    """A milestone of which these rules speak."""
    return Trouble(pk, f"M{pk}", f"/{pk}/", tuple(Reason(rule, LEVEL, f"{rule}.", about) for rule in rules), late)


@pytest.mark.parametrize(
    ("after", "is_folded"),
    [
        (trouble(2, "forecast_late", late=18), True),
        (trouble(2, "forecast_late", "slipped", late=34), True),
        (trouble(2, "forecast_late", late=35), False),
        (trouble(2, "forecast_late", late=inf), False),
        (trouble(2, "forecast_late", "scope_growth", late=18), False),
        (trouble(2, "overdue", late=18), False),
        (trouble(2, "predecessor_late", about=1), True),
        (trouble(2, "predecessor_late", late=-3, about=1), True),
        (trouble(2, "predecessor_late", about=9), False),
        (trouble(2, "slipped", late=-3), False),
        (trouble(2, "forecast_late"), False),
    ],
)
def test_only_what_its_predecessor_explains_is_folded_into_it(after: Trouble, *, is_folded: bool) -> None:
    before = trouble(1, "overdue", late=17)
    found = causes([before, after], [(1, 2)])
    assert [one.trouble.pk for one in found] == ([1] if is_folded else [1, 2])
    assert found[0].holds_up == ((after,) if is_folded else ())
    assert [one.trouble.pk for one in causes([before, after], [])] == [1, 2]


def test_a_chain_is_folded_into_where_it_begins() -> None:
    first, second, third = (trouble(pk, "forecast_late", late=20) for pk in (1, 2, 3))
    (only,) = causes([third, second, first], [(1, 2), (2, 3)])
    assert only.trouble is first
    assert only.holds_up == (third, second)


def test_what_waits_for_two_is_folded_into_the_later_one() -> None:
    early, late, after = (trouble(pk, "forecast_late", late=days) for pk, days in ((1, 10), (2, 30), (3, 15)))
    found = causes([early, late, after], [(1, 3), (2, 3)])
    assert [(one.trouble.pk, [held.pk for held in one.holds_up]) for one in found] == [(1, []), (2, [3])]


@given(
    st.lists(st.tuples(st.sampled_from(["forecast_late", "overdue", "predecessor_late"]), st.integers(-5, 90))),
    st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12))),
)
def test_each_milestone_stands_exactly_once(kinds: list[tuple[str, int]], pairs: set[tuple[int, int]]) -> None:
    troubles = [trouble(pk, rule, late=late) for pk, (rule, late) in enumerate(kinds)]
    found = causes(troubles, [(low, high) for low, high in pairs if low < high])
    told = [one.pk for cause in found for one in (cause.trouble, *cause.holds_up)]
    assert sorted(told) == [one.pk for one in troubles]


def test_an_approval_with_a_line_of_its_own_is_not_told_twice() -> None:
    both = trouble(1, "approval_unmet", "overdue", about=7)
    left = left_of(both, approvals={7})
    assert left is not None
    assert [reason.rule for reason in left.reasons] == ["overdue"]
    assert left_of(both, approvals={8}) == both
    assert left_of(trouble(1, "approval_stale", about=7), approvals={7}) is None


def test_what_several_lack_is_counted_over_all_whatever_else_is_said_of_them() -> None:
    ones = [trouble(1, "no_owner", "nothing_linked"), trouble(2, "overdue", "no_owner"), trouble(3, "no_owner")]
    (same,) = alike(ones)
    assert same.words == "3 milestones have no owner"
    assert [one.pk for one in same.troubles] == [1, 2, 3]
    left = [left_of(one, rules={same.rule}) for one in ones]
    assert [[reason.rule for reason in one.reasons] if one else [] for one in left] == [
        ["nothing_linked"],
        ["overdue"],
        [],
    ]


RULES = ["no_owner", "no_due_date", "nothing_linked", "silent", "overdue"]


@given(st.lists(st.sets(st.sampled_from(RULES), min_size=1)))
def test_nothing_that_is_said_of_a_milestone_gets_lost_or_is_told_twice(said: list[set[str]]) -> None:
    ones = [trouble(pk, *sorted(rules)) for pk, rules in enumerate(said)]
    same = alike(ones)
    told = [(one.pk, shared.rule) for shared in same for one in shared.troubles]
    left = (left_of(one, rules={shared.rule for shared in same}) for one in ones)
    told += [(one.pk, reason.rule) for one in left if one for reason in one.reasons]
    assert sorted(told) == sorted((pk, rule) for pk, rules in enumerate(said) for rule in rules)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("silent", "Nothing has been heard of 2 milestones for a long time"),
        ("sync_stale", "The tasks of 2 milestones have not been read for too long"),
    ],
)
def test_what_they_lack_is_said_in_english(rule: str, words: str) -> None:
    (same,) = alike([trouble(1, rule), trouble(2, rule)])
    assert same.words == words
